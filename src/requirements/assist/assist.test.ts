import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHECK_CASES } from '../check.cases.ts'
import { checkRequirements } from '../check.ts'
import { layoutOf } from '../edit/layout.ts'
import { policyValue, writeAtRandom } from '../edit/random.document.ts'
import { POLICY } from '../schema.ts'
import { completionsAt, type Completions } from './complete.ts'
import { hoverAt } from './hover.ts'
import { scan } from './scan.ts'

/** The completions at the `|` of a text. */
function at(
  marked: string,
): Completions & { readonly labels: readonly string[]; readonly text: string } {
  const offset = marked.indexOf('|')
  const text = marked.replace('|', '')
  const found = completionsAt(text, offset)
  return { ...found, text, labels: found.options.map((option) => option.label) }
}

function taken(marked: string, label: string): string {
  const { from, to, options, text } = at(marked)
  const option = options.find((one) => one.label === label)
  if (option === undefined) throw new Error(`${label} is not offered`)
  return text.slice(0, from) + option.insert + text.slice(to)
}

describe('completing keys', () => {
  it('offers every key of an empty policy, those for the machine only at the end', () => {
    const { labels } = at('|')
    expect(labels).toHaveLength(POLICY.keys.filter((key) => key.delivered !== 'refused').length)
    expect(labels[0]).toBe(POLICY.keys[0]?.name)
    expect(labels.at(-1)).toBe('cli_auth_credentials_store')
  })

  it('leaves out what is there, under whatever name, and in whatever way', () => {
    const text =
      'allow_appshots = true\nwindows.allow_mxc = true\n|\n[feature_requirements]\n[[rules.x]]'
    const { labels } = at(text)
    for (const there of ['allow_appshots', 'windows', 'features', 'rules'])
      expect(labels).not.toContain(there)
    expect(labels).toContain('allow_login_shell')
  })

  it.each([
    ['below a header', '[otel]\nenvironment = "x"\nlog_|', 'log_user_prompt', 'environment'],
    [
      'below the header of a block',
      '[[remote_sandbox_config]]\nhostname_patterns = []\n|',
      'allowed_sandbox_modes',
      'hostname_patterns',
    ],
    ['in braces', 'feedback = { | }', 'enabled', 'features'],
    ['behind a dot', 'windows.|', 'require_mxc', 'features'],
    [
      'in braces that nobody has closed',
      'feedback = { |\nallow_appshots = true\n',
      'enabled',
      'allow_login_shell',
    ],
    [
      'in a rule of a list',
      '[rules]\nprefix_rules = [\n  { pattern = [], | },\n]',
      'decision',
      'pattern',
    ],
    [
      'in the form that the tag chose',
      'mcp_servers.a.identity.url = { match = "regex", | }',
      'expression',
      'value',
    ],
    ['in a table by name', '[permissions.dev]\n|', 'extends', 'dev'],
    ['above a broken line', '[otel]\n|\nenvironment = \n', 'log_user_prompt', 'environment'],
    ['below an open list', 'allowed_sandbox_modes = [\n[otel]\n|', 'environment', 'allow_appshots'],
  ])('%s', (_name, text, offered, missing) => {
    const { labels } = at(text)
    expect(labels).toContain(offered)
    expect(labels).not.toContain(missing)
  })

  it('puts what the client requires first', () => {
    expect(at('[[rules.prefix_rules]]\n|').options[0]).toMatchObject({
      label: 'pattern',
      detail: 'required, a list',
    })
  })

  it('replaces the word that is being written, and does not write = twice', () => {
    expect(taken('allow_app| = true', 'allow_appshots')).toBe('allow_appshots = true')
    expect(taken('allow_app|', 'allow_appshots')).toBe('allow_appshots = ')
    expect(taken('win|', 'windows')).toBe('windows.')
    expect(taken('"allow_a|', 'allow_appshots')).toBe('allow_appshots = ')
  })

  it('knows the features', () => {
    expect(at('[features]\ngoals = true\n|').labels).toContain('browser_use')
    expect(at('[features]\ngoals = true\n|').labels).not.toContain('goals')
    expect(taken('features = { brow| }', 'browser_use')).toBe('features = { browser_use =  }')
  })

  it('says nothing in comments, in plain texts and where anything may stand', () => {
    for (const text of ['# allow|', 'a = 1 # |', 'log_dir = "|"', '[mcp_servers]\n|'])
      expect(at(text).labels).toEqual([])
  })
})

