import { describe, expect, it } from 'vitest'
import { keyAt, valuesAt } from './path.ts'

const at = (path: string) => keyAt(path.split('.'))

describe('a path of a policy', () => {
  it('is looked up in the schema table', () => {
    expect(at('experimental_network.enabled')).toMatchObject({
      path: 'experimental_network.enabled',
      known: true,
    })
    expect(at('experimental_network.quantum')).toMatchObject({
      path: 'experimental_network.quantum',
      known: false,
    })
    expect(at('no_such_key')).toMatchObject({ known: false, shape: undefined })
  })

  it('leaves out the names that an admin chooses', () => {
    expect(at('allowed_permission_profiles.acme_review_only').path).toBe(
      'allowed_permission_profiles.*',
    )
    expect(at('remote_sandbox_config.hostname_patterns')).toMatchObject({ known: true })
  })

  it('knows the values of an enumeration, also inside a list', () => {
    expect(valuesAt(at('allowed_sandbox_modes').shape)).toContain('read-only')
    expect(valuesAt(at('experimental_network.enabled').shape)).toEqual([])
  })
})
