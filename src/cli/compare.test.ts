import { describe, expect, it } from 'vitest'
import { compare } from './compare.ts'

const text = `allowed_sandbox_modes = ["read-only", "workspace-write"]
allowed_web_search_modes = ["cached"]
allow_appshots = false
[features]
browser_use = false
[rules]
prefix_rules = [{ pattern = [{ token = "rm" }], decision = "forbidden" }]
`
const client = {
  allowedSandboxModes: ['workspace-write', 'read-only'],
  allowedWebSearchModes: ['cached', 'disabled'],
  allowAppshots: false,
  featureRequirements: { browser_use: false },
  allowedLoginMethods: ['api', 'chatgpt'],
}
const differing = (given: Record<string, unknown>) =>
  compare(text, given)
    .filter((c) => !c.same)
    .map((c) => c.key)

describe('what a machine has beside what it should have', () => {
  it('is the same in any order, with what the client adds by itself', () => {
    expect(differing(client)).toEqual([])
    expect(compare(text, client).map((c) => c.key)).not.toContain('rules')
  })

  it('differs where a value is laxer, missing or another', () => {
    expect(
      differing({ ...client, allowedSandboxModes: ['read-only', 'danger-full-access'] }),
    ).toEqual(['allowed_sandbox_modes'])
    expect(differing({ ...client, allowAppshots: undefined })).toEqual(['allow_appshots'])
    expect(differing({ ...client, featureRequirements: { browser_use: true } })).toEqual([
      'features',
    ])
    expect(differing({})).toHaveLength(4)
  })
})
