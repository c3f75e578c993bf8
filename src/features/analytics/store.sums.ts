import { sql, type RawBuilder } from 'kysely'
import type { Measures, TelemetryTables } from '#features/telemetry/index.ts'
import { day, hour } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import { all, first, queries, type Work } from '#kernel/work.ts'
import type { Ask, Dimension, Filter } from './ask.ts'
import { nextPeriod, periodOf, type LocalDay, type Span } from './calendar.ts'
import { localDays } from './local-days.ts'
import { changesBetween } from './prices.ts'
import { localRows, type Local, type Tables } from './store.local.ts'

export const q = queries<TelemetryTables>()

/** Which groups a set of groups has. */
export type GroupSets = ReadonlyMap<number, readonly string[]>

export function* groupSets(): Work<GroupSets> {
  const sets = new Map<number, string[]>()
  for (const { set_id, group_id } of yield* all(
    q.selectFrom('telemetry_group_set_members').selectAll(),
  )) {
    const known = sets.get(set_id)
    if (known) known.push(group_id)
    else sets.set(set_id, [group_id])
  }
  return sets
}

/** The column that a dimension stands in; that of groups holds sets of them. */
export const columnOf = {
  group: 'group_set',
  surface: 'surface',
  model: 'model',
  client: 'originator',
  version: 'version',
  policy: 'policy_version',
} as const satisfies Record<Exclude<Dimension, 'none'>, string>

/** Where sums stand: all of them can be filtered by these. */
export const placeColumns = ['group_set', 'surface', 'originator', 'model'] as const

/** The sum of bigint is numeric on PostgreSQL and would arrive as text, so it is cast on purpose. */
export const sumOf = (column: string) => sql<number>`cast(sum(${sql.ref(column)}) as bigint)`

/** The local day of a time column, by the spans of one offset. Numbers stand in the text, for PostgreSQL to know their type. */
export function localDayOf(column: string, spans: readonly Span[]) {
  const last = spans.at(-1)?.offset ?? 0
  const offset = spans
    .slice(0, -1)
    .reduceRight(
      (rest, span) =>
        sql`case when ${sql.ref(column)} < ${sql.lit(span.until)} then ${sql.lit(span.offset)} else ${rest} end`,
      sql`${sql.lit(last)}`,
    )
  return sql<number>`cast((${sql.ref(column)} + ${offset}) / ${sql.lit(day)} as bigint)`
}

const isOn = ({ from, until, spans }: Pick<Ask, 'from' | 'until' | 'spans'>, length: number) =>
  [from, until, ...spans.flatMap((s) => [s.from, s.until, s.offset])].every(
    (at) => at % length === 0,
  )

/** Whether every day that is asked for is one of UTC. */
export const isOfUtc = (ask: Pick<Ask, 'from' | 'until' | 'spans'>): boolean => isOn(ask, day)

/** Days, and hours for what moves between them; quarters of an hour in zones that are half an hour off. */
const tablesFor = (ask: Ask): Tables => ({
  days: 'telemetry_usage_days',
  ofDays: 'bucket',
  hours: isOn(ask, hour) ? 'telemetry_usage_hours' : 'telemetry_usage',
  ofHours: 'bucket',
})

/** The first day of the period that a local day is in. */
export function periodOfDay(local: RawBuilder<number>, { unit, spans }: Ask): RawBuilder<number> {
  if (unit === 'day') return local
  if (unit === 'week') return sql`${local} - ((${local} + 3) % 7)`
  const [first, last] = [spans[0], spans.at(-1)]
  if (!first || !last) return local
  const starts: LocalDay[] = []
  const end = (last.until + last.offset) / day
  const begin = periodOf(Math.floor((first.from + first.offset) / day), unit)
  for (let at = begin; at < end; at = nextPeriod(at, unit)) starts.push(at)
  return starts
    .slice(1)
    .reduceRight<RawBuilder<number>>(
      (rest, start, i) =>
        sql`case when ${local} < ${sql.lit(start)} then ${sql.lit(starts[i] ?? start)} else ${rest} end`,
      sql`${sql.lit(starts.at(-1) ?? 0)}`,
    )
}

/** More rows than any screen shows; an answer that has more is refused, whoever asks. */
const mostRows = 200_000