describe('completing headers', () => {
  it('offers tables, and lists of tables between two brackets', () => {
    expect(at('[|').labels).toContain('experimental_network.domains')
    expect(at('[|').labels).not.toContain('remote_sandbox_config')
    expect(at('[[|').labels).toContain('remote_sandbox_config')
    expect(at('[[|').labels).toContain('hooks.PreToolUse')
    expect(at('[[|').labels).not.toContain('otel')
  })

  it('leaves out headers that are there, and closes the bracket once', () => {
    expect(at('[otel]\n\n[|]').labels).not.toContain('otel')
    expect(taken('[feat|', 'features')).toBe('[features]')
    expect(taken('[feat|]', 'features')).toBe('[features]')
    expect(taken('[[hooks.Pre|', 'hooks.PreToolUse')).toBe('[[hooks.PreToolUse]]')
    expect(taken('[mcp|', 'mcp_servers.')).toBe('[mcp_servers.')
  })
})

describe('completing values', () => {
  it.each([
    ['a flag', 'allow_appshots = |', ['true', 'false']],
    ['a word', 'enforce_residency = |', ['"us"']],
    ['a word already begun', 'enforce_residency = "u|', ['"us"']],
    [
      'the rest of a list',
      'allowed_web_search_modes = ["cached", "|"]',
      ['"disabled"', '"indexed"', '"live"'],
    ],
    ['a tag', 'mcp_servers.a.identity.url = { match = | }', ['"exact"', '"prefix"', '"regex"']],
    ['an access', '[experimental_network.domains]\n"a.com" = |', ['"allow"', '"deny"']],
  ])('%s', (_name, text, labels) => {
    expect(at(text).labels).toEqual(labels)
  })

  it('writes values so that they are whole', () => {
    expect(taken('enforce_residency = "u|', '"us"')).toBe('enforce_residency = "us"')
    expect(taken('enforce_residency = |', '"us"')).toBe('enforce_residency = "us"')
    expect(taken('allowed_sandbox_modes = |', '["read-only"]')).toBe(
      'allowed_sandbox_modes = ["read-only"]',
    )
    expect(taken('[rules]\nprefix_rules = [\n  |\n]', '{ … }')).toBe(
      '[rules]\nprefix_rules = [\n  { pattern = [] }\n]',
    )
  })

  it('warns of what has a warning', () => {
    const { options } = at('allowed_sandbox_modes = ["|"]')
    expect(options.find((one) => one.label === '"danger-full-access"')).toMatchObject({
      detail: 'with a warning',
      about: 'No sandbox. This allows people to work without any sandbox.',
    })
  })
})

describe('hovering', () => {
  const hovered = (marked: string): ReturnType<typeof hoverAt> =>
    hoverAt(marked.replace('|', ''), marked.indexOf('|'))

  it('explains keys, headers, values and names', () => {
    expect(hovered('allowed_sandb|ox_modes = [')).toMatchObject({
      from: 0,
      to: 21,
      key: 'allowed_sandbox_modes',
      since: '2025-12',
      delivered: 'honoured',
    })
    expect(hovered('[experimental_network.dom|ains]')).toMatchObject({
      key: 'experimental_network.domains',
    })
    expect(hovered('allowed_sandbox_modes = ["danger|-full-access"]')).toMatchObject({
      key: 'allowed_sandbox_modes',
      about: 'No sandbox.',
      caution: { code: 'full_access_allowed' },
    })
    expect(hovered('features.brow|ser_use = true')).toMatchObject({
      key: 'features.*',
      about: expect.stringMatching(/switched on or off/),
    })
    expect(hovered('[mcp_servers.do|cs]')).toMatchObject({
      key: 'mcp_servers.*',
      about: 'A name of your choice.',
    })
    expect(hovered('chatgpt_base|_url = "x"')).toMatchObject({ delivered: 'local-only' })
    expect(hovered('[[rules.prefix_rules]]\nde|cision = "prompt"')).toMatchObject({
      key: 'rules.prefix_rules.decision',
    })
    expect(hovered('mcp_servers.a.identity.url = { mat|ch = "exact" }')).toMatchObject({
      key: 'mcp_servers.*.identity.url.match',
      required: true,
    })
  })

  it('says nothing of what the client does not know', () => {
    expect(hovered('nonsen|se = 1')).toBeUndefined()
    expect(hovered('log_dir = "/va|r"')).toBeUndefined()
    expect(hovered('|')).toBeUndefined()
  })
})

