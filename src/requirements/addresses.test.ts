import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ruleKey, withAddresses } from './addresses.ts'
import { arbitraryPolicy } from './arbitrary.ts'
import { commandRulesOf } from './decide/rules.ts'

const here = { site: 'https://gate.example', policyId: 'pol_1' }
const moved = { ...here, site: 'https://new.example' }
const address = (rule: string) => `https://gate.example/requests/new?policy=pol_1&rule=${rule}`
const said = (text: string) => commandRulesOf(text).rules.map((rule) => rule.justification)

const inline = `# rules of ours
[rules]
prefix_rules = [
  { pattern = [{ token = "rm" }], decision = "forbidden", justification = "Use git clean." }, # comment
  { pattern = [{ token = "git" }], decision = "prompt" },
  { pattern = [{ token = "su" }], decision = "forbidden" },
]
`

describe('addresses in justifications', () => {
  it('are put after what a rule says, and in the place of nothing where it forbids', () => {
    const keys = commandRulesOf(inline).rules.map(ruleKey)
    const { text, changed } = withAddresses(inline, here)
    expect(changed).toBe(2)
    expect(text).toBe(`# rules of ours
[rules]
prefix_rules = [
  { pattern = [{ token = "rm" }], decision = "forbidden", justification = "Use git clean. Ask for access: https://gate.example/requests/new?policy=pol_1&rule=${keys[0]}" }, # comment
  { pattern = [{ token = "git" }], decision = "prompt" },
  { pattern = [{ token = "su" }], justification = "Ask for access: https://gate.example/requests/new?policy=pol_1&rule=${keys[2]}", decision = "forbidden" },
]
`)
  })

  it('stand in every way in which TOML writes a text', () => {
    const block = [
      "justification = 'Its'",
      'justification = """\nTwo\nlines\n"""',
      "justification = '''\nliteral'''",
      String.raw`justification = "a \"quoted\" word"`,
    ].map(
      (line, i) =>
        `[[rules.prefix_rules]]\npattern = [{ token = "c${i}" }]\ndecision = "prompt" # stays\n${line}\n`,
    )
    const silent = `[[rules.prefix_rules]]\r\n  pattern = [{ token = "x" }]\r\n  decision = "forbidden" # stays\r\n`
    for (const text of [block.join('\n'), silent]) {
      const out = withAddresses(text, here).text
      const [before, after] = [commandRulesOf(text).rules, commandRulesOf(out).rules]
      expect(after.map(ruleKey)).toEqual(before.map(ruleKey))
      expect(after.map((rule) => rule.decision)).toEqual(before.map((rule) => rule.decision))
      for (const [i, rule] of after.entries()) {
        const old = before[i]?.justification ?? ''
        expect(rule.justification).toBe(
          `${old}${old === '' || /\s$/.test(old) ? '' : ' '}Ask for access: ${address(ruleKey(rule))}`,
        )
      }
      expect(out.match(/# stays/g)).toEqual(text.match(/# stays/g))
    }
  })

  it('are never there twice, and follow the site and the rule', () => {
    const once = withAddresses(inline, here).text
    expect(withAddresses(once, here)).toEqual({ text: once, changed: 0 })
    expect(said(withAddresses(once, moved).text)).toEqual(said(withAddresses(inline, moved).text))
    const other = once.replace('token = "rm"', 'token = "rmdir"')
    expect(said(withAddresses(other, here).text)[0]).toContain(
      ruleKey(commandRulesOf(other).rules[0] ?? { pattern: [], canonical: false }),
    )
  })

  it('change nothing else of any document', () => {
    fc.assert(
      fc.property(arbitraryPolicy(), (text) => {
        const out = withAddresses(text, here)
        expect(withAddresses(out.text, here)).toEqual({ text: out.text, changed: 0 })
        if (out.changed === 0) expect(out.text).toBe(text)
        const meaning = (of: string) =>
          commandRulesOf(of).rules.map(({ pattern, decision, canonical }) => ({
            pattern,
            decision,
            canonical,
          }))
        expect(meaning(out.text)).toEqual(meaning(text))
      }),
    )
  })

  it('leave what cannot be read as it is', () => {
    expect(withAddresses('rules = [', here)).toEqual({ text: 'rules = [', changed: 0 })
  })
})
