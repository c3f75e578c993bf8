import type { Work } from '#kernel/work.ts'
import type { Ask } from '../ask.ts'
import { dateText, periodOf } from '../calendar.ts'
import { namesOf, periodColumn, placeOf, valueColumn, type Question } from '../question.ts'
import { releasedCells } from '../released/reading.ts'
import { failureSums } from '../store.calls.ts'
import { groupSets } from '../store.sums.ts'
import { day } from '#kernel/clock.ts'

const kinds: Readonly<Record<string, string>> = {
  api: 'Request to the model',
  stream: 'Answer of the model',
  tool: 'Tool',
}

export const failures: Question = {
  key: 'failures',
  title: 'Failures',
  about:
    'What went wrong: requests to the model by HTTP status, answers that broke off by kind of event, tools by name.',
  dimensions: ['none', 'model', 'surface', 'client', 'group'],
  rowsOf: 'what failed',
  columns: (ask) => [
    periodColumn(ask),
    ...valueColumn(ask),
    { key: 'kind', title: 'Of what', kind: 'text' },
    { key: 'what', title: 'What', kind: 'text' },
    { key: 'failures', title: 'Failures', kind: 'count' },
  ],
  *answer(ask) {
    const { failed, held } = yield* ask.k === null ? every(ask) : released(ask, ask.k)
    const found = new Map<string, Failed>()
    for (const one of failed) {
      const key = JSON.stringify([one.period, one.value, one.kind, one.what])
      const cell = found.get(key)
      found.set(key, cell ? { ...cell, count: cell.count + one.count } : one)
    }
    const cells = [...found.values()].sort((a, b) => a.period - b.period || b.count - a.count)
    const name = yield* namesOf(
      ask.by,
      cells.map((cell) => cell.value),
    )
    const rows = cells.map(({ period, value, kind, what, count }) => ({
      ...placeOf(ask, dateText(period), value, name),
      kind: kinds[kind] ?? kind,
      what,
      failures: count,
    }))
    return { rows, held }
  },
}

interface Failed {
  readonly period: number
  readonly value: string
  readonly kind: string
  readonly what: string
  readonly count: number
}
type Found = Work<{ readonly failed: readonly Failed[]; readonly held: number }>

function* every(ask: Ask): Found {
  const sets = yield* groupSets()
  const failed = (yield* failureSums(ask, sets)).flatMap((row) =>
    (ask.by === 'group' ? (sets.get(Number(row.value)) ?? ['']) : [String(row.value)]).map(
      (value) => ({ ...row, value }),
    ),
  )
  return { failed, held: 0 }
}

/** What failed for enough people on a day. */
function* released(ask: Ask, k: number): Found {
  const { cells, held } = yield* releasedCells({
    ...ask,
    k,
    unit: 'day',
    dimension: 'failure',
    only: undefined,
  })
  const failed = cells.map(({ start, value, amount }) => {
    const [kind, what] = JSON.parse(value) as [string, string]
    return { period: periodOf(start / day, ask.unit), value: '', kind, what, count: amount }
  })
  return { failed, held }
}
