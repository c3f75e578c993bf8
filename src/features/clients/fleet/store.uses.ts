import { sql, type RawBuilder } from 'kysely'
import { insertMany } from '#kernel/insert-many.ts'
import { all, first, run, type Work } from '#kernel/work.ts'
import { kindOf } from '../accounts/principal.ts'
import { deleteTokensOf } from '../tokens/store.ts'
import { q, type ClientRow, type EventCountRow, type UseRow } from '../tables.ts'

/** The new value where the condition holds, else the one that is stored. */
const newer = <T>(column: keyof UseRow, condition: RawBuilder<unknown>) =>
  sql<T>`case when ${condition} then ${sql.ref(`excluded.${column}`)} else ${sql.ref(`client_uses.${column}`)} end`
const later = sql`excluded.last_at >= client_uses.last_at`
/** Something was served among the new ones, and nothing newer is stored. */
const servedLater = sql`excluded.served_at is not null and (client_uses.served_at is null or excluded.served_at >= client_uses.served_at)`

/** Adds to what is stored, in any order; rows of one call are of different clients. */
export const addUseRows = insertMany<UseRow>(
  [
    'client_id',
    'first_at',
    'last_at',
    'fetches',
    'last_status',
    'version_id',
    'policy_id',
    'served',
    'served_at',
    'ip',
    'user_agent',
  ],
  (places) =>
    q
      .insertInto('client_uses')
      .values(places)
      .onConflict((c) =>
        c.column('client_id').doUpdateSet({
          fetches: sql`client_uses.fetches + excluded.fetches`,
          first_at: newer('first_at', sql`excluded.first_at < client_uses.first_at`),
          last_at: newer('last_at', later),
          last_status: newer('last_status', later),
          ip: newer('ip', later),
          user_agent: newer('user_agent', later),
          version_id: newer('version_id', servedLater),
          policy_id: newer('policy_id', servedLater),
          served: newer('served', servedLater),
          served_at: newer('served_at', servedLater),
        }),
      ),
)

/** The same of events; rows of one call differ in client, day or type. */
export const addEventRows = insertMany<EventCountRow>(
  ['client_id', 'day', 'event_type', 'count'],
  (places) =>
    q
      .insertInto('client_events')
      .values(places)
      .onConflict((c) =>
        c
          .columns(['client_id', 'day', 'event_type'])
          .doUpdateSet({ count: sql`client_events.count + excluded.count` }),
      ),
)

/** The column of a client that names whom it belongs to. */
const ownedBy = (principalId: string) =>
  kindOf(principalId) === 'member' ? ('c.member_id' as const) : ('c.account_id' as const)

/** Values of one `in (…)`: SQLite takes 32,766 in a statement. */
const idsAtOnce = 1000

/** Those of the clients that there are, ended ones too. */
export function* existing(ids: readonly string[]): Work<ReadonlySet<string>> {
  const found = new Set<string>()
  for (let from = 0; from < ids.length; from += idsAtOnce) {
    const part = ids.slice(from, from + idsAtOnce)
    const rows = yield* all(q.selectFrom('clients').select('id').where('id', 'in', part))
    for (const row of rows) found.add(row.id)
  }
  return found
}

/** The address of the newest fetch. */
export function* usedFrom(clientId: string): Work<string | undefined> {
  const row = yield* first(
    q.selectFrom('client_uses').select('ip').where('client_id', '=', clientId),
  )
  return row?.ip
}

/**
 * The newest fetch of any client of the member that was answered with her policy, or with none because she has none (then
 * `served`, the name of what was given, is empty); null: there was none.
 */
export function* lastServed(
  principalId: string,
): Work<{ readonly at: number; readonly served: string } | null> {
  const at = sql<
    number | null
  >`case when u.last_status in (200, 304) then u.last_at else u.served_at end`
  const row = yield* first(
    q
      .selectFrom('client_uses as u')
      .innerJoin('clients as c', 'c.id', 'u.client_id')
      .select([at.as('at'), 'u.served', 'u.served_at'])
      .where(ownedBy(principalId), '=', principalId)
      .where(at, 'is not', null)
      .orderBy(at, 'desc')
      .limit(1),
  )
  if (!row || row.at === null) return null
  return { at: row.at, served: row.served_at === row.at ? row.served : '' }
}