describe('any text at all', () => {
  const long = process.env.GATEHOUSE_LONG === '1'
  const broken = fc
    .tuple(
      fc.constantFrom(...CHECK_CASES.map((c) => c.toml)),
      fc.constantFrom(...CHECK_CASES.map((c) => c.toml)),
      fc.nat(),
      fc.nat(),
      fc.constantFrom(
        '',
        '"',
        '[',
        ']',
        '{',
        '}',
        '\n',
        '=',
        '.',
        '\\',
        '\0',
        '"""',
        ' 1',
        ',',
        '#',
      ),
    )
    .map(
      ([a, b, i, j, glue]) => a.slice(0, i % (a.length + 1)) + glue + b.slice(j % (b.length + 1)),
    )

  it('never throws, and speaks of what is under the cursor', () => {
    fc.assert(
      fc.property(fc.oneof(broken, fc.string({ unit: 'binary' })), fc.nat(), (text, pick) => {
        const offset = pick % (text.length + 1)
        const { from, to, options } = completionsAt(text, offset)
        expect(0 <= from && from <= offset && offset <= to && to <= text.length).toBe(true)
        expect(new Set(options.map((o) => o.label)).size).toBe(options.length)
        const hover = hoverAt(text, offset)
        if (hover) expect(hover.from <= offset && offset <= hover.to).toBe(true)
      }),
      { numRuns: long ? 100_000 : 2_000 },
    )
  })

  it('sees the same keys and values as the reader of valid texts', () => {
    fc.assert(
      fc.property(policyValue, fc.integer(), (value, seed) => {
        const text = writeAtRandom(value, seed).replace(/^\uFEFF/, '')
        const layout = layoutOf(text)
        const keys =
          layout?.blocks.flatMap((b) => [...b.keys, ...b.pairs.flatMap((p) => p.keys)]) ?? []
        const { places } = scan(text)
        const starts = new Set(
          places.filter((p) => p.kind !== 'header').map((p) => `${p.from}-${p.to}`),
        )
        for (const key of keys) expect(starts.has(`${key.from}-${key.to}`)).toBe(true)
        const headers = places.filter((p) => p.kind === 'header')
        expect(headers).toHaveLength((layout?.blocks.length ?? 1) - 1)
      }),
      { numRuns: 300 },
    )
  })

  it('offers no key that the check would call unknown, refused or there twice', () => {
    const codes = ['unknown_key', 'refused_key', 'duplicate_key']
    fc.assert(
      fc.property(policyValue, fc.integer(), fc.nat(), fc.nat(), (value, seed, place, pick) => {
        const text = writeAtRandom(value, seed)
        const starts = [...text.matchAll(/^/gm)].map((match) => match.index)
        const offset = starts[place % starts.length] ?? 0
        const { from, to, options } = completionsAt(text, offset)
        const chosen = options[pick % Math.max(options.length, 1)]
        if (chosen === undefined || from !== to || !chosen.insert.endsWith(' = ')) return
        const filled = `${text.slice(0, from) + chosen.insert}0\n${text.slice(to)}`
        const before = checkRequirements(text).complaints
        const after = checkRequirements(filled).complaints
        const count = (all: typeof before): number =>
          all.filter((complaint) => codes.includes(complaint.code)).length
        expect(count(after)).toBeLessThanOrEqual(count(before))
      }),
      { numRuns: 400 },
    )
  })

  it('answers at once in the largest text that is checked', () => {
    const text =
      '[rules]\nprefix_rules = [\n' +
      '  { pattern = [{ token = "a" }], decision = "prompt" },\n'.repeat(9_000)
    const before = performance.now()
    completionsAt(text, text.length)
    completionsAt('['.repeat(500_000), 400_000)
    completionsAt('a={'.repeat(150_000), 400_000)
    expect(performance.now() - before).toBeLessThan(3_000)
  })
})
