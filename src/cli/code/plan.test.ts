import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryFolder } from './code.arbitrary.ts'
import type { CodeFolder } from './folder.ts'
import { planPush, pull, type ServerState } from './plan.ts'

/** The server after a folder was pushed to it, in the plainest way. */
function serverOf(folder: CodeFolder): ServerState {
  const groups = folder.rules.map(({ group }, i) => ({ id: `grp_${i}`, name: group }))
  return {
    policies: [...folder.policies].map(([slug, p]) => ({ id: `pol_${slug}`, draftBy: null, ...p })),
    groups,
    rules: folder.rules.map(({ policy }, i) => ({
      groupId: `grp_${i}`,
      policyId: `pol_${policy}`,
    })),
    defaultPolicyId: folder.default === null ? null : `pol_${folder.default}`,
  }
}

const policy = (name: string, text = '# one\n') => ({ name, description: '', text, defaults: '' })
const folder = (changes: Partial<CodeFolder> = {}): CodeFolder => ({
  policies: new Map([['base', policy('Base')]]),
  rules: [{ group: 'Contractors', policy: 'base' }],
  default: 'base',
  ...changes,
})

describe('a push', () => {
  it('has nothing to do on a server that says the same, and pulls what it would push', () => {
    fc.assert(
      fc.property(arbitraryFolder, (wanted) => {
        const server = serverOf(wanted)
        expect(planPush(wanted, server)).toEqual({
          steps: [],
          obstacles: [],
          leftAlone: [],
          patch: '',
        })
        expect(pull(server, wanted)).toEqual(wanted)
      }),
    )
  })

  it('publishes before it assigns, and says so as a patch', () => {
    const wanted = folder({
      policies: new Map([
        ['base', policy('Base', '# two\n')],
        ['new', policy('New')],
      ]),
      rules: [{ group: 'contractors', policy: 'new' }],
      default: null,
    })
    const { steps, patch } = planPush(wanted, serverOf(folder()))
    expect(steps.map(({ kind }) => kind)).toEqual(['create', 'publish', 'rules', 'default'])
    expect(patch).toContain('--- a/policies/base.toml\n+++ b/policies/base.toml\n')
    expect(patch).toContain('-# one\n+# two\n')
    expect(patch).toContain('--- /dev/null\n+++ b/policies/new.toml\n')
  })

  it('stops at a draft that somebody has begun and at a group that is not there', () => {
    const server = serverOf(folder())
    const begun = { ...server, policies: server.policies.map((p) => ({ ...p, draftBy: 'Ann' })) }
    const wanted = folder({
      policies: new Map([['base', policy('Base', '# two\n')]]),
      rules: [{ group: 'Nobody', policy: 'base' }],
    })
    expect(planPush(wanted, begun).obstacles).toEqual([
      expect.stringContaining('Ann has an unpublished draft of Base'),
      expect.stringContaining('There is no group Nobody'),
    ] as unknown[])
  })

  it('takes a group by its name in any case, and finds no difference in that', () => {
    const wanted = folder({ rules: [{ group: 'contractors', policy: 'base' }] })
    expect(planPush(wanted, serverOf(folder()))).toMatchObject({ steps: [], patch: '' })
  })

  it('leaves alone what the folder does not have', () => {
    const server = serverOf(folder())
    const wanted = folder({ policies: new Map(), rules: [], default: null })
    const { steps, leftAlone } = planPush(wanted, server)
    expect(steps.map(({ kind }) => kind)).toEqual(['rules', 'default'])
    expect(leftAlone).toEqual(['Base'])
  })
})

describe('a pull', () => {
  it('makes file names of the names, no two alike', () => {
    const named = (name: string) => ({ id: name, draftBy: null, ...policy(name) })
    const server: ServerState = {
      policies: ['Île-de-France!', 'ile de france', '政策'].map(named),
      groups: [],
      rules: [],
      defaultPolicyId: null,
    }
    expect([...pull(server).policies.keys()]).toEqual(['i-le-de-france', 'ile-de-france', 'policy'])
  })
})

describe('a pull', () => {
  it('takes no name of a file that leads out of its folder', () => {
    const server = serverOf(folder())
    const hostile = folder({ policies: new Map([['../../.ssh/x', policy('Base')]]) })
    expect([...pull(server, hostile).policies.keys()]).toEqual(['base'])
  })
})
