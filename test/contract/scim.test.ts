import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectDirectory, oktaUser, patchOp, type Provider } from '../scim.ts'
import { startWorld, type World } from '../world.ts'

let world: World
let okta: Provider
beforeAll(async () => {
  world = await startWorld()
  okta = await connectDirectory(world, { name: 'Okta' })
})
afterAll(() => world.close())

const user = async (name: string, more: object = {}) => {
  const made = await okta.ask('POST', '/Users', oktaUser(name, more))
  expect([made.status, made.text]).toEqual([201, made.text])
  return made.json as { id: string; meta: { version: string } }
}
const member = async (id: string) =>
  (await world.admin('GET', `/api/v1/members/${id}`)).json as { version: number; status: string }

describe('a user', () => {
  it('is a member that the directory keeps', async () => {
    const made = await okta.ask('POST', '/Users', oktaUser('ada'))
    expect(made.status).toBe(201)
    expect(made.headers.get('content-type')).toBe('application/scim+json')
    expect(made.headers.get('location')).toBe(made.json.meta.location)
    expect(made.headers.get('etag')).toBe('W/"1"')
    expect(made.json).toMatchObject({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'ada@acme.example',
      externalId: '00uada',
      active: true,
      groups: [],
    })
    expect(made.text).not.toContain('ignored-1mz050nq')
    expect(await member(made.json.id as string)).toMatchObject({
      email: 'ada@acme.example',
      name: 'ada Okta',
      role: 'member',
      status: 'active',
      source: 'scim',
    })
  })

  it('is found by its name in any case, and not by another', async () => {
    const { id } = await user('grace')
    const found = await okta.ask(
      'GET',
      `/Users?filter=${encodeURIComponent('userName eq "GRACE@acme.example"')}&startIndex=1&count=100`,
    )
    expect(found.json).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 1,
      startIndex: 1,
      itemsPerPage: 1,
      Resources: [{ id }],
    })
    const none = await okta.ask('GET', `/Users?filter=${encodeURIComponent('userName eq "x"')}`)
    expect(none.json).toMatchObject({ totalResults: 0, Resources: [] })
  })

  it('exists once: the second is a conflict in the dialect of SCIM', async () => {
    await user('twice')
    const again = await okta.ask('POST', '/Users', oktaUser('twice'))
    expect(again.status).toBe(409)
    expect(again.json).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '409',
      scimType: 'uniqueness',
    })
  })

  it('that is deactivated is suspended, and signed out at once', async () => {
    const { id } = await user('leaver')
    const off = await okta.ask(
      'PATCH',
      `/Users/${id}`,
      patchOp({ op: 'replace', value: { active: false } }),
    )
    expect([off.status, off.json.active]).toEqual([200, false])
    expect((await member(id)).status).toBe('suspended')
    const on = await okta.ask(
      'PATCH',
      `/Users/${id}`,
      patchOp({ op: 'replace', path: 'active', value: 'True' }),
    )
    expect([on.status, on.json.active]).toEqual([200, true])
    expect((await member(id)).status).toBe('active')
  })

  it('stays suspended when an admin did that, while the directory has nothing new to say', async () => {
    const { id } = await user('held')
    const { version } = await member(id)
    expect((await world.admin('POST', `/api/v1/members/${id}/suspend`, { version })).status).toBe(
      200,
    )
    const put = await okta.ask('PUT', `/Users/${id}`, oktaUser('held', { title: 'Engineer' }))
    expect([put.status, put.json.title]).toEqual([200, 'Engineer'])
    expect((await member(id)).status).toBe('suspended')
  })

  it('that is deleted is gone for SCIM and archived here, and comes back as the same member', async () => {
    const { id } = await user('returns')
    expect((await okta.ask('DELETE', `/Users/${id}`)).status).toBe(204)
    expect((await okta.ask('GET', `/Users/${id}`)).status).toBe(404)
    expect((await okta.ask('DELETE', `/Users/${id}`)).status).toBe(404)
    expect((await member(id)).status).toBe('archived')
    const again = await okta.ask('POST', '/Users', oktaUser('returns'))
    expect([again.status, again.json.id]).toEqual([201, id])
    expect(await member(id)).toMatchObject({ status: 'active', source: 'scim' })
  })

  it('keeps what the schema knows, in the names of the schema, and gives it back', async () => {
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
    const { id } = await user('kept', {
      USERTYPE: 'Employee',
      unknownThing: 'x',
      [enterprise]: { department: 'Tour', manager: { value: '26118915' } },
    })
    const { json } = await okta.ask('GET', `/Users/${id}`)
    expect(json).toMatchObject({
      userType: 'Employee',
      [enterprise]: { department: 'Tour', manager: { value: '26118915' } },
    })
    expect(json.schemas).toContain(enterprise)
    expect(json).not.toHaveProperty('unknownThing')
    const some = await okta.ask('GET', `/Users/${id}?attributes=userName,name.givenName`)
    expect(Object.keys(some.json as object).sort()).toEqual(['id', 'name', 'schemas', 'userName'])
    expect(some.json.name).toEqual({ givenName: 'kept' })
    const less = await okta.ask('GET', `/Users/${id}?excludedAttributes=groups,emails`)
    expect(less.json).not.toHaveProperty('emails')
    expect(less.json).toHaveProperty('displayName')
  })

  it('is written only in the version that the request names', async () => {
    const { id, meta } = await user('versioned')
    const ok = await okta.ask('PUT', `/Users/${id}`, oktaUser('versioned', { title: 'A' }), {
      'if-match': meta.version,
    })
    expect(ok.headers.get('etag')).toBe('W/"2"')
    const stale = await okta.ask('PUT', `/Users/${id}`, oktaUser('versioned', { title: 'B' }), {
      'if-match': meta.version,
    })
    expect([stale.status, stale.json.status]).toEqual([412, '412'])
    const same = await okta.ask('GET', `/Users/${id}`, undefined, { 'if-none-match': 'W/"2"' })
    expect([same.status, same.text]).toEqual([304, ''])
  })
})

