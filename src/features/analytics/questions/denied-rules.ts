import type { RuleDecision } from '#features/telemetry/index.ts'
import type { Work } from '#kernel/work.ts'
import type { Ask } from '../ask.ts'
import type { Question } from '../question.ts'
import { releasedCells } from '../released/reading.ts'
import { ruleSums, type RuleSum } from '../store.calls.ts'
import { groupSets } from '../store.sums.ts'

/** More rules than anybody reads; the rest is in the commands by decision. */
const most = 100

export const deniedRules: Question = {
  key: 'denied-rules',
  title: 'Rules that denied most',
  about:
    'The strictest rule that matches, of commands that did not run, by days of UTC. “Ran” is how often a command matched the same rule and ran, after somebody approved it. People are counted once; for whoever may not see persons it is those of the day with most of them.',
  dimensions: ['none'],
  filters: ['group'],
  rowsOf: 'rule',
  columns: () => [
    { key: 'rule', title: 'Rule', kind: 'text' },
    { key: 'decision', title: 'Decision', kind: 'text' },
    { key: 'denied', title: 'Denied', kind: 'count' },
    { key: 'ran', title: 'Ran', kind: 'count' },
    { key: 'people', title: 'People', kind: 'count' },
  ],
  *answer(ask) {
    const { rules, held } =
      ask.k === null
        ? { rules: yield* ruleSums(ask, yield* groupSets(), most), held: 0 }
        : yield* released(ask, ask.k)
    const rows = rules.map(({ rule, rule_decision, denied, ran, people }) => ({
      // The pattern alone: its decision has a column.
      rule: rule.replace(/ \| \w+$/, ''),
      decision: rule_decision,
      denied,
      ran,
      people,
    }))
    return { rows, held }
  },
}

/** Rules that denied, on days on which enough people stand behind it. */
function* released(
  ask: Ask,
  k: number,
): Work<{ readonly rules: readonly RuleSum[]; readonly held: number }> {
  const { cells, held } = yield* releasedCells({
    ...ask,
    k,
    unit: 'day',
    dimension: 'rule',
    only: undefined,
  })
  const rules = new Map<string, { -readonly [Key in keyof RuleSum]: RuleSum[Key] }>()
  for (const { value, amount, people } of cells) {
    const [rule, decision, outcome] = JSON.parse(value) as [string, RuleDecision, string]
    const key = JSON.stringify([rule, decision])
    const sum = rules.get(key) ?? { rule, rule_decision: decision, denied: 0, ran: 0, people: 0 }
    rules.set(key, sum)
    sum[outcome === 'denied' ? 'denied' : 'ran'] += amount
    if (outcome === 'denied') sum.people = Math.max(sum.people, people)
  }
  const found = [...rules.values()]
    .filter(({ denied }) => denied > 0)
    .sort((a, b) => b.denied - a.denied || (a.rule < b.rule ? -1 : 1))
  return { rules: found.slice(0, most), held }
}
