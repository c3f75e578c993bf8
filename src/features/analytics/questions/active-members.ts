import { peopleCells } from '../cells.ts'
import { dateText } from '../calendar.ts'
import { namesOf, periodColumn, placeOf, valueColumn, type Question } from '../question.ts'

export const activeMembers: Question = {
  key: 'active-members',
  title: 'Active people',
  about:
    'People, service accounts and machines of enrolments from which anything came, each counted once in a row. Rows of one period may overlap. For whoever may not see persons, rounded down to a multiple of the least number of people.',
  dimensions: ['none', 'surface', 'model', 'group', 'client'],
  columns: (ask) => [
    periodColumn(ask),
    ...valueColumn(ask),
    { key: 'people', title: 'People', kind: 'count' },
  ],
  *answer(ask) {
    const { cells, held } = yield* peopleCells(ask)
    const name = yield* namesOf(
      ask.by,
      cells.map((cell) => cell.value),
    )
    const rows = cells.map((cell) => ({
      ...placeOf(ask, dateText(cell.period), cell.value, name),
      people: cell.people,
    }))
    return { rows, held }
  },
}
