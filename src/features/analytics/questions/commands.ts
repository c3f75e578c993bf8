import type { Measures } from '#features/telemetry/index.ts'
import { dateText } from '../calendar.ts'
import { sumCells } from '../cells.ts'
import { namesOf, periodColumn, placeOf, valueColumn, type Question } from '../question.ts'

const counts = {
  tool_calls: 'Calls',
  failed_calls: 'Failed',
  denied_calls: 'Denied',
  approved_by_config: 'Approved by the policy',
  approved_by_user: 'Approved by a person',
  refused_by_config: 'Refused by the policy',
  refused_by_user: 'Refused by a person',
} as const satisfies Partial<Record<keyof Measures, string>>
const keys = Object.keys(counts) as (keyof typeof counts)[]

export const commands: Question = {
  key: 'commands',
  title: 'Commands and other tool calls by decision',
  about:
    'Calls that clients reported by what became of them, and the decisions on calls by who made them. A denied call did not run: by a rule, the policy or a person. Which rules denied is a question of its own.',
  dimensions: ['none', 'client', 'surface', 'model', 'group'],
  columns: (ask) => [
    periodColumn(ask),
    ...valueColumn(ask),
    ...keys.map((key) => ({ key, title: counts[key], kind: 'count' as const })),
  ],
  *answer(ask) {
    const { cells, held } = yield* sumCells(ask, keys)
    const name = yield* namesOf(
      ask.by,
      cells.map((cell) => cell.value),
    )
    const rows = cells.map(({ period, value, sums }) => ({
      ...placeOf(ask, dateText(period), value, name),
      ...Object.fromEntries(keys.map((key) => [key, sums[key]])),
    }))
    return { rows, held }
  },
}
