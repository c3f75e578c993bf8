import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, type Admin, type Enrolment, type Policy } from './admin.ts'
import { spoilVersion } from './database.ts'
import { cachedBundle } from './codex.ts'
import { setUp } from './machine.ts'
import { startProduct, type Product } from './product.ts'

const older = 'allowed_approval_policies = ["on-request"]\n'
const newer = 'allowed_approval_policies = ["on-request", "never"]\n'
// Neither gets past our check. The first cannot be read by the client; the second it reads, keeps and does not start with.
const unreadable = 'allowed_approval_policies = "never"\n'
const unusable = 'allowed_sandbox_modes = ["workspace-write"]\n'

let product: Product
let admin: Admin
let policy: Policy
let pilots: string
let pilot: Enrolment
let other: Enrolment

beforeAll(async () => {
  product = await startProduct()
  admin = adminOf(product)
  policy = await admin.newPolicy('Staged', older)
  await admin.setDefault(policy)
  pilots = await admin.newGroup('Pilots')
  pilot = await admin.enrol('Pilots', pilots)
  other = await admin.enrol('Others', null)
})
afterAll(async () => {
  await (product as Product | undefined)?.stop()
})

/** The first start of a client on each machine, in a home without a cache. */
const start = (enrolment: Enrolment) => setUp(enrolment).newHome().startupConfig()
const approvals = async (enrolment: Enrolment) =>
  (await start(enrolment)).requirements?.allowedApprovalPolicies
/** Starts clients until the directory of the server has heard of it. */
const becomes = (enrolment: Enrolment, expected: readonly string[]) =>
  expect.poll(() => approvals(enrolment), { timeout: 60_000, interval: 50 }).toEqual(expected)

const [old, fresh] = [['on-request'], ['on-request', 'never']]

describe('two real clients, one of them in the stage', () => {
  it('have two versions until it is finished, then both the newer one', async () => {
    await admin.rollOut(policy, newer, { groupId: pilots })
    await becomes(pilot, fresh)
    expect(await approvals(other)).toEqual(old)
    await admin.decideRollout(policy, 'finish')
    await becomes(other, fresh)
    expect(await approvals(pilot)).toEqual(fresh)
  })

  it('have both the older one again when it is taken back', async () => {
    await admin.rollOut(policy, older, { groupId: pilots })
    await becomes(pilot, old)
    expect(await approvals(other)).toEqual(fresh)
    await admin.decideRollout(policy, 'take-back')
    await becomes(pilot, fresh)
    expect(await approvals(other)).toEqual(fresh)
  })
})

describe('a version that clients cannot read', () => {
  it('is seen by their coming back: it halts and is taken back, and they start again', async () => {
    // Let through by the check of this test's making only; every other way to it is refused.
    const { versionId } = await admin.rollOut(policy, `${newer}# to be spoilt\n`, {
      groupId: pilots,
      haltAt: 3,
      takeBackWhenHalted: true,
    })
    spoilVersion(product, versionId, unreadable)
    const errors: (string | undefined)[] = []
    // One home, as somebody has it who tries again and again: the first that was given the text, and so has no cache.
    let home = setUp(pilot).newHome()
    for (let i = 0; i < 60 && (await admin.rollout(policy)) !== null; i++) {
      const { error } = await home.startupConfig()
      if (error) errors.push(error.errorCode)
      else home = setUp(pilot).newHome()
    }
    expect(await admin.rollout(policy)).toBeNull()
    expect(errors.length).toBeGreaterThanOrEqual(4)
    expect(await admin.audit(policy.id)).toEqual(
      expect.arrayContaining(['rollout.halt', 'rollout.take-back']),
    )
    await expect
      .poll(async () => (await home.startupConfig()).requirements?.allowedApprovalPolicies)
      .toEqual(fresh)
    expect(errors).toEqual(errors.map(() => 'InvalidBundle'))
  })

  it('is told apart from one that they read and do not start with: they keep that, and ask no more', async () => {
    const { versionId } = await admin.rollOut(policy, `${newer}# as well\n`, {
      groupId: pilots,
      haltAt: 1000,
    })
    spoilVersion(product, versionId, unusable)
    let home = setUp(pilot).newHome()
    for (let i = 0; i < 60 && (await home.startupConfig()).run.code === 0; i++)
      home = setUp(pilot).newHome()
    const kept = cachedBundle(home)
    expect(kept?.text).toContain('workspace-write')
    // Taken back, and still it does not start: its cache holds for its hour, as docs/rollout.md says.
    await admin.decideRollout(policy, 'take-back')
    await becomes(pilot, fresh)
    expect((await home.startupConfig()).error?.errorCode).toBeUndefined()
    expect((await home.startupConfig()).run.code).not.toBe(0)
    expect(cachedBundle(home)?.text).toBe(kept?.text)
  })
})
