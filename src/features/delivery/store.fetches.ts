import { sql } from 'kysely'
import { day, hour } from '#kernel/clock.ts'
import { insertMany } from '#kernel/insert-many.ts'
import { contains } from '#kernel/like.ts'
import { all, first, queries, run, type Work } from '#kernel/work.ts'

export interface FetchRow {
  readonly id: string
  readonly enrolment_id: string
  readonly key_id: string
  /** Midnight UTC (ms). */
  readonly day: number
  readonly status: number
  readonly version_id: string
  readonly policy_id: string
  /** What was served, as a person reads it: `Baseline v3`; empty when it was nothing. */
  readonly served: string
  readonly count: number
  readonly first_at: number
  readonly last_at: number
}

export interface AddressRow {
  readonly enrolment_id: string
  readonly address: string
  /** The start of the hour (ms). */
  readonly hour: number
  readonly count: number
}

interface Tables {
  fetches: FetchRow
  fetch_addresses: AddressRow
}
const q = queries<Tables>()

/** Adds sums to what is stored already: safe from several processes, in any order. */
export const addFetches = insertMany<FetchRow>(
  [
    'id',
    'enrolment_id',
    'key_id',
    'day',
    'status',
    'version_id',
    'policy_id',
    'served',
    'count',
    'first_at',
    'last_at',
  ],
  (places) =>
    q
      .insertInto('fetches')
      .values(places)
      .onConflict((c) =>
        c.columns(['enrolment_id', 'key_id', 'day', 'status', 'version_id']).doUpdateSet({
          count: sql`fetches.count + excluded.count`,
          served: sql`excluded.served`,
          first_at: sql`case when excluded.first_at < fetches.first_at then excluded.first_at else fetches.first_at end`,
          last_at: sql`case when excluded.last_at > fetches.last_at then excluded.last_at else fetches.last_at end`,
        }),
      ),
)

export const addAddresses = insertMany<AddressRow>(
  ['enrolment_id', 'address', 'hour', 'count'],
  (places) =>
    q
      .insertInto('fetch_addresses')
      .values(places)
      .onConflict((c) =>
        c
          .columns(['enrolment_id', 'hour', 'address'])
          .doUpdateSet({ count: sql`fetch_addresses.count + excluded.count` }),
      ),
)

/** How long the addresses of machines are kept. Sums by day have no addresses and stay. */
export const addressesKept = 2 * day

export function* forgetAddresses(now: number): Work<void> {
  yield* run(q.deleteFrom('fetch_addresses').where('hour', '<', now - addressesKept))
}

export interface FetchSummary {
  readonly lastFetchedAt: number | null
  readonly fetchesToday: number
  readonly fetches24h: number
  readonly addresses24h: number
}
const nothing: FetchSummary = {
  lastFetchedAt: null,
  fetchesToday: 0,
  fetches24h: 0,
  addresses24h: 0,
}
/** The summary of an enrolment nobody has fetched with. */
export const summaryOf = (
  summaries: ReadonlyMap<string, FetchSummary>,
  enrolmentId: string,
): FetchSummary => summaries.get(enrolmentId) ?? nothing

export const startOfDay = (at: number): number => at - (at % day)
export const startOfHour = (at: number): number => at - (at % hour)

/** What is known about the fetches of these enrolments. The 24 hours are counted in whole clock hours. */
export function* fetchSummaries(
  ids: readonly string[],
  now: number,
): Work<ReadonlyMap<string, FetchSummary>> {
  if (ids.length === 0) return new Map()
  const good = [200, 304]
  const days = yield* all(
    q
      .selectFrom('fetches')
      .where('enrolment_id', 'in', ids)
      .where('status', 'in', good)
      .groupBy('enrolment_id')
      .select((e) => [
        'enrolment_id',
        e.fn.max('last_at').as('last'),
        sumInt(sql`case when day = ${startOfDay(now)} then count else 0 end`).as('today'),
      ]),
  )
  const hours = yield* all(
    q
      .selectFrom('fetch_addresses')
      .where('enrolment_id', 'in', ids)
      .where('hour', '>', now - day - hour)
      .groupBy('enrolment_id')
      .select((e) => [
        'enrolment_id',
        e.fn.count('address').distinct().as('addresses'),
        sumInt(sql`count`).as('fetches'),
      ]),
  )
  const byHours = new Map(hours.map((row) => [row.enrolment_id, row]))
  return new Map(
    days.map((row) => [
      row.enrolment_id,
      {
        lastFetchedAt: row.last,
        fetchesToday: row.today,
        fetches24h: byHours.get(row.enrolment_id)?.fetches ?? 0,
        addresses24h: Number(byHours.get(row.enrolment_id)?.addresses ?? 0),
      },
    ]),
  )
}

/** The sum of bigint is numeric on PostgreSQL and would arrive as text, so it is cast on purpose. */
const sumInt = (value: ReturnType<typeof sql>) => sql<number>`cast(sum(${value}) as bigint)`

