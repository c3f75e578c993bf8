import { sql, type Expression, type SqlBool } from 'kysely'
import { membersNamed, membersNotActive } from '#features/access/index.ts'
import { contains } from '#kernel/like.ts'
import { all, first, run, type Work } from '#kernel/work.ts'
import { nextSeq } from '../sequence.ts'
import { q, type AccessTokenRow, type ClientRow, type UseRow } from '../tables.ts'
import { never } from './lifetime.ts'

export interface TokenFilter {
  /** Part of its name or purpose, or of the name of whom it belongs to. */
  readonly text?: string | undefined
  readonly state?: 'active' | 'suspended' | 'expired' | 'revoked' | undefined
  readonly member?: string | undefined
  readonly account?: string | undefined
  readonly kind?: 'member' | 'service_account' | undefined
  readonly endsBefore?: number | undefined
}

export type ListedToken = AccessTokenRow &
  Pick<
    ClientRow,
    'member_id' | 'account_id' | 'created_at' | 'ended_at' | 'ended_by' | 'end_reason'
  > & {
    [K in 'last_at' | 'fetches' | 'served' | 'ip' | 'user_agent']: UseRow[K] | null
  }

const suspendedAccounts = () =>
  q.selectFrom('service_accounts').select('service_accounts.id').where('status', '=', 'suspended')

function matching(filter: TokenFilter, now: number) {
  const { state, member, account, kind, endsBefore } = filter
  let query = q.selectFrom('client_access_tokens as a').innerJoin('clients as c', 'c.id', 'a.id')
  if (member !== undefined) query = query.where('c.member_id', '=', member)
  if (account !== undefined) query = query.where('c.account_id', '=', account)
  if (kind !== undefined)
    query = query.where(kind === 'member' ? 'c.member_id' : 'c.account_id', 'is not', null)
  if (endsBefore !== undefined) query = query.where('a.expires_at', '<', endsBefore)
  if (state !== undefined) query = query.where(inState(state, now))
  const text = filter.text?.trim().toLowerCase() ?? ''
  return text === '' ? query : query.where(withText(text))
}

function inState(state: NonNullable<TokenFilter['state']>, now: number): Expression<SqlBool> {
  if (state === 'revoked') return sql<SqlBool>`c.ended_at is not null and c.end_reason <> 'expired'`
  if (state === 'expired')
    return sql<SqlBool>`c.end_reason = 'expired' or (c.ended_at is null and a.expires_at <= ${now})`
  const live = sql<SqlBool>`c.ended_at is null and (a.expires_at is null or a.expires_at > ${now})`
  const suspended = sql<SqlBool>`(c.member_id is not null and c.member_id in ${membersNotActive()}) or (c.account_id is not null and c.account_id in ${suspendedAccounts()})`
  return state === 'suspended'
    ? sql<SqlBool>`${live} and (${suspended})`
    : sql<SqlBool>`${live} and not (${suspended})`
}

function withText(text: string): Expression<SqlBool> {
  const within = (column: string) => contains(sql`lower(${sql.ref(column)})`, text)
  const accounts = q
    .selectFrom('service_accounts')
    .select('service_accounts.id')
    .where(contains(sql.ref('name_key'), text))
  return sql<SqlBool>`(${within('a.name')} or ${within('a.purpose')} or c.member_id in ${membersNamed(text)} or c.account_id in ${accounts})`
}

const listed = (filter: TokenFilter, now: number) =>
  matching(filter, now)
    .leftJoin('client_uses as u', 'u.client_id', 'a.id')
    .selectAll('a')
    .select([
      'c.member_id',
      'c.account_id',
      'c.created_at',
      'c.ended_at',
      'c.ended_by',
      'c.end_reason',
      'u.last_at',
      'u.fetches',
      'u.served',
      'u.ip',
      'u.user_agent',
    ])

/** Newest first; one row more than `limit` when there are more. */
export function* tokensPage(
  filter: TokenFilter,
  after: readonly (string | number)[] | undefined,
  limit: number,
  now: number,
): Work<readonly ListedToken[]> {
  let query = listed(filter, now)
    .orderBy('c.created_at', 'desc')
    .orderBy('a.id', 'desc')
    .limit(limit + 1)
  if (after) {
    const [at, id] = [Number(after[0]), String(after[1])]
    query = query
      .where('c.created_at', '<=', at)
      .where((e) => e.or([e('c.created_at', '<', at), e('a.id', '<', id)]))
  }
  return yield* all(query)
}

