import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, type Admin } from './admin.ts'
import { cachedBundle, emptyHome } from './codex.ts'
import { setUp, takeOff } from './machine.ts'
import { startMockModel, type MockModel } from './mock-model.ts'
import { startProduct, type Product } from './product.ts'

// What an admin publishes; the keys are those whose effect can be seen from outside.
const strict = `
allowed_sandbox_modes = ["read-only"]
allowed_approval_policies = ["on-request"]

[rules]
prefix_rules = [
  { pattern = [{ token = "rm" }], decision = "forbidden", justification = "Acme keeps its files" },
]
`
const laxer = `
allowed_sandbox_modes = ["read-only", "workspace-write"]
allowed_approval_policies = ["on-request", "never"]
`
// Somebody who tries to talk the client out of the policy.
const daring = ['--skip-git-repo-check', '--sandbox', 'danger-full-access'] as const
const turn = ['exec', ...daring, '-c', 'approval_policy=never', 'hi'] as const

// What the client itself adds as soon as there is a configuration server, whatever that delivers.
const unconstrained = { allowedLoginMethods: ['api', 'chatgpt'] }
const valuesSet = (requirements: Record<string, unknown> | null | undefined) =>
  Object.fromEntries(Object.entries(requirements ?? {}).filter(([, value]) => value !== null))

// The reason never reaches the person: the client reads no body of a refused bundle.
const generic = 'Failed to load cloud config bundle (workspace-managed policies).'

let product: Product
let admin: Admin
let model: MockModel

beforeAll(async () => {
  model = await startMockModel()
  product = await startProduct()
  admin = adminOf(product)
})

afterAll(async () => {
  await model.close()
  await (product as Product | undefined)?.stop()
})

describe('a machine that was set up with the shell snippet', () => {
  it('starts in an empty home with the published values and nothing else', async () => {
    const policy = await admin.newPolicy('Printed', strict)
    const group = await admin.newGroup('Printers')
    await admin.setRules([{ groupId: group, policy }])
    const { requirements } = await setUp(await admin.enrol('Printed', group))
      .newHome()
      .startupConfig()
    expect(valuesSet(requirements)).toEqual({
      ...unconstrained,
      allowedSandboxModes: ['read-only'],
      allowedApprovalPolicies: ['on-request'],
    })
  })

  it('has no constraints when no policy is meant for it', async () => {
    await admin.setRules([])
    await admin.setDefault(null)
    const { run, requirements } = await setUp(await admin.enrol('Unruled', null))
      .newHome()
      .startupConfig()
    expect(run.code).toBe(0)
    expect(valuesSet(requirements)).toEqual(unconstrained)
  })

  it('is free again after the snippet that takes it off', async () => {
    const policy = await admin.newPolicy('Taken off', strict)
    await admin.setDefault(policy)
    const enrolment = await admin.enrol('Taken off', null)
    const on = await setUp(enrolment).newHome().startupConfig()
    expect(on.requirements).toMatchObject({ allowedSandboxModes: ['read-only'] })
    const off = await takeOff(enrolment).newHome().startupConfig()
    expect(off.run.code).toBe(0)
    expect(off.requirements).toBeNull()
  })
})

describe('a whole turn by somebody who asks for full access and no questions', () => {
  it('ends as read-only and on-request, says whose policy that is, and rejects rm with our reason', async () => {
    const policy = await admin.newPolicy('Acme baseline', strict)
    await admin.setDefault(policy)
    const home = setUp(await admin.enrol('Turn', null)).newHome(model)
    model.script(['rm -rf kept', 'touch made', 'ls'])
    const run = await home.run(turn)

    expect(run.code).toBe(0)
    expect(run.stderr).toContain('approval: on-request')
    expect(run.stderr).toContain('sandbox: read-only')
    const source = `set by enterprise-managed requirements Acme baseline v1 (${policy.id})`
    for (const key of ['approval_policy', 'permission_profile']) {
      expect(run.stderr).toMatch(
        new RegExp(`warning: Configured value for \`${key}\` is disallowed .*${escape(source)}`),
      )
    }
    const told = model.requests.at(-1)!.toolResults
    expect([...told.keys()]).toEqual(['call_1', 'call_2', 'call_3'])
    expect(told.get('call_1')).toContain(
      "`/bin/bash -lc 'rm -rf kept'` rejected: Acme keeps its files",
    )
    // Not a rule but the sandbox: the file system really is read-only.
    expect(told.get('call_2')).toContain('Read-only file system')
    expect(told.get('call_3')).toContain('Process exited with code 0')
    // What the model is told about its limits is the policy too, not what the person typed.
    expect(model.requests[0]!.body).toContain('read-only')
    expect(model.requests[0]!.body).not.toContain('danger-full-access')
  })
})

