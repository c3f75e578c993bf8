import { sumCells } from '../cells.ts'
import { dateText } from '../calendar.ts'
import { namesOf, periodColumn, placeOf, valueColumn, type Question } from '../question.ts'

export const tokens: Question = {
  key: 'tokens',
  title: 'Tokens and estimated cost',
  about:
    'Tokens as clients report them. Cached input is a part of the input, reasoning of the output. The cost is an estimate by the price list; empty where a model has no price. Who is in two groups counts in both.',
  dimensions: ['group', 'none', 'model', 'surface', 'client'],
  columns: (ask) => [
    periodColumn(ask),
    ...valueColumn(ask),
    { key: 'input', title: 'Input', kind: 'tokens' },
    { key: 'cached', title: 'Cached input', kind: 'tokens' },
    { key: 'output', title: 'Output', kind: 'tokens' },
    { key: 'reasoning', title: 'Reasoning', kind: 'tokens' },
    { key: 'cost', title: `Estimated cost (${ask.currency})`, kind: 'cost' },
  ],
  *answer(ask) {
    const { cells, held } = yield* sumCells(ask, ['tokens_reasoning'])
    const name = yield* namesOf(
      ask.by,
      cells.map((cell) => cell.value),
    )
    const rows = cells.map(({ period, value, sums, cost }) => ({
      ...placeOf(ask, dateText(period), value, name),
      input: sums.tokens_input,
      cached: sums.tokens_cached,
      output: sums.tokens_output,
      reasoning: sums.tokens_reasoning,
      cost,
    }))
    return { rows, held }
  },
}