export function* countTokens(filter: TokenFilter, now: number): Work<number> {
  const row = yield* first(matching(filter, now).select((e) => e.fn.countAll<number>().as('n')))
  return row?.n ?? 0
}

export function* listedToken(id: string, now: number): Work<ListedToken | undefined> {
  return yield* first(listed({}, now).where('a.id', '=', id))
}

export function* insertAccessToken(row: AccessTokenRow): Work<void> {
  yield* run(q.insertInto('client_access_tokens').values(row))
}

/** Neighbours of a rotation: by the id of the old one, the new one that stands for it last. */
export function* successorsOf(ids: readonly string[]): Work<ReadonlyMap<string, AccessTokenRow>> {
  if (ids.length === 0) return new Map()
  const rows = yield* all(
    q.selectFrom('client_access_tokens').selectAll().where('replaces', 'in', ids).orderBy('id'),
  )
  return new Map(rows.map((row) => [row.replaces ?? '', row]))
}

export function* tokensByIds(ids: readonly string[]): Work<ReadonlyMap<string, AccessTokenRow>> {
  if (ids.length === 0) return new Map()
  const rows = yield* all(q.selectFrom('client_access_tokens').selectAll().where('id', 'in', ids))
  return new Map(rows.map((row) => [row.id, row]))
}

/** Gives it an end. Every process learns of it. */
export function* setEnd(id: string, at: number | null): Work<void> {
  yield* run(q.updateTable('client_access_tokens').set({ expires_at: at }).where('id', '=', id))
  yield* run(
    q
      .updateTable('client_tokens')
      .set({ expires_at: at ?? never, seq: yield* nextSeq() })
      .where('client_id', '=', id),
  )
}

/** Rows of one round of the jobs. */
const rowsAtOnce = 500

/** Tokens whose time is over and that stand as if it were not. */
export function* expiredTokens(now: number): Work<readonly string[]> {
  const rows = yield* all(
    q
      .selectFrom('client_access_tokens as a')
      .innerJoin('clients as c', 'c.id', 'a.id')
      .select('a.id')
      .where('a.expires_at', '<=', now)
      .where('c.ended_at', 'is', null)
      .limit(rowsAtOnce),
  )
  return rows.map(({ id }) => id)
}

/** Tokens that end until then, that nobody has replaced and of which not everything was said. */
export function* endingTokens(
  now: number,
  until: number,
): Work<readonly (AccessTokenRow & Pick<ClientRow, 'created_at'>)[]> {
  return yield* all(
    q
      .selectFrom('client_access_tokens as a')
      .innerJoin('clients as c', 'c.id', 'a.id')
      .selectAll('a')
      .select('c.created_at')
      .where('a.expires_at', '>', now)
      .where('a.expires_at', '<=', until)
      .where('c.ended_at', 'is', null)
      .where((e) => e.or([e('a.warned', 'is', null), e('a.warned', '>', 1)]))
      .where('a.id', 'not in', (e) =>
        e
          .selectFrom('client_access_tokens as next')
          .select('next.replaces')
          .where('next.replaces', 'is not', null)
          .$narrowType<{ replaces: string }>(),
      )
      .orderBy('a.expires_at'),
  )
}

/** True for the one that says it. */
export function* markWarned(id: string, days: number): Work<boolean> {
  const changed = yield* run(
    q
      .updateTable('client_access_tokens')
      .set({ warned: days })
      .where('id', '=', id)
      .where((e) => e.or([e('warned', 'is', null), e('warned', '>', days)])),
  )
  return changed === 1
}

/** Together with everything else that is kept about the clients of a member. */
export function* deleteTokensOf(memberId: string): Work<void> {
  const ids = q.selectFrom('clients').select('id').where('member_id', '=', memberId)
  yield* run(q.deleteFrom('client_access_tokens').where('id', 'in', ids))
}