interface NewestFetch {
  readonly principal_id: string
  readonly at: number
  readonly served: string
}

/** As `lastServed`, of many of one kind at once; those that have never fetched are left out. */
export function* lastServedOf(principalIds: readonly string[]): Work<readonly NewestFetch[]> {
  const column = ownedBy(principalIds[0] ?? '')
  const newest = new Map<string, NewestFetch>()
  for (let from = 0; from < principalIds.length; from += idsAtOnce) {
    const part = principalIds.slice(from, from + idsAtOnce)
    const rows = yield* all(
      q
        .selectFrom('client_uses as u')
        .innerJoin('clients as c', 'c.id', 'u.client_id')
        .select(['u.last_at', 'u.last_status', 'u.served', 'u.served_at'])
        .select((e) => e.ref(column).$notNull().as('principal_id'))
        .where(column, 'in', part),
    )
    for (const { principal_id, last_at, last_status, served, served_at } of rows) {
      const at = last_status === 200 || last_status === 304 ? last_at : served_at
      if (at === null || at <= (newest.get(principal_id)?.at ?? -1)) continue
      newest.set(principal_id, { principal_id, at, served: served_at === at ? served : '' })
    }
  }
  return [...newest.values()]
}

/** Members and service accounts one of whose clients holds that version, given since then; and when it was given last. */
export function* principalsServed(
  versionId: string,
  since: number,
): Work<readonly { readonly principal_id: string; readonly last: number | null }[]> {
  return yield* all(
    q
      .selectFrom('client_uses as u')
      .innerJoin('clients as c', 'c.id', 'u.client_id')
      .where('u.version_id', '=', versionId)
      // Never earlier than what was served; it has an index.
      .where('u.last_at', '>=', since)
      .where('u.served_at', '>=', since)
      .groupBy(['c.member_id', 'c.account_id'])
      .select((e) => [
        e.fn.coalesce('c.member_id', 'c.account_id').$notNull().as('principal_id'),
        e.fn.max('u.served_at').as('last'),
      ]),
  )
}

/** A client with what is known of its fetches. */
export interface ClientFetches {
  readonly id: string
  readonly principal_id: string
  readonly route: ClientRow['route']
  readonly ended_at: number | null
  /** Of its fetches and their last answer; null: there was none. */
  readonly first_at: number | null
  readonly last_at: number | null
  readonly last_status: number | null
  /** Of the policy that was served last. */
  readonly version_id: string | null
  readonly served: string | null
  readonly served_at: number | null
  readonly user_agent: string | null
}

/** Those of the clients that there are, for who compares what they report with what they were served. */
export function* fetchesOf(ids: readonly string[]): Work<readonly ClientFetches[]> {
  const found: ClientFetches[] = []
  for (let from = 0; from < ids.length; from += idsAtOnce)
    found.push(
      ...(yield* all(
        q
          .selectFrom('clients as c')
          .leftJoin('client_uses as u', 'u.client_id', 'c.id')
          .where('c.id', 'in', ids.slice(from, from + idsAtOnce))
          .select(['c.id', 'c.route', 'c.ended_at', 'u.first_at', 'u.last_at', 'u.last_status'])
          .select(['u.version_id', 'u.served', 'u.served_at', 'u.user_agent'])
          .select((e) =>
            e.fn.coalesce('c.member_id', 'c.account_id').$notNull().as('principal_id'),
          ),
      )),
    )
  return found
}

/** Everything that is kept about the clients of a member. */
export function* deleteClientsOf(memberId: string): Work<void> {
  const ids = q.selectFrom('clients').select('id').where('member_id', '=', memberId)
  yield* run(q.deleteFrom('client_events').where('client_id', 'in', ids))
  yield* run(q.deleteFrom('client_uses').where('client_id', 'in', ids))
  yield* run(q.deleteFrom('client_tokens').where('client_id', 'in', ids))
  yield* deleteTokensOf(memberId)
  yield* run(q.deleteFrom('client_codes').where('member_id', '=', memberId))
  yield* run(q.deleteFrom('client_devices').where('member_id', '=', memberId))
  yield* run(q.deleteFrom('clients').where('member_id', '=', memberId))
}
