import { sumCells } from '../cells.ts'
import { dateText } from '../calendar.ts'
import { namesOf, periodColumn, placeOf, valueColumn, type Question } from '../question.ts'

export const activity: Question = {
  key: 'activity',
  title: 'Conversations and turns',
  about:
    'Conversations that began, turns (one for each prompt), and tool calls with those that were denied or failed.',
  dimensions: ['none', 'client', 'surface', 'model', 'group'],
  columns: (ask) => [
    periodColumn(ask),
    ...valueColumn(ask),
    { key: 'conversations', title: 'Conversations', kind: 'count' },
    { key: 'turns', title: 'Turns', kind: 'count' },
    { key: 'calls', title: 'Tool calls', kind: 'count' },
    { key: 'denied', title: 'Denied', kind: 'count' },
    { key: 'failed', title: 'Failed', kind: 'count' },
  ],
  *answer(ask) {
    const { cells, held } = yield* sumCells(ask, [
      'conversations',
      'turns',
      'tool_calls',
      'denied_calls',
      'failed_calls',
    ])
    const name = yield* namesOf(
      ask.by,
      cells.map((cell) => cell.value),
    )
    const rows = cells.map(({ period, value, sums }) => ({
      ...placeOf(ask, dateText(period), value, name),
      conversations: sums.conversations,
      turns: sums.turns,
      calls: sums.tool_calls,
      denied: sums.denied_calls,
      failed: sums.failed_calls,
    }))
    return { rows, held }
  },
}
