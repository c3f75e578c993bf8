import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newMember, theOwner, type Person } from '../clients.ts'
import { startWorld, type Answer, type World } from '../world.ts'

const hour = 3_600_000
let world: World
let ann: Person
let dora: Person
let bob: Person
let groupId: string

beforeAll(async () => {
  world = await startWorld()
  ann = await theOwner(world)
  dora = await newMember(world, 'dora@acme.example')
  bob = await newMember(world, 'bob@acme.example', 'admin')
  groupId = (await as(ann)('POST', '/api/v1/groups', { name: 'Release' })).json.id
})
afterAll(() => world.close())

const as =
  (who: Person) =>
  (method: string, path: string, body?: unknown): Promise<Answer> =>
    world.call(method, path, { cookie: who.cookie, ...(body === undefined ? {} : { body }) })
const ask = (who: Person, wanted: object, lasts: number | null = hour): Promise<Answer> =>
  as(who)('POST', '/api/v1/requests', { wanted, reason: 'The release is today.', lasts })
const groupsOf = async (who: Person): Promise<{ id: string; endsAt: number | null }[]> =>
  (await as(ann)('GET', `/api/v1/members/${who.id}`)).json.groups as {
    id: string
    endsAt: number | null
  }[]

describe('a request for access', () => {
  it('is kept, seen by who may decide and by who asked, and by nobody else', async () => {
    const made = await ask(dora, { kind: 'group', name: 'Release' })
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({ state: 'open', title: 'Membership of Release', lasts: hour })
    const path = `/api/v1/requests/${made.json.id}`
    expect((await as(dora)('GET', path)).json).toMatchObject({ own: true, mayDecide: false })
    expect((await as(bob)('GET', path)).json).toMatchObject({ own: false, mayDecide: true })
    expect((await as(await newMember(world, 'else@acme.example'))('GET', path)).status).toBe(404)
    expect((await as(dora)('GET', '/api/v1/requests')).status).toBe(403)
    expect((await as(dora)('GET', '/api/v1/requests/mine')).json).toMatchObject({ total: 1 })
    expect((await as(bob)('GET', '/api/v1/requests?state=open')).json).toMatchObject({ total: 1 })
    expect((await as(bob)('GET', `${path}/ways`)).json.group).toEqual({
      id: groupId,
      name: 'Release',
    })
    const again = await ask(dora, { kind: 'group', name: ' RELEASE ' })
    expect(again).toMatchObject({ status: 409, json: { accessRequestId: made.json.id } })
    const withdrawn = await as(dora)('POST', `${path}/withdraw`)
    expect(withdrawn.json.state).toBe('withdrawn')
    expect((await as(bob)('POST', `${path}/decline`, { reason: 'late' })).json.code).toBe(
      'wrong_state',
    )
  })

  it('is granted by a group for a time, once, and not by who asked', async () => {
    const { json: own } = await ask(bob, { kind: 'group', name: 'Release' })
    const grant = { way: { kind: 'group', id: groupId }, lasts: hour }
    const refused = await as(bob)('POST', `/api/v1/requests/${own.id}/grant`, grant)
    expect(refused).toMatchObject({ status: 403, json: { code: 'forbidden' } })
    expect(
      (await as(bob)('POST', `/api/v1/requests/${own.id}/decline`, { reason: 'x' })).status,
    ).toBe(403)
    expect(await groupsOf(bob)).toEqual([])
    const { json: asked } = await ask(dora, { kind: 'group', name: 'Release' })
    const both = await Promise.all([
      as(bob)('POST', `/api/v1/requests/${asked.id}/grant`, { ...grant, note: 'Have fun.' }),
      as(ann)('POST', `/api/v1/requests/${asked.id}/grant`, grant),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    const endsAt = world.clock.now + hour
    expect(await groupsOf(dora)).toMatchObject([{ id: groupId, endsAt }])
    const shown = await as(dora)('GET', `/api/v1/requests/${asked.id}`)
    expect(shown.json).toMatchObject({
      state: 'granted',
      granted: { kind: 'group', name: 'Release', endsAt, over: false },
    })
    const { json: activity } = await as(ann)('GET', `/api/v1/activity?target=${groupId}`)
    expect(activity.items[0]).toMatchObject({
      action: 'group.change-members',
      after: { requestId: asked.id, added: [dora.id] },
    })
    await as(ann)('POST', `/api/v1/requests/${own.id}/decline`, { reason: 'Not today.' })
  })

  it('is never granted beyond the rights of who decides', async () => {
    const decider = await as(ann)('POST', '/api/v1/roles', {
      name: 'Decides requests',
      permissions: ['workspace.read', 'requests.decide'],
    })
    expect(decider.status).toBe(201)
    const strong = await as(ann)('POST', '/api/v1/roles', {
      name: 'Keys',
      permissions: ['keys.manage'],
    })
    const cleo = await newMember(world, 'cleo@acme.example')
    const { json: first } = await ask(cleo, { kind: 'permission', permission: 'requests.decide' })
    const given = await as(ann)('POST', `/api/v1/requests/${first.id}/grant`, {
      way: { kind: 'role', id: decider.json.id },
      lasts: null,
    })
    expect(given.json).toMatchObject({ state: 'granted', granted: { endsAt: null } })
    const { json: asked } = await ask(dora, { kind: 'permission', permission: 'keys.manage' })
    const path = `/api/v1/requests/${asked.id}`
    const ways = await as(cleo)('GET', `${path}/ways`)
    expect(ways.json).toMatchObject({ groups: false, group: null })
    expect(ways.json.roles).not.toContainEqual(expect.objectContaining({ name: 'Keys' }))
    const byRole = { way: { kind: 'role', id: strong.json.id }, lasts: hour }
    const byGroup = { way: { kind: 'group', id: groupId }, lasts: hour }
    for (const way of [byRole, byGroup])
      expect((await as(cleo)('POST', `${path}/grant`, way)).status).toBe(403)
    expect((await as(ann)('POST', `${path}/grant`, byRole)).json.state).toBe('granted')
    const me = async () => (await as(dora)('GET', '/api/v1/session')).json.permissions as string[]
    expect(await me()).toContain('keys.manage')
    world.clock.advance(hour)
    expect(await me()).not.toContain('keys.manage')
    expect((await as(dora)('GET', path)).json.granted.over).toBe(true)
  })

  it('is refused when there are too many', async () => {
    const eve = await newMember(world, 'eve@acme.example')
    const answers: number[] = []
    for (let i = 0; i < 11; i++)
      answers.push((await ask(eve, { kind: 'role', name: `Role ${i}` })).status)
    expect(answers).toEqual([...Array<number>(10).fill(201), 429])
    const { version } = (await as(ann)('GET', `/api/v1/members/${eve.id}`)).json
    await world.admin('DELETE', `/api/v1/members/${eve.id}?version=${version}`)
    expect((await as(ann)('GET', '/api/v1/requests?q=eve@acme')).json.total).toBe(0)
  })
})

describe('request addresses in rules', () => {
  it('are put there by publishing, in the text, and lead back to the rule', async () => {
    const text =
      '[rules]\nprefix_rules = [{ pattern = [{ token = "rm" }], decision = "forbidden" }] # why\n'
    const made = await as(ann)('POST', '/api/v1/policies', { name: 'Base', text })
    const policy = `/api/v1/policies/${made.json.id}`
    const setting = await as(ann)('PUT', '/api/v1/settings/request-address', { on: true })
    expect(setting.json.on).toBe(true)
    expect((await as(bob)('PUT', '/api/v1/settings/request-address', { on: false })).status).toBe(
      403,
    )
    const draft = (await as(ann)('GET', `${policy}/draft`)).json
    const preview = await as(ann)('POST', '/api/v1/change-sets/preview', {
      act: { kind: 'publish', policyId: made.json.id },
    })
    const published = await as(ann)('POST', `${policy}/publish`, {
      message: 'first',
      draftRevision: draft.revision,
      changeSet: preview.json.hash,
    })
    expect(published.status).toBe(201)
    const version = (await as(ann)('GET', `${policy}/versions/1`)).json.text as string
    const url = /Ask for access: (\S+)"/.exec(version)?.[1] ?? ''
    expect(version).toContain('# why')
    const address = new URL(url)
    expect(address.pathname).toBe('/requests/new')
    const about = await as(dora)('GET', `/api/v1/requests/about${address.search}`)
    expect(about.json.rule).toMatchObject({ policyName: 'Base', command: 'rm', served: true })
    const after = (await as(ann)('GET', `${policy}/draft`)).json
    expect(after.text).toBe(version)
    const again = await as(ann)('POST', `${policy}/publish`, {
      message: 'again',
      draftRevision: after.revision,
    })
    expect(again.json.code).toBe('wrong_state')
    const asked = await ask(dora, {
      kind: 'refusal',
      what: 'rm -rf build',
      policyId: address.searchParams.get('policy'),
      rule: address.searchParams.get('rule'),
    })
    expect(asked.json.title).toBe('rm -rf build (Base)')
    expect((await as(bob)('GET', `/api/v1/requests/${asked.json.id}`)).json.rule.command).toBe('rm')
  })
})
