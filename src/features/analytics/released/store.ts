/** What is released of a period: read from people's days, and written once. */
import { sql, type RawBuilder } from 'kysely'
import { measures, type Measures, type TelemetryTables } from '#features/telemetry/index.ts'
import { day } from '#kernel/clock.ts'
import { insertMany } from '#kernel/insert-many.ts'
import { all, first, queries, raw, run, type Work } from '#kernel/work.ts'
import type { Part } from '../anonymity.ts'
import type {
  CellRow,
  PeriodRow,
  ReleasedDimension,
  ReleasedTables,
  ReleasedUnit,
} from './tables.ts'

export const q = queries<TelemetryTables & ReleasedTables>()

/** What a day can be split by. */
export const splits = ['none', 'group', 'surface', 'client', 'model', 'version', 'policy'] as const
type Split = (typeof splits)[number]

const columns: Readonly<Record<Exclude<Split, 'none' | 'group'>, string>> = {
  surface: 'd.surface',
  client: 'd.originator',
  model: 'd.model',
  version: 'd.version',
  policy: 'd.policy_version',
}

/** Rows of people's days read at once; and beyond how many of a day nothing of it is shown. */
const atOnce = 5000
const most = 500_000

interface PersonRow {
  readonly person: number
  readonly principal_id: string
  readonly group_set: number
  readonly surface: string
  readonly originator: string
  readonly model: string
  readonly version: string
  readonly policy_version: string
}

/**
 * Whoever was there on a day, by what they count in. All machines of an enrolment are one here: a machine has a name because it
 * says so.
 */
export function* partsOf(
  start: number,
  sets: ReadonlyMap<number, readonly string[]>,
): Work<readonly Part[]> {
  const parts = new Map<string, { readonly persons: Set<string>; readonly values: string[] }>()
  let read = 0
  for (let after: PersonRow | undefined; ;) {
    const rows: readonly PersonRow[] = yield* personRows(start, after)
    for (const row of rows) {
      const key = JSON.stringify([
        row.group_set,
        row.surface,
        row.originator,
        row.model,
        row.version,
        row.policy_version,
      ])
      const part = parts.get(key) ?? { persons: new Set<string>(), values: valuesOf(row, sets) }
      parts.set(key, part)
      part.persons.add(row.principal_id)
    }
    read += rows.length
    if (rows.length < atOnce) return [...parts.values()]
    if (read >= most) return []
    after = rows.at(-1)
  }
}

export const keyOf = (dimension: ReleasedDimension, value: string): string =>
  `${dimension}:${value}`

const valuesOf = (row: PersonRow, sets: ReadonlyMap<number, readonly string[]>): string[] => [
  keyOf('none', ''),
  ...(sets.get(row.group_set) ?? ['']).map((group) => keyOf('group', group)),
  keyOf('surface', row.surface),
  keyOf('client', row.originator),
  keyOf('model', row.model),
  keyOf('version', row.version),
  keyOf('policy', row.policy_version),
]

function personRows(start: number, after: PersonRow | undefined): Work<readonly PersonRow[]> {
  const key = sql`d.person, d.group_set, d.surface, d.originator, d.model, d.version, d.policy_version`
  const beyond = after
    ? sql`and (${key}) > (${after.person}, ${after.group_set}, ${after.surface}, ${after.originator},
        ${after.model}, ${after.version}, ${after.policy_version})`
    : sql``
  return raw<PersonRow>(sql`
    select ${key}, p.principal_id
    from telemetry_days d join telemetry_people p on p.id = d.person
    where d.day = ${start} ${beyond}
    order by ${key} limit ${sql.lit(atOnce)}`)
}

export interface SplitSum extends Partial<Measures> {
  readonly value: string
  readonly people: number
  readonly principals: number
}

/** Sums of `[from, until)` by the values of a dimension, of those behind which at least `k` stand. */
export function sumsBy(
  dimension: Split,
  { from, until }: { readonly from: number; readonly until: number },
  k: number,
  wanted: readonly (keyof Measures)[],
): Work<readonly SplitSum[]> {
  const { value, join } = valueOf(dimension)
  const sums = wanted.map(
    (measure) => sql`, cast(sum(${sql.ref(`d.${measure}`)}) as bigint) as ${sql.ref(measure)}`,
  )
  return raw<SplitSum>(sql`
    select ${value} as value, count(distinct d.person) as people,
      count(distinct p.principal_id) as principals ${sql.join(sums, sql` `)}
    from telemetry_days d join telemetry_people p on p.id = d.person ${join}
    where d.day >= ${from} and d.day < ${until}
    group by 1 having count(distinct p.principal_id) >= ${sql.lit(k)}`)
}

function valueOf(dimension: Split): {
  readonly value: RawBuilder<unknown>
  readonly join: RawBuilder<unknown>
} {
  if (dimension === 'none') return { value: sql`''`, join: sql`` }
  if (dimension !== 'group') return { value: sql.ref(columns[dimension]), join: sql`` }
  return {
    value: sql`coalesce(m.group_id, '')`,
    join: sql`left join telemetry_group_set_members m on m.set_id = d.group_set`,
  }
}