/** What is read with a limit, if it is not more than can be held at once. */
export function* bounded<O>(read: (limit: number) => Work<readonly O[]>): Work<readonly O[]> {
  const rows = yield* read(mostRows + 1)
  if (rows.length <= mostRows) return rows
  throw new Problem('invalid_input', `The answer would have more than ${mostRows} values.`, {
    remedy: 'Ask for fewer days, for weeks or months, or do not split it.',
  })
}

/** Sets that have the group; without a filter, all. */
export const setsWith = (sets: GroupSets, group: string): readonly number[] => [
  -1,
  ...[...sets].flatMap(([set, groups]) => (groups.includes(group) ? [set] : [])),
]

interface Filtered<Q> {
  where(column: never, operator: '=' | 'in', value: never): Q
}

/** Narrows a query over rows that say group set, surface, originator and model. */
export function filtered<Q extends Filtered<Q>>(query: Q, filter: Filter, sets: GroupSets): Q {
  let narrowed = query
  const { group, ...rest } = filter
  if (group !== undefined)
    narrowed = narrowed.where('group_set' as never, 'in', setsWith(sets, group) as never)
  for (const key of ['surface', 'model', 'client'] as const) {
    const value = rest[key]
    if (value !== undefined) narrowed = narrowed.where(columnOf[key] as never, '=', value as never)
  }
  return narrowed
}

export interface SumRow extends Partial<Measures> {
  readonly period: LocalDay
  readonly value: string | number
  readonly model: string
  /** Which stretch between two changes of prices. */
  readonly stretch: number
}

/** Which stretch between two changes of prices a time is in. */
export function stretchOf(column: string, { prices, from, until }: Ask): RawBuilder<number> {
  const changes = changesBetween(prices, from, until)
  return changes.reduceRight<RawBuilder<number>>(
    (rest, at, i) =>
      sql`case when ${sql.ref(column)} < ${sql.lit(at)} then ${sql.lit(i)} else ${rest} end`,
    sql`${sql.lit(changes.length)}`,
  )
}

/** Sums by period, value of the dimension, model and stretch of prices, from the rollups. */
export function* sumRows(
  ask: Ask,
  wanted: readonly (keyof Measures)[],
  sets: GroupSets,
): Work<readonly SumRow[]> {
  const days = localDays(ask, changesBetween(ask.prices, ask.from, ask.until))
  const columns = { kept: placeColumns, sums: [...new Set(['events', ...wanted])] }
  const rows = localRows(days, tablesFor(ask), columns, (column) => stretchOf(column, ask))
  const query = q
    .selectFrom(sql<TelemetryTables['telemetry_usage'] & Local>`${rows}`.as('t'))
    .select([
      periodOfDay(sql.ref('local'), ask).as('period'),
      valueOf(ask).as('value'),
      'model',
      'stretch',
      ...wanted.map((measure) => sumOf(measure).as(measure)),
    ])
    .groupBy([sql`1`, sql`2`, 'model', 'stretch'])
    // A row of sums stands for one event at least.
    .having(sql<boolean>`sum(events) > 0`)
  const asked = filtered(query, ask.filter, sets)
  return yield* bounded((limit) => all(asked.limit(limit)))
}

/** What rows stand for: the dimension's column, or nothing. */
export const valueOf = ({ by }: Pick<Ask, 'by'>): RawBuilder<string | number> =>
  by === 'none' ? sql`''` : sql.ref(columnOf[by])

/** Midnight UTC of the first day with anything. */
export function* firstDayOf(): Work<number | null> {
  const row = yield* first(
    q.selectFrom('telemetry_usage_days').select('bucket').orderBy('bucket').limit(1),
  )
  return row?.bucket ?? null
}

/** The values of the dimensions since a day. */
export function* seenSince(
  from: number,
): Work<
  readonly { readonly surface: string; readonly originator: string; readonly model: string }[]
> {
  return yield* all(
    q
      .selectFrom('telemetry_usage_days')
      .where('bucket', '>=', from)
      .select(['surface', 'originator', 'model'])
      .distinct(),
  )
}

/** Who the persons are. */
export function* peopleByNumber(
  numbers: readonly number[],
): Work<ReadonlyMap<number, TelemetryTables['telemetry_people']>> {
  const found = new Map<number, TelemetryTables['telemetry_people']>()
  for (let from = 0; from < numbers.length; from += 1000)
    for (const row of yield* all(
      q
        .selectFrom('telemetry_people')
        .selectAll()
        .where('id', 'in', numbers.slice(from, from + 1000)),
    ))
      found.set(row.id, row)
  return found
}
