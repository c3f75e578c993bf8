import { describe, expect, it } from 'vitest'
import { CHECK_CASES } from './check.cases.ts'
import { applyFix, checkRequirements, isPublishable, type Complaint } from './index.ts'
import { REFUSES } from './report.ts'

const seen = (complaints: readonly Complaint[]): readonly string[] =>
  complaints.map((c) => `${c.severity} ${c.code} ${c.line}:${c.column} ${c.key}`)

describe('every case put to the real client', () => {
  it.each(CHECK_CASES.map((c) => [`${c.expect}: ${c.name}`, c] as const))('%s', (_name, c) => {
    const { complaints } = checkRequirements(c.toml)
    const errors = complaints.filter((x) => x.severity === 'error')
    if (c.code !== undefined) {
      const said = complaints.filter((x) => x.code === c.code)
      expect(said.map((x) => x.severity)).toContain(c.severity)
    }
    if (c.severity === 'error') expect(errors).not.toEqual([])
    else expect(errors).toEqual([])
  })

  it.each(CHECK_CASES.filter((c) => c.severity === 'error').map((c) => [c.name, c] as const))(
    'says truly whether the client starts: %s',
    (_name, c) => {
      const { complaints } = checkRequirements(c.toml)
      const effects = complaints.filter((x) => x.severity === 'error').map((x) => x.effect)
      if (c.expect === 'refused') expect(effects.join('\n')).toMatch(/refuses to start/)
      else expect(effects).not.toContain(REFUSES)
    },
  )

  it('has no two cases with the same text', () => {
    const texts = CHECK_CASES.map((c) => c.toml)
    expect(texts.filter((t, i) => texts.indexOf(t) !== i)).toEqual([])
  })
})

describe('where it says it', () => {
  const places: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'a value',
      'allowed_sandbox_modes = ["workspace-write"]\n',
      ['error read_only_missing 1:25 allowed_sandbox_modes'],
    ],
    [
      'an item of a list',
      'allowed_sandbox_modes = [\n  "read-only",\n  "full",\n]\n',
      ['error unknown_value 3:3 allowed_sandbox_modes[1]'],
    ],
    [
      'an inline table',
      '[rules]\nprefix_rules = [\n  { pattern = [{ token = "rm" }], decision = "allow" },\n]\n',
      ['error rule_decision_allow 3:46 rules.prefix_rules[0].decision'],
    ],
    [
      'a block of a list',
      '[[remote_sandbox_config]]\nhostname_patterns = ["a"]\n\n[[remote_sandbox_config]]\nhostname_patterns = ["b"]\n',
      [
        'error missing_key 1:3 remote_sandbox_config[0]',
        'error missing_key 4:3 remote_sandbox_config[1]',
      ],
    ],
    [
      'a dotted key',
      'windows.allowed_sandbox_implementations = []\n',
      ['error empty_list 1:43 windows.allowed_sandbox_implementations'],
    ],
    [
      'a quoted key',
      '[mcp_servers."a b"]\nidentity = 1\n',
      ['error wrong_type 2:12 mcp_servers."a b".identity'],
    ],
    [
      'behind a byte order mark',
      '\uFEFFallow_appshots = 1\n',
      ['error wrong_type 1:19 allow_appshots'],
    ],
    [
      'after CRLF',
      'allow_appshots = true\r\n\r\nallow_login_shell = 1\r\n',
      ['error wrong_type 3:21 allow_login_shell'],
    ],
    ['a syntax error', 'allow_appshots = true\nallow_login_shell = \n', ['error syntax 2:20 ']],
    ['a duplicate', 'allow_appshots = true\nallow_appshots = true\n', ['error duplicate_key 2:1 ']],
    [
      'several, in order',
      'allowed_approval_policies = []\nfoo = 1\n[windows]\nallow_mxc = "true"\n',
      [
        'error empty_list 1:29 allowed_approval_policies',
        'warning unknown_key 2:1 foo',
        'error wrong_type 4:13 windows.allow_mxc',
      ],
    ],
  ]
  it.each(places)('%s', (_name, toml, expected) => {
    expect(seen(checkRequirements(toml).complaints)).toEqual(expected)
  })

  it('marks the whole value', () => {
    const [complaint] = checkRequirements('allow_appshots = "no"\n').complaints
    expect(complaint).toMatchObject({ line: 1, column: 18, endLine: 1, endColumn: 22 })
  })
})

