/**
 * Makes what is shown of ended days, weeks and months to whoever may not see single persons (docs/decisions/0025). It is decided
 * once, some hours after the end, and stays as it is: two answers at different times do not differ by what came late, or by
 * somebody whose data was removed.
 */
import { measures, type Measures } from '#features/telemetry/index.ts'
import { day } from '#kernel/clock.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { shownWith } from '../anonymity.ts'
import { nextPeriod, periodOf } from '../calendar.ts'
import { theSettings } from '../store.settings.ts'
import { firstDayOf, groupSets } from '../store.sums.ts'
import {
  binsBy,
  failedBy,
  keyOf,
  partsOf,
  release,
  releasedWith,
  removeReleased,
  ruledBy,
  splits,
  sumsBy,
  tighten,
  type Amount,
} from './store.ts'
import { ripeUntil } from './ripe.ts'
import type { CellRow, ReleasedDimension, ReleasedUnit } from './tables.ts'

const nothing = Object.fromEntries(measures.map((m) => [m, 0])) as unknown as Measures

interface Period {
  readonly unit: ReleasedUnit
  readonly start: number
}

/**
 * Releases one period, or takes back what is about too few since more people are asked for.
 * @returns whether there may be more
 */
export const releaseNext = (runtime: Runtime): Promise<boolean> =>
  runtime.db.tx(() => releaseOne(runtime.clock()))

function* releaseOne(now: number): Work<boolean> {
  const first = yield* firstDayOf()
  if (first === null) return false
  const { k } = yield* theSettings()
  for (const unit of ['day', 'week', 'month'] as const) {
    const known = yield* releasedWith(unit)
    // The newest first: they are asked for.
    for (const start of periodsBetween(unit, first, ripeUntil(now))) {
      const before = known.get(start)
      if (before && before.k >= k) continue
      if (before) yield* take({ unit, start }, k)
      else if (unit === 'day') yield* releaseDay(start, k)
      else yield* releasePeople({ unit, start }, k)
      return true
    }
  }
  yield* removeReleased(first)
  return false
}

/** Whole periods within `[first, until)`, the last one first. */
function periodsBetween(unit: ReleasedUnit, first: number, until: number): readonly number[] {
  const starts: number[] = []
  for (let at = periodOf(first / day, unit); ; at = nextPeriod(at, unit)) {
    if (nextPeriod(at, unit) * day > until) return starts.reverse()
    starts.push(at * day)
  }
}

function* releaseDay(start: number, k: number): Work<void> {
  const parts = yield* partsOf(start, yield* groupSets())
  const shown = shownWith(k, parts)
  const cells: CellRow[] = []
  const held: Partial<Record<ReleasedDimension, number>> = {}
  for (const dimension of splits) {
    const bins = yield* binsBy(dimension, start)
    for (const sum of yield* sumsBy(dimension, { from: start, until: start + day }, k, measures)) {
      if (!shown.has(keyOf(dimension, sum.value))) continue
      const { principals: _, ...row } = sum
      cells.push({
        ...nothing,
        ...row,
        unit: 'day',
        start,
        dimension,
        people: down(sum.people, k),
        amount: 0,
        bins: JSON.stringify(bins.get(sum.value) ?? []),
      })
    }
    const values = new Set(
      parts.flatMap((part) => part.values.filter((key) => key.startsWith(`${dimension}:`))),
    )
    held[dimension] = values.difference(shown).size
  }
  for (const [dimension, amounts] of [
    ['rule', yield* ruledBy(start)],
    ['failure', yield* failedBy(start)],
  ] as const) {
    const enough = amounts.filter(({ principals }) => principals >= k)
    cells.push(...enough.map((amount) => amountCell(start, dimension, amount, k)))
    held[dimension] = amounts.length - enough.length
  }
  yield* release(
    { unit: 'day', start, k, any: parts.length > 0 ? 1 : 0, held: JSON.stringify(held) },
    cells,
  )
}

const amountCell = (
  start: number,
  dimension: ReleasedDimension,
  { value, people, amount }: Amount,
  k: number,
): CellRow => ({
  ...nothing,
  unit: 'day',
  start,
  dimension,
  value,
  people: down(people, k),
  amount,
  bins: '[]',
})

/** How many different people there were in a week or month; nothing else of it can not be added up from days. */
function* releasePeople({ unit, start }: Period, k: number): Work<void> {
  const until = nextPeriod(start / day, unit) * day
  const cells: CellRow[] = []
  for (const dimension of splits)
    for (const { value, people } of yield* sumsBy(dimension, { from: start, until }, k, []))
      cells.push({
        ...nothing,
        unit,
        start,
        dimension,
        value,
        people: down(people, k),
        amount: 0,
        bins: '[]',
      })
  yield* release({ unit, start, k, any: cells.length > 0 ? 1 : 0, held: '{}' }, cells)
}

/** What was released with fewer people, where more are asked for now. Nothing is added, and no number changes. */
function* take({ unit, start }: Period, k: number): Work<void> {
  const shown = unit === 'day' ? shownWith(k, yield* partsOf(start, yield* groupSets())) : undefined
  yield* tighten({ unit, start, k }, ({ dimension, value, people }) =>
    shown === undefined || dimension === 'rule' || dimension === 'failure'
      ? people >= k
      : shown.has(keyOf(dimension, value)),
  )
}

/** An exact number of people would tell of one of them what it is more than another, so that it is a multiple. */
const down = (people: number, k: number): number => Math.floor(people / k) * k
