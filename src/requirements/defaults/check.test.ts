import { describe, expect, it } from 'vitest'
import { applyFix } from '../complaint.ts'
import { isPublishable } from '../check.ts'
import { CASES } from './cases.ts'
import { checkDefaults, checkPolicy } from './check.ts'
import { isBinding } from './keymap.ts'

const says = (text: string, requirements = '') =>
  checkPolicy({ text: requirements, defaults: text }).defaults.complaints.map(
    ({ code, severity, line, column, key }) => ({ code, severity, line, column, key }),
  )

describe('defaults', () => {
  it.each(CASES)('are $expect: $toml $requirements', ({ toml, requirements, expect: expected }) => {
    const { defaults } = checkPolicy({ text: requirements ?? '', defaults: toml })
    expect(isPublishable(defaults)).toBe(expected === 'accepted')
  })

  it('that are no TOML are refused where they break', () => {
    expect(says('model = "a"\nweb_search =\n')).toEqual([
      { code: 'syntax', severity: 'error', line: 2, column: 13, key: '' },
    ])
  })

  it('with a mistyped key are told what was meant, and by one click it is', () => {
    const text = 'aproval_policy = "never"\n'
    const [complaint] = checkDefaults(text).complaints
    expect(complaint).toMatchObject({ code: 'unknown_key', severity: 'warning' })
    expect(complaint?.effect).toContain('without a word')
    expect(complaint?.fix && applyFix(text, complaint.fix)).toBe('approval_policy = "never"\n')
  })

  it('send a key of the requirements to where it belongs', () => {
    const [complaint] = checkDefaults('allowed_sandbox_modes = ["read-only"]\n').complaints
    expect(complaint).toMatchObject({ code: 'unknown_key', severity: 'warning' })
    expect(complaint?.remedy).toContain('a key of the requirements')
    expect(complaint?.fix).toBeUndefined()
  })
})

describe('defaults beside requirements', () => {
  const requirements = `
allowed_approval_policies = ["on-request"]
allowed_sandbox_modes = ["read-only", "workspace-write"]
allowed_web_search_modes = ["cached"]
model_provider = "openai"
allow_login_shell = false
[features]
apps = false
code_mode = false
[feedback]
enabled = false
[mcp_servers.docs]
identity = { command = "docs" }
`

  it.each([
    ['approval_policy = "never"', 'approval_policy = "on-request"'],
    ['sandbox_mode = "danger-full-access"', 'sandbox_mode = "read-only"'],
    ['web_search = "live"', 'web_search = "cached"'],
    ['model_provider = "ollama"', 'model_provider = "openai"'],
    ['allow_login_shell = true', 'allow_login_shell = false'],
    ['[features]\napps = true', '[features]\napps = false'],
    ['[features]\ncode_mode = { enabled = true }', '[features]\ncode_mode = { enabled = false }'],
    ['[feedback]\nenabled = true', '[feedback]\nenabled = false'],
  ])('are told that they have no effect: %s', (text, fixed) => {
    const found = checkPolicy({ text: requirements, defaults: text }).defaults.complaints
    const clash = found.find(({ code }) => code === 'against_requirements')
    expect(clash).toMatchObject({ severity: 'warning' })
    expect(clash?.fix && applyFix(text, clash.fix)).toBe(fixed)
    expect(says(fixed, requirements).map(({ code }) => code)).not.toContain('against_requirements')
  })

  it('let pass what the requirements let pass', () => {
    const text = `approval_policy = "on-failure"\nsandbox_mode = "workspace-write"\nweb_search = "disabled"
[mcp_servers.docs]\ncommand = "docs"\n`
    expect(says(text, requirements).map(({ code }) => code)).toEqual(['deprecated_value'])
  })

  it('are told which MCP server is not on the list', () => {
    expect(says('[mcp_servers.other]\ncommand = "x"\n', requirements)).toEqual([
      {
        code: 'against_requirements',
        severity: 'warning',
        line: 1,
        column: 14,
        key: 'mcp_servers.other',
      },
    ])
  })
})

describe('a key binding', () => {
  it.each(['ctrl-a', 'Ctrl-A', 'alt-shift-f12', 'ctrl-x ctrl-y', 'minus', '[', 'page-up', 'cmd-a'])(
    'is %s',
    (written) => {
      expect(isBinding(written)).toBe(true)
    },
  )
  it.each(['', 'ctrl+a', 'f25', 'f0', 'ab', 'ctrl-ctrl-a', '-', 'ctrl--', 'a b c', 'é', 'insert'])(
    'is not %s',
    (written) => {
      expect(isBinding(written)).toBe(false)
    },
  )
})