describe('a group', () => {
  it('has the members that the directory says, one by one and all at once', async () => {
    const [a, b, c] = [await user('ga'), await user('gb'), await user('gc')]
    const made = await okta.ask('POST', '/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Engineering',
      members: [{ value: a.id }],
    })
    expect([made.status, made.text]).toEqual([201, made.text])
    const id = made.json.id as string
    const patch = async (...operations: unknown[]) =>
      expect((await okta.ask('PATCH', `/Groups/${id}`, patchOp(...operations))).status).toBe(204)
    const members = async () =>
      ((await okta.ask('GET', `/Groups/${id}`)).json.members as { value: string }[]).map(
        (m) => m.value,
      )
    await patch({ op: 'Add', path: 'members', value: [{ value: b.id }, { value: a.id }] })
    expect(await members()).toEqual([a.id, b.id])
    await patch({ op: 'remove', path: `members[value eq "${a.id}"]` })
    expect(await members()).toEqual([b.id])
    await patch({ op: 'Remove', path: 'members', value: [{ value: b.id }] })
    expect(await members()).toEqual([])
    await patch({ op: 'replace', path: 'members', value: [{ value: a.id }, { value: c.id }] })
    expect(await members()).toEqual([a.id, c.id])
    await patch({ op: 'replace', value: { id, displayName: 'Engineers' } })
    const renamed = (await world.admin('GET', `/api/v1/groups/${id}`)).json
    expect(renamed).toMatchObject({ name: 'Engineers', source: 'scim', members: 2 })
    const ofC = await okta.ask('GET', `/Users/${c.id}`)
    expect(ofC.json.groups).toMatchObject([{ value: id, display: 'Engineers' }])
    const query = `id eq "${id}" and members[value eq "${c.id}"]`
    const asked = await okta.ask(
      'GET',
      `/Groups?excludedAttributes=members&filter=${encodeURIComponent(query)}`,
    )
    expect(asked.json.totalResults).toBe(1)
    expect(asked.json.Resources[0]).not.toHaveProperty('members')
    expect((await okta.ask('DELETE', `/Groups/${id}`)).status).toBe(204)
    expect((await world.admin('GET', `/api/v1/groups/${id}`)).status).toBe(404)
  })

  it('takes only users of its own directory', async () => {
    const other = await world.admin('POST', '/api/v1/members', { email: 'hand@acme.example' })
    const made = await okta.ask('POST', '/Groups', {
      displayName: 'Strangers',
      members: [{ value: other.json.id }],
    })
    expect([made.status, made.json.scimType]).toEqual([400, 'invalidValue'])
    const groups = await world.admin('GET', '/api/v1/groups?q=Strangers')
    expect(groups.json.total).toBe(0)
  })
})