describe('what it offers', () => {
  const fixes: readonly (readonly [string, string])[] = [
    [
      'allowed_sandbox_modes = ["workspace-write"]',
      'allowed_sandbox_modes = ["read-only", "workspace-write"]',
    ],
    ['allowed_sandbox_modes = []', 'allowed_sandbox_modes = ["read-only"]'],
    ['windows.allow_mxc = "true" # why', 'windows.allow_mxc = true # why'],
    ['experimental_network.http_port = "3128"', 'experimental_network.http_port = 3128'],
    ['additional_developer_instructions = 7', 'additional_developer_instructions = "7"'],
    [
      'allowed_approvals_reviewers = ["guardian_subagent"]',
      'allowed_approvals_reviewers = ["auto_review"]',
    ],
    ['allowd_sandbox_modes = ["read-only"]', 'allowed_sandbox_modes = ["read-only"]'],
    ['allow_appshots = "false"', 'allow_appshots = false'],
    ['allowed_web_search_modes = "cached"', 'allowed_web_search_modes = ["cached"]'],
    ['allowed_approval_policies = ["onrequest"]', 'allowed_approval_policies = ["on-request"]'],
    ['allowed_approval_policies = ["on-failure"]', 'allowed_approval_policies = ["on-request"]'],
    ['features = { unified_exce = false }', 'features = { unified_exec = false }'],
    ['model_provider = "open-ai"', 'model_provider = "openai"'],
  ]
  it.each(fixes)('%s', (before, after) => {
    const [complaint] = checkRequirements(before).complaints
    if (complaint?.fix === undefined) throw new Error('no fix offered')
    expect(applyFix(before, complaint.fix)).toBe(after)
    expect(checkRequirements(after).complaints).toEqual([])
  })

  it('does not offer a new name that is already taken', () => {
    const { complaints } = checkRequirements('allow_appshot = true\nallow_appshots = true\n')
    expect(complaints.map((c) => [c.code, c.fix])).toEqual([['unknown_key', undefined]])
  })
})

describe('what it gives back', () => {
  it('gives the plain document and its keys also when it complains', () => {
    const checked = checkRequirements(
      'foo = 1\n[features]\napps = false\n__proto__ = { x = 2026-01-01 }\n',
    )
    expect(checked.keys).toEqual(['foo', 'features'])
    expect(JSON.stringify(checked.document)).toBe(
      '{"foo":1,"features":{"apps":false,"__proto__":{"x":"2026-01-01"}}}',
    )
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })

  it('gives no document for what is not TOML', () => {
    const checked = checkRequirements('a = = 1')
    expect([checked.document, checked.keys, isPublishable(checked)]).toEqual([undefined, [], false])
  })

  it('says whether a policy may be published', () => {
    expect(isPublishable(checkRequirements('foo = 1\n'))).toBe(true)
    expect(isPublishable(checkRequirements('allow_appshots = 1\n'))).toBe(false)
  })
})

const numbered = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n')

describe('hostile texts', () => {
  const texts: readonly (readonly [string, string, string])[] = [
    ['5 MB', 'a'.repeat(5_000_000), 'too_large'],
    ['5 MB of valid TOML', '# x\n'.repeat(1_250_000), 'too_large'],
    ['more bytes than letters', `# ${'é'.repeat(300_000)}`, 'too_large'],
    ['100,000 brackets', `x = ${'['.repeat(100_000)}`, 'too_deep'],
    ['100,000 braces', `x = ${'{a='.repeat(100_000)}`, 'too_deep'],
    ['250,000 parts of a key', `${'a.'.repeat(250_000)}a = 1`, 'too_deep'],
    ['one long string', `x = "${'a'.repeat(500_000)}"`, 'too_complex'],
    ['an open string', `x = "${'\\"'.repeat(200_000)}`, 'syntax'],
    ['an open long string', `x = """${'"" '.repeat(150_000)}`, 'syntax'],
  ]
  it.each(texts)('%s', (_name, text, code) => {
    const before = performance.now()
    const { complaints } = checkRequirements(text)
    expect(complaints.map((c) => c.code)).toEqual([code])
    // Measured under 1.1 s on a busy machine; quadratic reading would take minutes.
    expect(performance.now() - before).toBeLessThan(10_000)
  })

  const crowds: readonly (readonly [string, string])[] = [
    ['features', `[features]\n${numbered(20_000, (i) => `unified_exe${i} = true`)}`],
    ['unknown keys', numbered(20_000, (i) => `allowed_mode${i} = 1`)],
    ['unknown keys that are refused', `[otel]\n${numbered(20_000, (i) => `log_${i} = 1`)}`],
    ['profiles in a chain', numbered(9_000, (i) => `[permissions.p${i}]\nextends = "p${i + 1}"`)],
    ['profiles without a parent', numbered(9_000, (i) => `[permissions.p${i}]\nextends = "q${i}"`)],
    [
      'allowed profiles',
      `[allowed_permission_profiles]\n${numbered(20_000, (i) => `p${i} = true`)}`,
    ],
    ['providers', numbered(9_000, (i) => `[model_providers.p${i}]\nauth = 1`)],
  ]
  it.each(crowds)('many %s', (_name, text) => {
    const before = performance.now()
    expect(checkRequirements(text).complaints.length).toBeGreaterThan(0)
    expect(performance.now() - before).toBeLessThan(10_000)
  })

  it('does not count brackets in strings and comments', () => {
    const text = `# ${'['.repeat(200)}\na = "${'['.repeat(200)}"\nb = '''\n${'{'.repeat(200)}'''\n`
    expect(checkRequirements(text).complaints.map((c) => c.code)).toEqual([
      'unknown_key',
      'unknown_key',
    ])
  })

  it('stops listing warnings, never the first error', () => {
    const many = Array.from({ length: 3_000 }, (_, i) => `zz${i} = 1\n`).join('')
    const { complaints } = checkRequirements(`${many}allow_appshots = 1\n`)
    expect(complaints.length).toBeLessThan(1_001)
    expect(complaints.at(-1)?.code).toBe('wrong_type')
  })
})
