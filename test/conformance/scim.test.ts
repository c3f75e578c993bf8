import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, type Admin, type Member } from './admin.ts'
import { forgetBundle, type Home } from './codex.ts'
import { runSnippet, snippetIn } from './machine.ts'
import { startMockModel, type MockModel } from './mock-model.ts'
import { startBrowsers, type Browsers } from './person.ts'
import { startProduct, type Product } from './product.ts'
import { deviceLogin, setupOf, workspaceHome } from './sign-in.ts'

// The requests of Okta and Microsoft Entra ID against the running product, their bodies as the two document them; and what a
// person's real client does once the directory says that she has left.
//   developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20 (the first request: …/scim-11)
//   learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups, and beside it
//   application-provisioning-config-problem-scim-compatibility for what differs with and without `aadOptscim062020`

let product: Product
let admin: Admin
let model: MockModel
let browsers: Browsers
let member: Member
let home: Home

beforeAll(async () => {
  ;[model, product, browsers] = await Promise.all([
    startMockModel(),
    startProduct(),
    startBrowsers(),
  ])
  admin = adminOf(product)
  member = await admin.newMember('Imani')
  const workspace = await setupOf(admin, 'workspace')
  runSnippet(snippetIn(workspace.snippets, 'environment').install)
  home = await workspaceHome(admin, model)
  expect(await deviceLogin(home, await browsers.person(member))).toMatchObject({ code: 0 })
})

afterAll(async () => {
  await browsers.close()
  await model.close()
  await product.stop()
})

interface Answer {
  readonly status: number
  readonly json: any // eslint-disable-line @typescript-eslint/no-explicit-any
}

async function ask(key: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(product.plainUrl + path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) }
}

/** The token of a directory that may take over who was made by hand. */
async function connect(name: string): Promise<string> {
  const response = await fetch(`${product.plainUrl}/api/v1/directories`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, provider: 'okta', adopts: true }),
  })
  const { secret } = (await response.json()) as { secret: string }
  return secret
}

const patch = (...Operations: readonly unknown[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
})
const where = (filter: string): string => `filter=${encodeURIComponent(filter)}`
const core = 'urn:ietf:params:scim:schemas:core:2.0'

describe('Okta', () => {
  it('finds nobody, makes her, changes her, pushes a group, and takes her away', async () => {
    const token = await connect('Okta')
    const call = (method: string, path: string, body?: unknown) =>
      ask(token, method, `/scim/v2${path}`, body)
    const found = await call('GET', '/Users?startIndex=1&count=2')
    expect([found.status, found.json.totalResults]).toEqual([200, 0])
    const asked = await call(
      'GET',
      `/Users?${where(`userName eq "${member.email}"`)}&startIndex=1&count=100`,
    )
    expect(asked.json).toMatchObject({ totalResults: 0, Resources: [] })
    const profile = {
      schemas: [`${core}:User`],
      userName: member.email,
      name: { givenName: 'Imani', familyName: 'Okta' },
      emails: [{ primary: true, value: member.email, type: 'work' }],
      displayName: 'Imani Okta',
      locale: 'en-US',
      externalId: '00ujl29u0le5T6Aj10h7',
      groups: [],
      password: '1mz050nq',
      active: true,
    }
    const made = await call('POST', '/Users', profile)
    expect([made.status, made.json.userName]).toEqual([201, member.email])
    const id = made.json.id as string
    // It asks for what is there, changes that, and sends it back whole.
    const { json: there } = await call('GET', `/Users/${id}`)
    const put = await call('PUT', `/Users/${id}`, {
      schemas: [`${core}:User`],
      id,
      userName: member.email,
      name: { givenName: 'Imani', middleName: 'Excited', familyName: 'Okta' },
      emails: [{ primary: true, value: member.email, type: 'work', display: member.email }],
      active: there.active as boolean,
      groups: [],
      meta: { resourceType: 'User' },
    })
    expect([put.status, put.json.name.middleName]).toEqual([200, 'Excited'])
    const group = await call('POST', '/Groups', {
      schemas: [`${core}:Group`],
      displayName: 'Pushed by Okta',
      members: [],
    })
    expect(group.status).toBe(201)
    const groupId = group.json.id as string
    const change = async (...operations: readonly unknown[]) => {
      expect((await call('PATCH', `/Groups/${groupId}`, patch(...operations))).status).toBe(204)
      const { json } = await call('GET', `/Groups/${groupId}`)
      const { displayName, members = [] } = json as {
        displayName: string
        members?: readonly { value: string }[]
      }
      return [displayName, ...members.map(({ value }) => value)]
    }
    const her = [{ value: id, display: member.email }]
    const rename = { op: 'replace', value: { id: groupId, displayName: 'Renamed by Okta' } }
    expect(await change(rename)).toEqual(['Renamed by Okta'])
    const join = { op: 'add', path: 'members', value: her }
    // Whom it takes out with the same request need not be in there.
    const leave = { op: 'remove', path: `members[value eq "89bb1940-b905-4575-9e7f-6f887cfb368e"]` }
    expect(await change(leave, join)).toEqual(['Renamed by Okta', id])
    expect(await change({ op: 'remove', path: `members[value eq "${id}"]` })).toHaveLength(1)
    expect(await change({ op: 'replace', path: 'members', value: her })).toHaveLength(2)

    expect((await home.startupConfig()).run.code).toBe(0)
    const off = await call(
      'PATCH',
      `/Users/${id}`,
      patch({ op: 'replace', value: { active: false } }),
    )
    expect([off.status, off.json.active]).toEqual([200, false])
    forgetBundle(home)
    const refused = await home.startupConfig()
    expect(refused.run.code).toBe(1)
    expect(refused.error?.detail).toContain(
      (await admin.refusals()).find((one) => one.id === 'member_suspended.bundle')?.reads,
    )
    expect((await call('GET', `/Users/${id}`)).json.active).toBe(false)
    expect((await call('DELETE', `/Groups/${groupId}`)).status).toBe(204)
  })
})

