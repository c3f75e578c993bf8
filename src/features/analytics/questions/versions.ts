import { peopleCells } from '../cells.ts'
import { dateText } from '../calendar.ts'
import { namesOf, periodColumn, placeOf, valueColumn, type Question } from '../question.ts'

export const versions: Question = {
  key: 'versions',
  title: 'Client versions',
  about: 'How many people used each version of the client, as it reports itself.',
  dimensions: ['version'],
  columns: (ask) => [
    periodColumn(ask),
    ...valueColumn(ask),
    { key: 'people', title: 'People', kind: 'count' },
  ],
  *answer(ask) {
    const { cells, held } = yield* peopleCells(ask)
    const name = yield* namesOf(ask.by, [])
    const rows = cells.map((cell) => ({
      ...placeOf(ask, dateText(cell.period), cell.value, name),
      people: cell.people,
    }))
    return { rows, held }
  },
}