/** When each key of an enrolment was last used, refused fetches included. */
export function* lastUseOfKeys(enrolmentId: string): Work<ReadonlyMap<string, number>> {
  const rows = yield* all(
    q
      .selectFrom('fetches')
      .where('enrolment_id', '=', enrolmentId)
      .groupBy('key_id')
      .select((e) => ['key_id', e.fn.max('last_at').as('last')]),
  )
  return new Map(rows.map((row) => [row.key_id, row.last]))
}

/** Enrolments by which a version was given out since then, and when last. */
export function* enrolmentsServed(
  versionId: string,
  since: number,
): Work<readonly { readonly enrolment_id: string; readonly last: number }[]> {
  return yield* all(
    q
      .selectFrom('fetches')
      .where('version_id', '=', versionId)
      .where('last_at', '>=', since)
      .where('status', 'in', [200, 304])
      .groupBy('enrolment_id')
      .select((e) => ['enrolment_id', e.fn.max('last_at').as('last')]),
  )
}

/** Values of one `in (…)`: SQLite takes 32,766 in a statement. */
const idsAtOnce = 1000

/** The newest successful fetch of each of these enrolments. */
export function* newestFetches(ids: readonly string[]): Work<readonly FetchRow[]> {
  const found: FetchRow[] = []
  for (let from = 0; from < ids.length; from += idsAtOnce)
    found.push(...(yield* newestOf(ids.slice(from, from + idsAtOnce))))
  return found
}

function* newestOf(ids: readonly string[]): Work<readonly FetchRow[]> {
  return yield* all(
    q
      .selectFrom('fetches as f')
      .innerJoin(
        (e) =>
          e
            .selectFrom('fetches')
            .where('enrolment_id', 'in', ids)
            .where('status', 'in', [200, 304])
            .groupBy('enrolment_id')
            .select((x) => ['enrolment_id as id', x.fn.max('last_at').as('last')])
            .as('newest'),
        (join) =>
          join.onRef('newest.id', '=', 'f.enrolment_id').onRef('newest.last', '=', 'f.last_at'),
      )
      .where('f.status', 'in', [200, 304])
      .selectAll('f'),
  )
}

/** What these enrolments were given since then, by day: which version, from when until when. */
export function* versionsGiven(
  ids: readonly string[],
  since: number,
): Work<
  readonly Pick<FetchRow, 'enrolment_id' | 'version_id' | 'served' | 'first_at' | 'last_at'>[]
> {
  if (ids.length === 0) return []
  return yield* all(
    q
      .selectFrom('fetches')
      .where('enrolment_id', 'in', ids)
      .where('last_at', '>=', since)
      .where('status', 'in', [200, 304])
      .select(['enrolment_id', 'version_id', 'served', 'first_at', 'last_at'])
      .orderBy('last_at', 'desc'),
  )
}

export interface FetchFilter {
  readonly enrolmentId: string
  /** Part of the policy's name, or a status such as 403. */
  readonly text?: string
}

const matching = (filter: FetchFilter) => {
  const query = q.selectFrom('fetches').where('enrolment_id', '=', filter.enrolmentId)
  const { text } = filter
  if (text === undefined || text === '') return query
  if (/^[1-5]\d\d$/.test(text)) return query.where('status', '=', Number(text))
  return query.where((e) => contains(e.fn('lower', ['served']), text.toLowerCase()))
}

/** Newest first; one row more than `limit` when there are more. */
export function* fetchesPage(
  filter: FetchFilter,
  after: readonly (string | number)[] | undefined,
  limit: number,
): Work<readonly FetchRow[]> {
  let query = matching(filter)
    .selectAll()
    .orderBy('last_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (after !== undefined) {
    const [at, id] = [Number(after[0]), String(after[1])]
    query = query.where((e) =>
      e.or([e('last_at', '<', at), e.and([e('last_at', '=', at), e('id', '<', id)])]),
    )
  }
  return yield* all(query)
}

export function* countFetches(filter: FetchFilter): Work<number> {
  const row = yield* first(matching(filter).select((e) => e.fn.countAll<number>().as('n')))
  return row?.n ?? 0
}

/** The newest successful fetch of an enrolment, or of any. */
export function* newestFetch(enrolmentId?: string): Work<FetchRow | undefined> {
  let query = q
    .selectFrom('fetches')
    .selectAll()
    .where('status', 'in', [200, 304])
    .orderBy('last_at', 'desc')
    .limit(1)
  if (enrolmentId !== undefined) query = query.where('enrolment_id', '=', enrolmentId)
  return yield* first(query)
}

/** Successful fetches since midnight UTC. */
export function* fetchesToday(now: number): Work<number> {
  const row = yield* first(
    q
      .selectFrom('fetches')
      .where('day', '=', startOfDay(now))
      .where('status', 'in', [200, 304])
      .select(sumInt(sql`count`).as('n')),
  )
  return row?.n ?? 0
}