describe('a change', () => {
  it('of the policy arrives at the next start without a cache', async () => {
    const policy = await admin.newPolicy('Changing', strict)
    await admin.setDefault(policy)
    const machine = setUp(await admin.enrol('Changing', null))
    const before = await machine.newHome().startupConfig()
    expect(before.requirements).toMatchObject({ allowedSandboxModes: ['read-only'] })
    expect(await admin.publish(policy, laxer)).toBe(2)
    const after = await machine.newHome().startupConfig()
    expect(after.requirements).toMatchObject({
      allowedSandboxModes: ['read-only', 'workspace-write'],
      allowedApprovalPolicies: ['on-request', 'never'],
    })
  })

  it('of the rules, of the order of the rules and of the enrolment arrives likewise', async () => {
    const [ours, theirs] = [
      await admin.newPolicy('Group strict', strict),
      await admin.newPolicy('Group laxer', laxer),
    ]
    const [desk, lab] = [await admin.newGroup('Desk'), await admin.newGroup('Lab')]
    await admin.setDefault(null)
    await admin.setRules([])
    const enrolment = await admin.enrol('Moving', desk)
    const machine = setUp(enrolment)
    const policies = async () =>
      (await machine.newHome().startupConfig()).requirements?.allowedApprovalPolicies
    expect(await policies()).toBeNull()
    await admin.setRules([{ groupId: desk, policy: ours }])
    expect(await policies()).toEqual(['on-request'])
    await admin.setRules([
      { groupId: lab, policy: theirs },
      { groupId: desk, policy: ours },
    ])
    expect(await policies()).toEqual(['on-request'])
    await admin.bind(enrolment, lab)
    expect(await policies()).toEqual(['on-request', 'never'])
    await admin.bind(enrolment, null)
    expect(await policies()).toBeNull()
  })
})

describe('the client refuses to start', () => {
  it('while Codex local is off, and starts again when it is on', async () => {
    const machine = setUp(await admin.enrol('Surface', null))
    const home = machine.newHome(model)
    await admin.setSurface('codex_local', false)
    try {
      const { error, run } = await home.startupConfig()
      expect(run.code).toBe(1)
      expect(error).toMatchObject({ errorCode: 'RequestFailed', statusCode: 403, detail: generic })
      model.script([])
      const exec = await home.run(turn)
      expect(exec.code).toBe(1)
      expect(exec.stderr).toContain(`Error: ${generic}`)
      expect(model.requests).toHaveLength(0)
    } finally {
      await admin.setSurface('codex_local', true)
    }
    expect((await home.startupConfig()).run.code).toBe(0)
  })

  it('with a revoked enrolment, while another one goes on', async () => {
    const [kept, revoked] = [await admin.enrol('Kept', null), await admin.enrol('Revoked', null)]
    expect((await setUp(revoked).newHome().startupConfig()).run.code).toBe(0)
    await admin.revoke(revoked)
    const { error, run } = await setUp(revoked).newHome().startupConfig()
    expect(run.code).toBe(1)
    expect(error).toMatchObject({ errorCode: 'RequestFailed', statusCode: 403, detail: generic })
    expect((await setUp(kept).newHome().startupConfig()).run.code).toBe(0)
  })

  it('when nothing says that our certificate is to be trusted', async () => {
    const policy = await admin.newPolicy('Untrusted', strict)
    await admin.setDefault(policy)
    setUp(await admin.enrol('Untrusted', null))
    const { error } = await emptyHome({}).startupConfig()
    expect(error).toMatchObject({ errorCode: 'RequestFailed', statusCode: undefined })
  })
})

describe('a warm cache', () => {
  it('is valid for exactly one hour, answers without a request, and only for its own address', async () => {
    const policy = await admin.newPolicy('Cached', strict)
    await admin.setDefault(policy)
    const enrolment = await admin.enrol('Cached', null)
    const home = setUp(enrolment).newHome()
    await home.startupConfig()
    const cache = cachedBundle(home)!
    expect(cache.expiresAt - cache.cachedAt).toBe(3_600_000)

    // Nothing that happens here reaches the person within that hour: not a publish, not even a revocation.
    await admin.publish(policy, laxer)
    await admin.revoke(enrolment)
    const warm = await home.startupConfig()
    expect(warm.requirements).toMatchObject({ allowedSandboxModes: ['read-only'] })
    expect(cachedBundle(home)!.text).toBe(cache.text)

    // Another key is another address, so the cache of the old one is not looked at.
    setUp(await admin.enrol('Cached again', null))
    const moved = await home.startupConfig()
    expect(moved.requirements).toMatchObject({
      allowedSandboxModes: ['read-only', 'workspace-write'],
    })
  })

  it('starts while Gatehouse is stopped, and an empty home does not', async () => {
    const policy = await admin.newPolicy('Stopped', strict)
    await admin.setDefault(policy)
    const machine = setUp(await admin.enrol('Stopped', null))
    const home = machine.newHome()
    await home.startupConfig()
    await product.stop()
    try {
      const warm = await home.startupConfig()
      expect(warm.requirements).toMatchObject({ allowedSandboxModes: ['read-only'] })
      const cold = await machine.newHome().startupConfig()
      expect(cold.error).toMatchObject({ errorCode: 'RequestFailed', statusCode: undefined })
    } finally {
      await product.start()
    }
    expect((await machine.newHome().startupConfig()).run.code).toBe(0)
  })
})

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
