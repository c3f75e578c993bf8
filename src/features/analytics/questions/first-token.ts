import { percentile, type Bin } from '#features/telemetry/index.ts'
import { day } from '#kernel/clock.ts'
import type { Work } from '#kernel/work.ts'
import type { Ask } from '../ask.ts'
import { dateText, periodOf } from '../calendar.ts'
import { inOrder, releasedOf } from '../cells.ts'
import { namesOf, periodColumn, placeOf, valueColumn, type Question } from '../question.ts'
import { firstTokenBins } from '../store.calls.ts'
import { groupSets } from '../store.sums.ts'

export const firstToken: Question = {
  key: 'first-token',
  title: 'Time to first token',
  about:
    'How long a turn waits for the first token of its answer. Percentiles are upper bounds of fixed bins: never below the true value and at most 9.1 % above it. For whoever may not see persons one is left out where fewer turns than the least number of people lie beyond it.',
  dimensions: ['none', 'model', 'surface', 'client', 'group'],
  columns: (ask) => [
    periodColumn(ask),
    ...valueColumn(ask),
    { key: 'turns', title: 'Turns', kind: 'count' },
    { key: 'p50', title: 'Median', kind: 'ms' },
    { key: 'p95', title: '95 of 100', kind: 'ms' },
    { key: 'p99', title: '99 of 100', kind: 'ms' },
  ],
  *answer(ask) {
    const { bins, held } = yield* ask.k === null ? every(ask) : released(ask, ask.k)
    const found = new Map<string, { period: number; value: string; bins: Map<number, number> }>()
    for (const { period, value, bound, count } of bins) {
      const key = `${period} ${value}`
      const cell = found.get(key) ?? { period, value, bins: new Map<number, number>() }
      found.set(key, cell)
      cell.bins.set(bound, (cell.bins.get(bound) ?? 0) + count)
    }
    const name = yield* namesOf(
      ask.by,
      [...found.values()].map((cell) => cell.value),
    )
    const rows = [...found.values()].sort(inOrder).map(({ period, value, bins: of }) => {
      const list = [...of].map(([bound, count]) => ({ bound, count }))
      const turns = list.reduce((sum, { count }) => sum + count, 0)
      const part = (p: number): number | null => {
        // What only few turns exceed is what one of them took.
        const ms = turns * (1 - p) < (ask.k ?? 0) ? null : percentile(list, p)
        return ms === null ? null : Math.round(ms)
      }
      return {
        ...placeOf(ask, dateText(period), value, name),
        turns,
        p50: part(0.5),
        p95: part(0.95),
        p99: part(0.99),
      }
    })
    return { rows, held }
  },
}

interface Binned extends Bin {
  readonly period: number
  readonly value: string
}
type Found = Work<{ readonly bins: readonly Binned[]; readonly held: number }>

function* every(ask: Ask): Found {
  const sets = yield* groupSets()
  const bins = (yield* firstTokenBins(ask, sets)).flatMap((row) =>
    (ask.by === 'group' ? (sets.get(Number(row.value)) ?? ['']) : [String(row.value)]).map(
      (value) => ({ ...row, value }),
    ),
  )
  return { bins, held: 0 }
}

function* released(ask: Ask, k: number): Found {
  const { cells, held } = yield* releasedOf(ask, k, 'day')
  const bins = cells.flatMap(({ start, value, bins: pairs }) =>
    (JSON.parse(pairs) as [number, number][]).map(([bound, count]) => ({
      period: periodOf(start / day, ask.unit),
      value: ask.by === 'none' ? '' : value,
      bound,
      count,
    })),
  )
  return { bins, held }
}
