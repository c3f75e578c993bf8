import { membersNamed, membersNotActive } from '#features/access/index.ts'
import { sql, type Expression, type SqlBool } from 'kysely'
import { contains } from '#kernel/like.ts'
import { all, first, type Work } from '#kernel/work.ts'
import type { Route } from '../schema.ts'
import { q, type ClientRow, type UseRow } from '../tables.ts'

export interface ClientFilter {
  /** Part of a member's name or address, of a program's name for itself, or of a network address. */
  readonly text?: string | undefined
  readonly state?: 'active' | 'suspended' | 'ended' | undefined
  readonly route?: Route | undefined
  readonly member?: string | undefined
  readonly signedInBefore?: number | undefined
  readonly unusedSince?: number | undefined
}

/** A client that somebody signed in; access tokens have lists of their own. */
type SignedIn = ClientRow & { readonly member_id: string }

export type ListedRow = SignedIn & {
  [K in Exclude<keyof UseRow, 'client_id' | 'last_status'>]: UseRow[K] | null
} & {
  /** When the newest refresh token that is left expires. */
  readonly refresh_until: number | null
}

/**
 * The clients that the filter lets through. Members and uses come as sets that are made once, not row by row. Of 100,000
 * clients of 100,000 members (SQLite, one core): a page of all 7 ms, of the active ones 55 ms, with a text 70 to 130 ms.
 */
function matching(filter: ClientFilter) {
  let query = q.selectFrom('clients as c').where('c.flow', '!=', 'access_token')
  const { state, route, member, signedInBefore, unusedSince } = filter
  if (state !== undefined)
    query = query.where('c.ended_at', state === 'ended' ? 'is not' : 'is', null)
  if (state === 'active') query = query.where('c.member_id', 'not in', membersNotActive())
  if (state === 'suspended') query = query.where('c.member_id', 'in', membersNotActive())
  if (route !== undefined) query = query.where('c.route', '=', route)
  if (member !== undefined) query = query.where('c.member_id', '=', member)
  if (signedInBefore !== undefined) query = query.where('c.created_at', '<', signedInBefore)
  if (unusedSince !== undefined)
    query = query
      .where('c.created_at', '<', unusedSince)
      .where('c.id', 'not in', (e) =>
        e.selectFrom('client_uses').select('client_id').where('last_at', '>=', unusedSince),
      )
  const text = filter.text?.trim().toLowerCase() ?? ''
  return text === '' ? query : query.where(withText(text))
}

/** The beginning of a network address at least, and then nothing but one. */
const likeAddress = /^(\d{1,3}\.[\d.]*|[\da-f]{0,4}:[\da-f:.]*)$/

const withText = (text: string): Expression<SqlBool> => {
  const used = q.selectFrom('client_uses').select('client_id')
  if (likeAddress.test(text)) {
    const within = (column: string) => contains(sql.ref(column), text)
    return sql<SqlBool>`(c.id in ${used.where(within('ip'))} or ${within('c.created_ip')})`
  }
  const within = (column: string) => contains(sql`lower(${sql.ref(column)})`, text)
  return sql<SqlBool>`(c.member_id in ${membersNamed(text)} or c.id in ${used.where(within('user_agent'))} or ${within('c.created_agent')})`
}

const refreshUntil = q
  .selectFrom('client_tokens as t')
  .select((e) => e.fn.max('t.expires_at').as('until'))
  .whereRef('t.client_id', '=', sql.ref('c.id'))
  .where('t.kind', '=', 'refresh')
  .where('t.used_at', 'is', null)

const listed = (filter: ClientFilter) =>
  matching(filter)
    .leftJoin('client_uses as u', 'u.client_id', 'c.id')
    .selectAll('c')
    .$narrowType<{ member_id: string }>()
    .select([
      'u.first_at',
      'u.last_at',
      'u.fetches',
      'u.version_id',
      'u.policy_id',
      'u.served',
      'u.served_at',
      'u.ip',
      'u.user_agent',
      sql<number | null>`(${refreshUntil})`.as('refresh_until'),
    ])

/** Newest first; one row more than `limit` when there are more. */
export function* clientsPage(
  ...page: Parameters<typeof pageOfClients>
): Work<readonly ListedRow[]> {
  return yield* all(pageOfClients(...page))
}

export function pageOfClients(
  filter: ClientFilter,
  after: readonly (string | number)[] | undefined,
  limit: number,
) {
  let query = listed(filter)
    .orderBy('c.created_at', 'desc')
    .orderBy('c.id', 'desc')
    .limit(limit + 1)
  if (after !== undefined) {
    const [at, id] = [Number(after[0]), String(after[1])]
    // Written so that the index of the time gives the range and the order.
    query = query
      .where('c.created_at', '<=', at)
      .where((e) => e.or([e('c.created_at', '<', at), e('c.id', '<', id)]))
  }
  return query
}

export function* countClients(filter: ClientFilter): Work<number> {
  const row = yield* first(matching(filter).select((e) => e.fn.countAll<number>().as('n')))
  return row?.n ?? 0
}

export function* listedClient(id: string): Work<ListedRow | undefined> {
  return yield* first(listed({}).where('c.id', '=', id))
}

/** Ids of those that have not ended, whatever the state of their members, as a query. */
export const liveIds = (filter: Omit<ClientFilter, 'state'>) =>
  matching(filter).select('c.id').where('c.ended_at', 'is', null)

export function* countLiveIn(filter: Omit<ClientFilter, 'state'>): Work<number> {
  const row = yield* first(
    matching(filter)
      .where('c.ended_at', 'is', null)
      .select((e) => e.fn.countAll<number>().as('n')),
  )
  return row?.n ?? 0
}

export function* countLive(): Work<number> {
  const row = yield* first(
    q
      .selectFrom('clients')
      .select((e) => e.fn.countAll<number>().as('n'))
      .where('flow', '!=', 'access_token')
      .where('ended_at', 'is', null),
  )
  return row?.n ?? 0
}

/** A handful of live clients of members with this text, or the one with this id. */
export function* findClients(text: string, limit: number): Work<readonly ListedRow[]> {
  return yield* all(
    listed({})
      .where('c.ended_at', 'is', null)
      .where((e) => e.or([e('c.id', '=', text), e('c.member_id', 'in', membersNamed(text))]))
      .orderBy('c.created_at', 'desc')
      .orderBy('c.id', 'desc')
      .limit(limit),
  )
}
