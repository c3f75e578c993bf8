import { contains } from '#kernel/like.ts'
import { sql } from 'kysely'
import { day, hour } from '#kernel/clock.ts'
import {
  all,
  first,
  queries,
  repeated,
  run,
  runAgain,
  type Repeated,
  type Work,
} from '#kernel/work.ts'

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
export function* addFetches(rows: readonly FetchRow[]): Work<void> {
  yield* insertMany(rows, fetchColumns, insertFetches)
}

export function* addAddresses(rows: readonly AddressRow[]): Work<void> {
  yield* insertMany(rows, addressColumns, insertAddresses)
}

/** A statement for each of these numbers of rows; more sizes mean fewer statements for a remainder. */
const sizes = [100, 10, 1]

function* insertMany<Row>(
  rows: readonly Row[],
  columns: readonly (keyof Row)[],
  inserts: ReadonlyMap<number, Repeated>,
): Work<void> {
  let done = 0
  for (const size of sizes) {
    const insert = inserts.get(size)
    for (; insert && rows.length - done >= size; done += size) {
      const part = rows.slice(done, done + size)
      yield* runAgain(
        insert,
        part.flatMap((row) => columns.map((column) => row[column])),
      )
    }
  }
}

const fetchColumns = [
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
] as const
const addressColumns = ['enrolment_id', 'address', 'hour', 'count'] as const

/** Values that only hold the places; the builder leaves out nothing that is not undefined. */
const places = <C extends string>(columns: readonly C[], size: number) =>
  Array.from(
    { length: size },
    () => Object.fromEntries(columns.map((column) => [column, 0])) as Record<C, never>,
  )

const insertFetches = new Map(
  sizes.map((size) => [
    size,
    repeated(
      q
        .insertInto('fetches')
        .values(places(fetchColumns, size))
        .onConflict((c) =>
          c.columns(['enrolment_id', 'key_id', 'day', 'status', 'version_id']).doUpdateSet({
            count: sql`fetches.count + excluded.count`,
            served: sql`excluded.served`,
            first_at: sql`case when excluded.first_at < fetches.first_at then excluded.first_at else fetches.first_at end`,
            last_at: sql`case when excluded.last_at > fetches.last_at then excluded.last_at else fetches.last_at end`,
          }),
        ),
    ),
  ]),
)
const insertAddresses = new Map(
  sizes.map((size) => [
    size,
    repeated(
      q
        .insertInto('fetch_addresses')
        .values(places(addressColumns, size))
        .onConflict((c) =>
          c
            .columns(['enrolment_id', 'hour', 'address'])
            .doUpdateSet({ count: sql`fetch_addresses.count + excluded.count` }),
        ),
    ),
  ]),
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
