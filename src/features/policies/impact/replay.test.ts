import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandRulesOf, decideCommand } from '#requirements/index.ts'
import { replayTask } from './replay.ts'

const text = (rules: readonly (readonly [program: string, decision: string])[]): string =>
  rules.length === 0
    ? ''
    : `[rules]\nprefix_rules = [\n${rules
        .map(
          ([token, decision]) =>
            `{ pattern = [{ token = "${token}" }], decision = "${decision}" },`,
        )
        .join('\n')}\n]\n`

const program = fc.constantFrom('rm', 'git', 'curl', 'ls')
const policy = fc
  .uniqueArray(fc.tuple(program, fc.constantFrom('prompt', 'forbidden')), { maxLength: 3 })
  .map(text)
const pairs = fc.array(fc.record({ before: policy, after: policy }), { minLength: 1, maxLength: 3 })
const people = ['ann', 'bob', 'cy', 'dora']
const commands = fc.array(
  fc.record({
    command: fc
      .array(program, { minLength: 1, maxLength: 2 })
      .map((words) => words.map((word) => `${word} x`).join(' && ')),
    principal: fc.option(fc.constantFrom(...people, 'ANN '), { nil: undefined }),
  }),
  { maxLength: 30 },
)

describe('commands replayed for who ran them', () => {
  it('are decided as each would be by itself, under both policies of that person', () => {
    fc.assert(
      fc.property(pairs, commands, fc.array(fc.nat(2), { maxLength: 4 }), (all, run, places) => {
        const pairOf = new Map(places.map((place, i) => [people[i] ?? '', place % all.length]))
        const source = run
          .map(({ command, principal }) => JSON.stringify({ command, principal }))
          .join('\n')
        const answer = replayTask({ pairs: all, source, pairOf })

        const turns = new Map<string, number>()
        let skipped = 0
        for (const { command, principal } of run) {
          const at = principal === undefined ? 0 : pairOf.get(principal.trim().toLowerCase())
          const pair = at === undefined ? undefined : all[at]
          if (!pair) {
            skipped += 1
            continue
          }
          const [before, after] = [pair.before, pair.after].map(
            (one) => decideCommand(commandRulesOf(one), command).decision,
          )
          if (before === after) continue
          const turn = `${before} ${after} ${command}`
          turns.set(turn, (turns.get(turn) ?? 0) + 1)
        }
        expect(answer.skipped).toBe(skipped)
        expect(answer.commands).toBe(run.length - skipped)
        const rows = answer.rows.map(
          ({ before, after, command, count }) => [`${before} ${after} ${command}`, count] as const,
        )
        expect(new Map(rows)).toEqual(turns)
        expect(answer.changes.reduce((sum, { count }) => sum + count, 0)).toBe(
          [...turns.values()].reduce((sum, count) => sum + count, 0),
        )
      }),
    )
  })
})