describe('what a directory keeps', () => {
  it('is not changed by hand, and the refusal names the directory', async () => {
    const { id } = await user('owned')
    const { version } = await member(id)
    for (const [method, path, body] of [
      ['PATCH', '', { name: 'Else', version }],
      ['PUT', '/email', { email: 'else@acme.example', version }],
      ['POST', '/archive', { version }],
      ['DELETE', `?version=${version}`, undefined],
    ] as const) {
      const refused = await world.admin(method, `/api/v1/members/${id}${path}`, body)
      expect([path, refused.status, refused.json.code]).toEqual([path, 409, 'managed_elsewhere'])
      expect(refused.json.detail).toContain('Okta')
    }
    const group = (await okta.ask('POST', '/Groups', { displayName: 'Owned' })).json.id as string
    const refused = await world.admin('POST', `/api/v1/groups/${group}/members`, { add: [id] })
    expect([refused.status, refused.json.code]).toEqual([409, 'managed_elsewhere'])
  })

  it('does not reach members and owners of others', async () => {
    await world.admin('POST', '/api/v1/members', { email: 'byhand@acme.example' })
    for (const name of ['byhand', 'owner']) {
      const refused = await okta.ask('POST', '/Users', oktaUser(name))
      expect([refused.status, refused.json.scimType]).toEqual([409, 'uniqueness'])
    }
    const second = await connectDirectory(world, { name: 'Second', adopts: true })
    expect((await second.ask('POST', '/Users', oktaUser('owner'))).status).toBe(409)
    const taken = await second.ask('POST', '/Users', oktaUser('byhand'))
    expect(taken.status).toBe(201)
    expect(await member(taken.json.id as string)).toMatchObject({ source: 'scim' })
    // One directory sees nothing of the other.
    expect((await okta.ask('GET', `/Users/${taken.json.id as string}`)).status).toBe(404)
    expect((await second.ask('POST', '/Users', oktaUser('ada'))).status).toBe(409)
  })

  it('is the admins’ again when the directory is disconnected', async () => {
    const gone = await connectDirectory(world, { name: 'Gone' })
    const { id } = (await gone.ask('POST', '/Users', oktaUser('freed'))).json as { id: string }
    const { version } = (await world.admin('GET', `/api/v1/directories/${gone.id}`)).json
    const done = await world.admin('POST', `/api/v1/directories/${gone.id}/disconnect`, {
      people: 'suspend',
      version,
    })
    expect(done.status).toBe(200)
    expect((await gone.ask('GET', '/Users')).status).toBe(401)
    await expect
      .poll(async () => (await member(id)) as unknown)
      .toMatchObject({ source: 'manual', status: 'suspended' })
  })

  it('is found again by address and name from a directory that may take over', async () => {
    const gone = await connectDirectory(world, { name: 'Old tenant' })
    const { id } = (await gone.ask('POST', '/Users', oktaUser('moves'))).json as { id: string }
    const team = { displayName: 'Movers', members: [{ value: id }] }
    const group = (await gone.ask('POST', '/Groups', team)).json.id as string
    const kept = async (kind: 'members' | 'groups', of: string) =>
      (await world.admin('GET', `/api/v1/${kind}/${of}`)).json.keptBy as unknown
    expect(await kept('members', id)).toEqual({ id: gone.id, name: 'Old tenant' })
    expect(await kept('groups', group)).toEqual({ id: gone.id, name: 'Old tenant' })
    const { version } = (await world.admin('GET', `/api/v1/directories/${gone.id}`)).json
    await world.admin('POST', `/api/v1/directories/${gone.id}/disconnect`, {
      people: 'keep',
      version,
    })
    await expect.poll(() => kept('groups', group)).toBeNull()
    expect([await kept('members', id), (await member(id)).status]).toEqual([null, 'active'])

    // Its name is free again; without being allowed to, the new one makes nobody its own.
    const fresh = await connectDirectory(world, { name: 'Old tenant' })
    expect((await fresh.ask('POST', '/Users', oktaUser('moves'))).status).toBe(409)
    const page = (await world.admin('GET', `/api/v1/directories/${fresh.id}`)).json
    const allowed = { adopts: true, version: page.version as number }
    expect((await world.admin('PATCH', `/api/v1/directories/${fresh.id}`, allowed)).status).toBe(
      200,
    )
    const again = await fresh.ask('POST', '/Users', oktaUser('moves'))
    expect([again.status, again.json.id]).toEqual([201, id])
    const regrouped = await fresh.ask('POST', '/Groups', team)
    expect([regrouped.status, regrouped.json.id]).toEqual([201, group])
    expect(await kept('members', id)).toEqual({ id: fresh.id, name: 'Old tenant' })
    expect(await kept('groups', group)).toEqual({ id: fresh.id, name: 'Old tenant' })
  })
})

