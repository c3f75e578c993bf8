import type { Measures } from '#features/telemetry/index.ts'

/** What whoever may not see single persons is shown of ended days, weeks and months (UTC): decided once, and then kept. */
export interface ReleasedTables {
  analytics_released_periods: PeriodRow
  analytics_released_cells: CellRow
}

export type ReleasedUnit = 'day' | 'week' | 'month'

/** A dimension of questions, or what commands and failures are split by. */
export type ReleasedDimension =
  'none' | 'group' | 'surface' | 'model' | 'client' | 'version' | 'policy' | 'rule' | 'failure'

export interface PeriodRow {
  readonly unit: ReleasedUnit
  /** Midnight UTC of its first day (ms). */
  readonly start: number
  /** About how many people everything in it is at least. */
  readonly k: number
  /** 1 where anything came. */
  readonly any: number
  /** JSON: how many values of each dimension were left out. */
  readonly held: string
}

/** Sums of a day; of a week or month only the people. */
export interface CellRow extends Measures {
  readonly unit: ReleasedUnit
  readonly start: number
  readonly dimension: ReleasedDimension
  /** Of `rule` and `failure` JSON: [rule, decision, 'denied' or 'ran'], [kind, what]. */
  readonly value: string
  /** Rounded down to a multiple of `k`. */
  readonly people: number
  /** Calls of a rule, or failures. */
  readonly amount: number
  /** JSON: how many times to the first token stand under each bound, as pairs. */
  readonly bins: string
}
