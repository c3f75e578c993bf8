import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideCommand, type Verdict } from './command.ts'
import { commandRulesOf } from './rules.ts'

// What the client does with hundreds of commands is asked of it in test/conformance; here is what must hold for all.

const POLICY = `[rules]
prefix_rules = [
  { pattern = [{ token = "rm" }], decision = "forbidden", justification = "Use the bin." },
  { pattern = [{ token = "git" }, { any_of = ["push", "commit"] }], decision = "prompt" },
  { pattern = [{ token = "git" }, { token = "push" }, { token = "--force" }], decision = "forbidden" },
]
`

const RULES = commandRulesOf(POLICY)

describe('commandRulesOf', () => {
  it('knows where each rule stands', () => {
    expect(RULES.rules.map(({ index, line, column }) => [index, line, column])).toEqual([
      [0, 3, 3],
      [1, 4, 3],
      [2, 5, 3],
    ])
  })

  it('leaves out what the client refuses', () => {
    const broken = `[rules]\nprefix_rules = [{ pattern = [], decision = "prompt" }, { decision = "prompt" },
      { pattern = [{ token = "a" }], decision = "allow" }, { pattern = [{ token = "b" }], decision = "prompt" }]`
    expect(commandRulesOf(broken).rules.map(({ index }) => index)).toEqual([3])
    expect(commandRulesOf('not toml').rules).toEqual([])
  })
})

describe('decideCommand', () => {
  it('says the strictest decision, its rule, and the part that matched', () => {
    const decision = decideCommand(RULES, 'git push --force && ls')
    expect(decision).toMatchObject({
      decision: 'forbidden',
      parts: [['git', 'push', '--force'], ['ls']],
    })
    expect(decision.matches.map(({ rule, part }) => [rule.line, part])).toEqual([
      [5, 0],
      [4, 0],
    ])
  })

  it('judges an argument vector as it is, and the script of a shell by its commands', () => {
    expect(decideCommand(RULES, ['/bin/rm', 'a b'])).toMatchObject({
      decision: 'forbidden',
      matches: [{ byName: true }],
    })
    expect(decideCommand(RULES, ['bash', '-lc', 'ls; rm x']).decision).toBe('forbidden')
    expect(decideCommand(RULES, ['bash', '-ec', 'rm x']).decision).toBe('unsure')
    expect(decideCommand(RULES, ['/opt/bash', '-c', 'rm x']).decision).toBe('unsure')
    expect(decideCommand(RULES, ['pwsh', '-Command', 'ls']).decision).toBe('allow')
    expect(decideCommand(RULES, []).decision).toBe('allow')
  })

  it('says why it does not look into a script', () => {
    expect(decideCommand(RULES, 'rm x > y')).toMatchObject({
      decision: 'allow',
      whole: 'a redirection',
      parts: [['/bin/bash', '-lc', 'rm x > y']],
    })
  })

  it('is unsure only where a rule could decide', () => {
    expect(decideCommand(RULES, 'a | b | c\nrm x && d').decision).toBe('unsure')
    expect(decideCommand(RULES, 'rm x; a | b | c\nls && d').decision).toBe('forbidden')
    expect(decideCommand(RULES, 'a | b | c\nls && d').decision).toBe('allow')
    expect(decideCommand(RULES, 'a | b | git\npush && d').decision).toBe('unsure')
    expect(decideCommand(RULES, 'a\n\\\nrm x').decision).toBe('unsure')
    expect(decideCommand(RULES, 'a\n\\\nb').decision).toBe('allow')
  })
})

const word = fc.constantFrom('rm', 'git', 'push', 'commit', '--force', 'x', 'RM')
const rule = fc.record({
  pattern: fc.array(fc.array(word, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }),
  decision: fc.constantFrom('prompt', 'prompt-user', 'forbidden'),
  canonical: fc.boolean(),
})
const argv = fc.array(word, { minLength: 1, maxLength: 4 })
const policyOf = (
  rules: readonly { pattern: string[][]; decision: string; canonical: boolean }[],
) =>
  commandRulesOf(
    `rules.prefix_rules = [${rules
      .map(
        ({ pattern, decision, canonical }) =>
          `{ pattern = [${pattern.map((any) => `{ any_of = ${JSON.stringify(any)} }`).join(', ')}], decision = "${decision}", canonical_matching = ${String(canonical)} }`,
      )
      .join(', ')}]`,
  )
const WEIGHT: Readonly<Record<Verdict, number>> = { allow: 0, prompt: 1, forbidden: 2, unsure: NaN }

describe('for all rules and commands', () => {
  it('the order of the rules does not matter', () => {
    fc.assert(
      fc.property(fc.array(rule), argv, (rules, command) => {
        const there = decideCommand(policyOf(rules), command)
        const back = decideCommand(policyOf(rules.toReversed()), command)
        expect([back.decision, back.asksPerson]).toEqual([there.decision, there.asksPerson])
      }),
    )
  })

  it('another rule never makes it laxer', () => {
    fc.assert(
      fc.property(fc.array(rule), rule, argv, (rules, more, command) => {
        const before = WEIGHT[decideCommand(policyOf(rules), command).decision]
        const after = WEIGHT[decideCommand(policyOf([...rules, more]), command).decision]
        expect(after).toBeGreaterThanOrEqual(before)
      }),
    )
  })

  it('a chain is as strict as its strictest command', () => {
    fc.assert(
      fc.property(fc.array(rule), fc.array(argv, { minLength: 1 }), (rules, commands) => {
        const policy = policyOf(rules)
        const each = commands.map((words) => WEIGHT[decideCommand(policy, words).decision])
        const chain = decideCommand(policy, commands.map((words) => words.join(' ')).join(' && '))
        expect(WEIGHT[chain.decision]).toBe(Math.max(...each))
      }),
    )
  })
})