describe('a token', () => {
  it('is rotated with an overlap in which both work', async () => {
    const place = await connectDirectory(world, { name: 'Rotating' })
    const rotated = await world.admin('POST', `/api/v1/directories/${place.id}/tokens`, {
      overlapHours: 1,
    })
    expect(rotated.status).toBe(201)
    const fresh = rotated.json.secret as string
    const ask = async (key: string) => (await world.call('GET', '/scim/v2/Users', { key })).status
    expect([await ask(place.token), await ask(fresh)]).toEqual([200, 200])
    world.clock.advance(3_600_000)
    expect([await ask(place.token), await ask(fresh)]).toEqual([401, 200])
  })

  it('opens nothing else, and nothing else opens SCIM', async () => {
    expect((await world.call('GET', '/api/v1/members', { key: okta.token })).status).toBe(401)
    const admin = await world.admin('GET', '/scim/v2/Users')
    expect([admin.status, admin.json.status]).toEqual([401, '401'])
    expect((await world.call('GET', '/scim/v2/Users')).status).toBe(401)
  })
})

describe('the provisioning log', () => {
  it('has every request: what it changed, that it only asked, why it was refused', async () => {
    const place = await connectDirectory(world, { name: 'Logged' })
    const { id } = (await place.ask('POST', '/Users', oktaUser('logged'))).json as { id: string }
    await place.ask('GET', `/Users/${id}`)
    await place.ask('PATCH', `/Users/${id}`, patchOp({ op: 'replace', value: { active: false } }))
    await place.ask('POST', '/Users', oktaUser('owner'))
    const { json } = await world.admin('GET', `/api/v1/directories/${place.id}/log`)
    const seen = (json.items as { method: string; outcome: string; status: number }[]).map(
      ({ method, outcome, status }) => [method, outcome, status],
    )
    expect(seen).toEqual([
      ['POST', 'refused', 409],
      ['PATCH', 'changed', 200],
      ['GET', 'read', 200],
      ['POST', 'changed', 201],
    ])
    expect(json.items[0]).toMatchObject({
      targetLabel: 'owner@acme.example',
      detail: expect.stringContaining('no directory takes over an owner') as string,
    })
    expect(json.items[1]).toMatchObject({ before: { active: true }, after: { active: false } })
    const csv = await world.admin(
      'GET',
      `/api/v1/directories/${place.id}/log?format=csv&outcome=refused`,
    )
    expect(csv.text.split('\r\n')).toHaveLength(3)
  })
})

it('says what it is', async () => {
  const config = await okta.ask('GET', '/ServiceProviderConfig')
  expect(config.json).toMatchObject({ patch: { supported: true }, bulk: { supported: false } })
  expect((await okta.ask('GET', '/ResourceTypes')).json.totalResults).toBe(2)
  const schemas = await okta.ask('GET', '/Schemas')
  expect(schemas.json.totalResults).toBe(3)
  for (const { id } of schemas.json.Resources as { id: string }[])
    expect((await okta.ask('GET', `/Schemas/${id}`)).json.id).toBe(id)
  const nowhere = await okta.ask('POST', '/Bulk', {})
  expect([nowhere.status, nowhere.headers.get('content-type')]).toEqual([
    404,
    'application/scim+json',
  ])
})
