import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newMember, type Person } from '../clients.ts'
import { laxer, publish, strict } from '../company.ts'
import { good, startFourEyes, type FourEyes } from '../four-eyes.ts'
import { configServer, signInClient } from '../oauth.ts'
import { startWorld, type Answer, type World } from '../world.ts'

const minutes = 60_000
const ten = 10 * minutes
let world: World
let dora: Person
let groupId: string
let token: string

beforeAll(async () => {
  world = await startWorld()
  dora = await newMember(world, 'dora@acme.example')
  const policies: string[] = []
  for (const [name, text] of [
    ['Base', strict],
    ['Laxer', laxer],
  ] as const) {
    const { id } = good(await admin('POST', '/policies', { name, text })) as { id: string }
    good(await publish(world, id, text, 'first'))
    policies.push(id)
  }
  groupId = good(await admin('POST', '/groups', { name: 'Release' })).id
  const { revision } = good(await admin('GET', '/rules'))
  const rules = [{ groupId, policyId: policies[1] }]
  const after = good(await admin('PUT', '/rules', { rules, expectedRevision: revision }))
  const wish = { policyId: policies[0], expectedRevision: after.revision }
  good(await admin('PUT', '/rules/default', wish))
  token = good(await signInClient(world, dora.cookie, configServer)).access_token
})
afterAll(() => world.close())

const admin = (method: string, path: string, body?: unknown): Promise<Answer> =>
  world.admin(method, `/api/v1${path}`, body)
const served = async (): Promise<string> => {
  const answer = await world.call('GET', '/member/codex/config/bundle', { key: token })
  return answer.json.requirements_toml.enterprise_managed[0].name as string
}
const change = (body: object): Promise<Answer> => admin('POST', `/groups/${groupId}/members`, body)
const groups = async () => good(await admin('GET', `/members/${dora.id}`)).groups as unknown
const endDue = async (of: World) => {
  const jobs = of.app.features.flatMap((feature) => feature.jobs ?? [])
  await jobs.find(({ name }) => name === 'access.end-due')?.handle(null)
}

describe('a membership for a time', () => {
  it('ends at the fetch of that moment, before anything was cleared away', async () => {
    await expect.poll(served).toBe('Base v1')
    good(await change({ add: [dora.id], lasts: ten }))
    await expect.poll(served).toBe('Laxer v1')
    world.clock.advance(ten - 1)
    expect(await served()).toBe('Laxer v1')
    world.clock.advance(1)
    expect(await served()).toBe('Base v1')
    expect(await groups()).toHaveLength(1)
  })

  it('is cleared away by Gatehouse itself, with what it changed in the trail', async () => {
    await endDue(world)
    expect(await groups()).toEqual([])
    const { items } = good(await admin('GET', '/activity?action=group.end-members'))
    expect(items).toMatchObject([
      {
        actor: { kind: 'system' },
        target: { id: groupId },
        touches: 1,
        before: { members: [{ name: 'dora@acme.example' }] },
      },
    ])
    await endDue(world)
    expect(good(await admin('GET', '/activity?action=group.end-members')).total).toBe(1)
  })

  it('is made longer, for good, and ended early by hand', async () => {
    good(await change({ add: [dora.id], lasts: ten }))
    const longer = good(await change({ add: [dora.id], lasts: 2 * ten }))
    expect(longer).toMatchObject({ added: 0, changed: 1, touches: 1 })
    world.clock.advance(ten)
    await endDue(world)
    await expect.poll(served).toBe('Laxer v1')
    good(await change({ add: [dora.id] }))
    world.clock.advance(ten)
    await endDue(world)
    expect(await groups()).toMatchObject([{ id: groupId, endsAt: null }])
    expect(good(await change({ add: [dora.id], lasts: ten }))).toMatchObject({
      added: 0,
      changed: 0,
      touches: 0,
    })
    good(await change({ remove: [dora.id] }))
    await expect.poll(served).toBe('Base v1')
  })

  it('can be had again while the one that ended still lies there', async () => {
    good(await change({ add: [dora.id], lasts: ten }))
    world.clock.advance(ten)
    expect(good(await change({ add: [dora.id], lasts: ten }))).toMatchObject({ touches: 1 })
    await endDue(world)
    await expect.poll(served).toBe('Laxer v1')
    expect(good(await admin('GET', '/groups')).items[0].members).toBe(1)
  })
})

describe('with the four-eyes rule on', () => {
  let four: FourEyes
  beforeAll(async () => {
    four = await startFourEyes()
    const { as } = four
    const made = good(await as(four.ann)('POST', '/policies', { name: 'Laxer', text: laxer }))
    const policyId = made.id as string
    good(
      await as(four.ann)('POST', `/policies/${policyId}/publish`, {
        message: 'first',
        draftRevision: 1,
      }),
    )
    const { revision } = good(await as(four.ann)('GET', '/rules'))
    const rules = [{ groupId: four.groupId, policyId }]
    good(await as(four.ann)('PUT', '/rules', { rules, expectedRevision: revision }))
  })
  afterAll(() => four.world.close())

  it('what was approved for a time is not had for longer, and not prolonged alone', async () => {
    const { as, bob } = four
    const who = four.cleo.id
    const act = { kind: 'membership', groupId: four.groupId, add: [who], remove: [], lasts: ten }
    const proposal = good(await four.propose(four.ann, act))
    expect(proposal.title).toContain('for 10 minutes')
    good(await four.decide(bob, proposal.id as string, 'approve'))
    const join = (lasts: number | null) =>
      as(four.ann)('POST', `/groups/${four.groupId}/members`, { add: [who], lasts })
    for (const lasts of [null, 2 * ten])
      expect((await join(lasts)).json.code).toBe('approval_required')
    expect((await join(ten)).status).toBe(200)
    for (const lasts of [null, ten]) expect((await join(lasts)).json.code).toBe('approval_required')
  })

  it('a request is granted when somebody else has approved its effect', async () => {
    const { as, bob } = four
    const dora = await newMember(four.world, 'dora@acme.example')
    const asked = good(
      await as(dora)('POST', '/requests', {
        wanted: { kind: 'group', name: 'Builders' },
        reason: 'Today only.',
        lasts: ten,
      }),
    )
    const grant = () =>
      as(four.ann)('POST', `/requests/${asked.id}/grant`, {
        way: { kind: 'group', id: four.groupId },
        lasts: ten,
      })
    const refused = await grant()
    expect(refused.json.code).toBe('approval_required')
    const proposal = good(await four.propose(four.ann, refused.json.act))
    good(await four.decide(bob, proposal.id as string, 'approve'))
    expect(good(await grant())).toMatchObject({ state: 'granted', granted: { kind: 'group' } })
  })
})
