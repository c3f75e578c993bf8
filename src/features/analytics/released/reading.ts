import { day } from '#kernel/clock.ts'
import { all, type Work } from '#kernel/work.ts'
import { firstDayOf } from '../store.sums.ts'
import { q } from './store.ts'
import type { CellRow, ReleasedDimension, ReleasedUnit } from './tables.ts'

export interface ReleasedAsk {
  readonly unit: ReleasedUnit
  /** Whole days of UTC (ms), `until` not included. */
  readonly from: number
  readonly until: number
  readonly k: number
  readonly dimension: ReleasedDimension
  /** Only this value. */
  readonly only: string | undefined
}

export interface Released {
  readonly cells: readonly CellRow[]
  /** How many values were left out; a day on which nothing is decided yet is one. */
  readonly held: number
}

/** What is shown of the periods that begin in a time. */
export function* releasedCells(ask: ReleasedAsk): Work<Released> {
  const { unit, from, until, k, dimension, only } = ask
  const periods = yield* all(
    q
      .selectFrom('analytics_released_periods')
      .select(['start', 'any', 'held'])
      .where('unit', '=', unit)
      .where('start', '>=', from)
      .where('start', '<', until)
      .where('k', '>=', k),
  )
  let query = q
    .selectFrom('analytics_released_cells as c')
    .innerJoin('analytics_released_periods as p', (j) =>
      j.onRef('p.unit', '=', 'c.unit').onRef('p.start', '=', 'c.start'),
    )
    .where('c.unit', '=', unit)
    .where('c.start', '>=', from)
    .where('c.start', '<', until)
    .where('c.dimension', '=', dimension)
    .where('p.k', '>=', k)
    .selectAll('c')
    .orderBy('c.start')
    .orderBy('c.value')
  if (only !== undefined) query = query.where('c.value', '=', only)
  const cells = yield* all(query)
  const undecided =
    unit === 'day' ? Math.max(0, (yield* daysWithAnything(from, until)) - periods.length) : 0
  const held =
    only === undefined
      ? periods.reduce((sum, period) => sum + heldOf(period.held, dimension), 0)
      : periods.filter((period) => period.any === 1).length - cells.length
  return { cells, held: held + undecided }
}

const heldOf = (held: string, dimension: ReleasedDimension): number =>
  (JSON.parse(held) as Partial<Record<ReleasedDimension, number>>)[dimension] ?? 0

function* daysWithAnything(from: number, until: number): Work<number> {
  const first = yield* firstDayOf()
  return first === null ? 0 : (until - Math.max(from, first)) / day
}

/** The values of a dimension that are shown of some day since. */
export function* releasedValues(
  dimension: ReleasedDimension,
  since: number,
  k: number,
): Work<readonly string[]> {
  const rows = yield* all(
    q
      .selectFrom('analytics_released_cells as c')
      .innerJoin('analytics_released_periods as p', (j) =>
        j.onRef('p.unit', '=', 'c.unit').onRef('p.start', '=', 'c.start'),
      )
      .where('c.unit', '=', 'day')
      .where('c.start', '>=', since)
      .where('c.dimension', '=', dimension)
      .where('p.k', '>=', k)
      .select('c.value')
      .distinct()
      .orderBy('c.value'),
  )
  return rows.map(({ value }) => value)
}
