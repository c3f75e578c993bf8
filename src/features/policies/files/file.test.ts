import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkRequirements } from '#requirements/index.ts'
import { contentsOf } from './file.ts'
import { profileOf } from './profile.ts'

const policy = (text: string, name = 'Base') => ({
  id: 'pol_1',
  name,
  version: 3,
  text,
  defaults: 'model = "x"\n',
})
const strict = 'allowed_sandbox_modes = ["read-only"]\n'

describe('a policy as a file', () => {
  it('says the same as the policy, whatever its name, and whose copy it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        for (const form of ['linux', 'windows'] as const) {
          const text = contentsOf(policy(strict, name), form)
          expect(checkRequirements(text)).toMatchObject({
            complaints: [],
            document: { allowed_sandbox_modes: ['read-only'] },
          })
          expect(text.split('\n')[0]).toContain('a copy made by Gatehouse')
        }
      }),
    )
  })

  it('has the line ends of its system, and no byte order mark in its middle', () => {
    expect(contentsOf(policy('\ufeffa = 1\r\nb = 2\n'), 'windows')).toMatch(
      /\r\na = 1\r\nb = 2\r\n$/,
    )
    expect(contentsOf(policy('\ufeffa = 1\n'), 'linux')).not.toContain('\ufeff')
    expect(contentsOf(policy(strict), 'defaults')).toMatch(/\nmodel = "x"\n$/)
  })
})

describe('a profile for macOS', () => {
  const made = profileOf({ id: 'gatehouse.policy.pol_1', name: '<b>&', requirements: strict })

  it('holds the whole text in the client’s preference', () => {
    const [, payload = ''] =
      /<key>requirements_toml_base64<\/key>\n<string>([\w+/=]+)<\/string>/.exec(made) ?? []
    expect(Buffer.from(payload, 'base64').toString()).toBe(strict)
    expect(made).toContain('<string>Gatehouse: &lt;b&gt;&amp;</string>')
  })

  it('replaces an older one: its identifiers are always the same, and differ from each other', () => {
    const ids = (profile: string) =>
      [...profile.matchAll(/<key>PayloadUUID<\/key>\n<string>([0-9A-F-]{36})<\/string>/g)].map(
        ([, id]) => id,
      )
    const again = profileOf({ id: 'gatehouse.policy.pol_1', name: 'other', requirements: '' })
    expect(ids(made)).toEqual(ids(again))
    expect(new Set(ids(made)).size).toBe(2)
  })
})
