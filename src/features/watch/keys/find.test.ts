import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { documentedKeys } from './find.ts'

const keys = (text: string) => documentedKeys(text).map(({ what, key }) => `${what} ${key}`)

describe('what a page says that a policy can hold', () => {
  it('is read from fenced TOML: tables, dotted keys, features, values', () => {
    const text = [
      '## Network in requirements.toml',
      '',
      '```toml',
      'allowed_sandbox_modes = ["read-only", # comment "x"',
      '  "workspace-write"]',
      'experimental_network.enabled = true',
      'experimental_network.quantum_tunnels = false',
      '',
      '[features]',
      'browser_use = false # off',
      'time_travel = false',
      '```',
    ].join('\n')
    expect(documentedKeys(text)).toEqual([
      { what: 'requirements_key', key: 'allowed_sandbox_modes', line: 4, known: true },
      { what: 'value', key: 'allowed_sandbox_modes = "read-only"', line: 4, known: true },
      { what: 'value', key: 'allowed_sandbox_modes = "workspace-write"', line: 4, known: true },
      { what: 'requirements_key', key: 'experimental_network.enabled', line: 6, known: true },
      {
        what: 'requirements_key',
        key: 'experimental_network.quantum_tunnels',
        line: 7,
        known: false,
      },
      { what: 'feature', key: 'browser_use', line: 10, known: true },
      { what: 'feature', key: 'time_travel', line: 11, known: false },
    ])
  })

  it('is read from prose where a word is known, or called a requirement', () => {
    expect(
      keys('Set the top-level `allow_teleport` requirement, or `allow_appshots = false`.'),
    ).toEqual(['requirements_key allow_teleport', 'requirements_key allow_appshots'])
    expect(
      keys('A requirement can pin `[features]`, such as `features.browser_use`, with `some_word`.'),
    ).toEqual(['feature browser_use'])
  })

  it('leaves out the keys of a user’s own configuration', () => {
    expect(
      keys('# Your config\n\nIn config.toml:\n\n```toml\nmodel = "x"\n[tui]\ntheme = "y"\n```'),
    ).toEqual([])
  })

  it('does not take the text of a long string for keys', () => {
    const text =
      '```toml\nguardian_policy_config = """\nfoo = "bar"\n"""\nallow_appshots = false\n```'
    expect(keys(text)).toEqual([
      'requirements_key guardian_policy_config',
      'requirements_key allow_appshots',
    ])
  })

  it('stands on a line that names it, whatever the text is', () => {
    const piece = fc.constantFrom(
      '```toml\n',
      '```\n',
      '[features]\n',
      'a_b = ["x",\n',
      '"y"]\n',
      'experimental_network.enabled = true\n',
      '`allow_appshots` ',
      '## requirements\n',
      'x = """\n',
      '\n',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('')
        const lines = text.split('\n')
        for (const found of documentedKeys(text)) {
          expect(found.line).toBeGreaterThan(0)
          expect(found.line).toBeLessThanOrEqual(lines.length)
        }
      }),
    )
  })
})
