import { type Measures } from '#features/telemetry/index.ts'
import { day } from '#kernel/clock.ts'
import { costAt } from '../cells.ts'
import { dateText } from '../calendar.ts'
import { personNames } from '../names.ts'
import type { Question } from '../question.ts'
import { changesBetween } from '../prices.ts'
import { personSums, streaksOf } from '../store.persons.ts'
import { groupSets, peopleByNumber } from '../store.sums.ts'

const summed = [
  'conversations',
  'turns',
  'tool_calls',
  'denied_calls',
  'tokens_input',
  'tokens_cached',
  'tokens_output',
] as const satisfies readonly (keyof Measures)[]

/** Those who used most tokens; more than anybody reads. */
const most = 1000

export const people: Question = {
  key: 'people',
  title: 'People',
  about:
    'Each person, service account and machine of an enrolment, by days of UTC. The streak is how many days in a row, up to the last day asked for or the day before, something came. At most the 1,000 who used most tokens.',
  dimensions: ['none'],
  persons: true,
  columns: (ask) => [
    { key: 'person', title: 'Who', kind: 'text' },
    { key: 'conversations', title: 'Conversations', kind: 'count' },
    { key: 'turns', title: 'Turns', kind: 'count' },
    { key: 'calls', title: 'Tool calls', kind: 'count' },
    { key: 'denied', title: 'Denied', kind: 'count' },
    { key: 'tokens', title: 'Tokens', kind: 'tokens' },
    { key: 'cost', title: `Estimated cost (${ask.currency})`, kind: 'cost' },
    { key: 'streak', title: 'Streak (days)', kind: 'count' },
    { key: 'last', title: 'Last day', kind: 'date' },
  ],
  *answer(ask) {
    const sets = yield* groupSets()
    const changes = [ask.from, ...changesBetween(ask.prices, ask.from, ask.until)]
    const sums = yield* personSums(ask, summed, sets, most)
    const found = Map.groupBy(sums, (row) => row.person)
    const numbers = [...found.keys()]
    const persons = yield* peopleByNumber(numbers)
    const nameOf = yield* personNames()
    const last = Math.ceil(ask.until / day) - 1
    const streaks = yield* streaksOf(ask, numbers, last * day, sets)
    const rows = [...found].map(([number, mine]) => {
      const person = persons.get(number)
      const sum = (measure: (typeof summed)[number]): number =>
        mine.reduce((n, row) => n + (row[measure] ?? 0), 0)
      const costs = mine.map((row) => costAt(ask, row.model, changes[row.stretch] ?? ask.from, row))
      return {
        person: person ? nameOf(person).label : `#${number}`,
        id: person?.principal_id ?? '',
        kind: person?.kind ?? '',
        conversations: sum('conversations'),
        turns: sum('turns'),
        calls: sum('tool_calls'),
        denied: sum('denied_calls'),
        tokens: sum('tokens_input') + sum('tokens_output'),
        cost: costs.reduce<number | null>(
          (all, cost) => (all === null || cost === null ? null : all + cost),
          0,
        ),
        streak: streaks.get(number) ?? 0,
        last: dateText(Math.max(...mine.map((row) => row.last)) / day),
      }
    })
    rows.sort((a, b) => b.tokens - a.tokens || (a.person < b.person ? -1 : 1))
    return { rows, held: 0 }
  },
}