describe('Microsoft Entra ID', () => {
  it('tests the connection, makes, patches in its own way, and soft-deletes', async () => {
    const token = await connect('Entra')
    const call = (method: string, path: string, body?: unknown) =>
      ask(token, method, `/scim/v2${path}`, body)
    const tested = await call('GET', `/Users?${where('userName eq "non-existent user"')}`)
    expect(tested.json).toMatchObject({ totalResults: 0 })
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
    const userName = 'Test_User_00aa00aa-bb11-cc22-dd33-44ee44ee44ee'
    const made = await call('POST', '/Users', {
      schemas: [`${core}:User`, enterprise],
      externalId: '0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef',
      userName,
      active: true,
      emails: [{ primary: true, type: 'work', value: `${userName}@testuser.example` }],
      meta: { resourceType: 'User' },
      name: { formatted: 'givenName familyName', familyName: 'familyName', givenName: 'givenName' },
      roles: [],
    })
    expect(made.status).toBe(201)
    const id = made.json.id as string
    expect((await call('GET', `/Users?${where(`userName eq "${userName}"`)}`)).json).toMatchObject({
      totalResults: 1,
      Resources: [{ id }],
    })
    const email = (value: string, op = 'Replace') => ({
      op,
      path: 'emails[type eq "work"].value',
      value,
    })
    const changed = await call(
      'PATCH',
      `/Users/${id}`,
      patch(
        { op: 'Replace', path: 'displayName', value: 'Pvlo' },
        email('updated@testuser.example'),
        { op: 'Replace', path: 'name.familyName', value: 'updatedFamilyName' },
        { op: 'Add', path: 'nickName', value: 'Babs' },
        { op: 'Replace', path: `${enterprise}:employeeNumber`, value: 'Eqpj' },
      ),
    )
    expect(changed.status).toBe(200)
    expect(changed.json).toMatchObject({
      emails: [{ type: 'work', value: 'updated@testuser.example' }],
      name: { familyName: 'updatedFamilyName', givenName: 'givenName' },
      nickName: 'Babs',
      [enterprise]: { employeeNumber: 'Eqpj' },
    })
    // With the flag: what has a plain path goes without one, its name as the key.
    const flagged = await call(
      'PATCH',
      `/Users/${id}`,
      patch(email('flagged@testuser.example', 'replace'), {
        op: 'replace',
        value: {
          displayName: 'Bjfe',
          'name.givenName': 'Kkom',
          'name.familyName': 'Unua',
          [`${enterprise}:employeeNumber`]: 'Aklq',
        },
      }),
    )
    expect(flagged.json).toMatchObject({
      displayName: 'Bjfe',
      name: { givenName: 'Kkom', familyName: 'Unua' },
      emails: [{ type: 'work', value: 'flagged@testuser.example' }],
      [enterprise]: { employeeNumber: 'Aklq' },
    })
    const renamed = patch({
      op: 'Replace',
      path: 'userName',
      value: '5b50642d-79fc-4410-9e90-4c077cdd1a59@testuser.example',
    })
    expect((await call('PATCH', `/Users/${id}`, renamed)).json.userName).toContain('5b50642d')
    const group = await call('POST', '/Groups', {
      schemas: [
        `${core}:Group`,
        'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group',
      ],
      externalId: '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159',
      displayName: 'Entra group',
      meta: { resourceType: 'Group' },
    })
    const groupId = group.json.id as string
    expect(group.status).toBe(201)
    const joins = patch({ op: 'Add', path: 'members', value: [{ $ref: null, value: id }] })
    expect((await call('PATCH', `/Groups/${groupId}`, joins)).status).toBe(204)
    const asked = await call(
      'GET',
      `/Groups?excludedAttributes=members&${where('displayName eq "Entra group"')}`,
    )
    expect(asked.json.totalResults).toBe(1)
    const within = where(`id eq "${groupId}" and members eq "${id}"`)
    const isIn = async () => (await call('GET', `/Groups?${within}`)).json.totalResults as number
    expect(await isIn()).toBe(1)
    const leaves = patch({ op: 'Remove', path: 'members', value: [{ $ref: null, value: id }] })
    expect((await call('PATCH', `/Groups/${groupId}`, leaves)).status).toBe(204)
    expect(await isIn()).toBe(0)
    expect((await call('PATCH', `/Groups/${groupId}`, joins)).status).toBe(204)
    const flaggedLeave = patch({ op: 'remove', path: `members[value eq "${id}"]` })
    expect((await call('PATCH', `/Groups/${groupId}`, flaggedLeave)).status).toBe(204)
    expect(await isIn()).toBe(0)
    const soft = patch({ op: 'Replace', path: 'active', value: 'False' })
    expect((await call('PATCH', `/Users/${id}`, soft)).json.active).toBe(false)
    expect((await call('DELETE', `/Users/${id}`)).status).toBe(204)
    expect((await call('GET', `/Users/${id}`)).status).toBe(404)
  })
})
