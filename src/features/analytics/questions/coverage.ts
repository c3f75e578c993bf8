import { peopleCells } from '../cells.ts'
import { dateText } from '../calendar.ts'
import { namesOf, periodColumn, placeOf, valueColumn, type Question } from '../question.ts'

export const coverage: Question = {
  key: 'coverage',
  title: 'Policy coverage',
  about:
    'Active people by the policy version that their clients had fetched with the token they reported by; the share is of all active people of the period. Who worked under two is in both.',
  dimensions: ['policy'],
  columns: (ask) => [
    periodColumn(ask),
    ...valueColumn(ask),
    { key: 'people', title: 'People', kind: 'count' },
    { key: 'share', title: 'Share', kind: 'share' },
  ],
  *answer(ask) {
    const { cells, held } = yield* peopleCells(ask)
    const name = yield* namesOf(
      ask.by,
      cells.map((cell) => cell.value),
    )
    const all = yield* peopleCells({ ...ask, by: 'none' })
    const everybody = new Map(all.cells.map(({ period, people }) => [period, people]))
    const rows = cells.map(({ period, value, people }) => {
      const of = everybody.get(period)
      return {
        ...placeOf(ask, dateText(period), value, name),
        people,
        // Of few people it is not said how many there are in all.
        share: of === undefined ? null : Math.min(1, people / of),
      }
    })
    return { rows, held }
  },
}