export interface Amount {
  readonly value: string
  readonly people: number
  readonly principals: number
  readonly amount: number
}

/** Calls of a day that a rule matched, by rule and whether they were denied. */
export function* ruledBy(start: number): Work<readonly Amount[]> {
  const rows = yield* raw<
    Omit<Amount, 'value'> & Record<'rule' | 'decision' | 'outcome', string>
  >(sql`
    select rule, rule_decision as decision,
      case when outcome = 'denied' then 'denied' else 'ran' end as outcome, ${counted}
    from telemetry_command_people c join telemetry_people p on p.id = c.person
    where c.day = ${start} and c.rule <> '' group by 1, 2, 3 order by people desc limit 1000`)
  return rows.map(({ rule, decision, outcome, ...row }) => ({
    ...row,
    value: JSON.stringify([rule, decision, outcome]),
  }))
}

export function* failedBy(start: number): Work<readonly Amount[]> {
  const rows = yield* raw<Omit<Amount, 'value'> & Record<'kind' | 'what', string>>(sql`
    select c.kind, c.what, ${counted}
    from telemetry_failure_people c join telemetry_people p on p.id = c.person
    where c.day = ${start} group by 1, 2 order by people desc limit 1000`)
  return rows.map(({ kind, what, ...row }) => ({ ...row, value: JSON.stringify([kind, what]) }))
}

const counted = sql`count(distinct c.person) as people, count(distinct p.principal_id) as principals,
  cast(sum(c.count) as bigint) as amount`

/** Times to the first token of a day by the values of a dimension, as pairs of bound and count. */
export function* binsBy(
  dimension: Split,
  start: number,
): Work<ReadonlyMap<string, readonly (readonly [number, number])[]>> {
  const found = new Map<string, [number, number][]>()
  if (dimension === 'version' || dimension === 'policy') return found
  const { value, join } = valueOf(dimension)
  for (const row of yield* raw<{ value: string; bound: number; count: number }>(sql`
    select ${value} as value, d.bound, cast(sum(d.count) as bigint) as count
    from telemetry_histogram_days d ${join}
    where d.measure = 'first_token' and d.day = ${start} group by 1, 2 order by 1, 2`)) {
    const known = found.get(row.value) ?? []
    found.set(row.value, known)
    known.push([row.bound, row.count])
  }
  return found
}

const insertCells = insertMany<CellRow>(
  ['unit', 'start', 'dimension', 'value', 'people', 'amount', 'bins', ...measures],
  (places) => q.insertInto('analytics_released_cells').values(places),
)

/** Writes what is released of a period; false: it was released in the meantime. */
export function* release(period: PeriodRow, cells: readonly CellRow[]): Work<boolean> {
  const written = yield* run(
    q
      .insertInto('analytics_released_periods')
      .values(period)
      .onConflict((c) => c.doNothing()),
  )
  if (written === 0) return false
  yield* insertCells(cells)
  return true
}

/** The periods of these that are not released, or with fewer people than `k`. */
export function* releasedWith(
  unit: ReleasedUnit,
): Work<ReadonlyMap<number, Pick<PeriodRow, 'k' | 'any'>>> {
  const rows = yield* all(
    q
      .selectFrom('analytics_released_periods')
      .select(['start', 'k', 'any'])
      .where('unit', '=', unit),
  )
  return new Map(rows.map(({ start, ...row }) => [start, row]))
}

/** Takes back all but these cells of a period: what was shown with fewer people is shown with `k` or not at all. */
export function* tighten(
  { unit, start, k }: Pick<PeriodRow, 'unit' | 'start' | 'k'>,
  mayStay: (cell: Pick<CellRow, 'dimension' | 'value' | 'people'>) => boolean,
): Work<void> {
  const cells = yield* all(
    q
      .selectFrom('analytics_released_cells')
      .select(['dimension', 'value', 'people'])
      .where('unit', '=', unit)
      .where('start', '=', start),
  )
  const held = new Map<string, number>()
  for (const cell of cells) {
    if (mayStay(cell)) continue
    held.set(cell.dimension, (held.get(cell.dimension) ?? 0) + 1)
    yield* run(
      q
        .deleteFrom('analytics_released_cells')
        .where('unit', '=', unit)
        .where('start', '=', start)
        .where('dimension', '=', cell.dimension)
        .where('value', '=', cell.value),
    )
  }
  const known = yield* first(
    q
      .selectFrom('analytics_released_periods')
      .select('held')
      .where('unit', '=', unit)
      .where('start', '=', start),
  )
  const before = JSON.parse(known?.held ?? '{}') as Record<string, number>
  for (const [dimension, count] of held) before[dimension] = (before[dimension] ?? 0) + count
  yield* run(
    q
      .updateTable('analytics_released_periods')
      .set({ k, held: JSON.stringify(before) })
      .where('unit', '=', unit)
      .where('start', '=', start),
  )
}

/** Removes what was released of periods that began before. */
export function* removeReleased(before: number): Work<void> {
  yield* run(q.deleteFrom('analytics_released_cells').where('start', '<', before))
  yield* run(q.deleteFrom('analytics_released_periods').where('start', '<', before - 31 * day))
}
