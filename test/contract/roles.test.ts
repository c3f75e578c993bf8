import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hour } from '#kernel/clock.ts'
import {
  askForCode,
  decide,
  deviceSignIn,
  findDevice,
  newMember,
  theOwner,
  type Person,
} from '../clients.ts'
import { startWorld, type Answer, type World } from '../world.ts'

let world: World
let ada: Person
beforeAll(async () => {
  world = await startWorld()
  ada = await newMember(world, 'ada@acme.example')
})
afterAll(() => world.close())

/** What every object of the API has; the rest is looked at as it comes. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
interface Json extends Record<string, any> {
  readonly id: string
}

const api = (method: string, path: string, body?: unknown): Promise<Answer> =>
  world.admin(method, `/api/v1${path}`, body)
const as = (who: Person, method: string, path: string, body?: unknown): Promise<Answer> =>
  world.call(method, `/api/v1${path}`, {
    cookie: who.cookie,
    ...(body === undefined ? {} : { body }),
  })
const good = ({ status, text, json }: Answer): Json => {
  expect(status, text).toBeLessThan(300)
  return json as Json
}
const code = ({ status, json }: Answer) => [
  status,
  (json?.error?.code ?? json?.code) as string | undefined,
]
const role = async (name: string, permissions: readonly string[]): Promise<Json> =>
  good(await api('POST', '/roles', { name, permissions }))
const group = async (name: string, ...members: readonly Person[]): Promise<Json> => {
  const made = good(await api('POST', '/groups', { name }))
  good(await api('POST', `/groups/${made.id}/members`, { add: members.map(({ id }) => id) }))
  return made
}
const give = (made: Json, kind: 'group' | 'member', id: string, more: object = {}) =>
  api('POST', `/roles/${made.id}/holders`, { holder: { kind, id }, ...more })
const take = (made: Json, kind: 'group' | 'member', id: string) =>
  api('POST', `/roles/${made.id}/holders/take`, { holder: { kind, id } })
const heldBy = async (who: Person): Promise<string[]> =>
  (good(await as(who, 'GET', '/me')).permissions as Json[]).map(({ key }) => key as string)
const trail = async (action: string): Promise<Json> =>
  (good(await api('GET', `/activity?action=${action}`)).items as Json[])[0] as Json

describe('a custom role', () => {
  it('opens a page to a member through her group, and closes it when it is taken away', async () => {
    const auditors = await role('Auditors', ['audit.read', 'members.read', 'codex.local.use'])
    const finance = await group('Finance', ada)
    expect(code(await as(ada, 'GET', '/members'))).toEqual([403, 'forbidden'])
    expect(good(await give(auditors, 'group', finance.id))).toMatchObject({ touches: 0 })
    expect((await as(ada, 'GET', '/members')).status).toBe(200)
    const page = good(await api('GET', `/members/${ada.id}`))
    const why = (page.permissions as Json[]).find(({ key }) => key === 'audit.read')
    expect(why?.because).toEqual([
      {
        kind: 'role',
        id: auditors.id,
        name: 'Auditors',
        through: { kind: 'group', id: finance.id, name: 'Finance' },
        endsAt: null,
      },
    ])
    expect((await take(auditors, 'group', finance.id)).status).toBe(200)
    expect(code(await as(ada, 'GET', '/members'))).toEqual([403, 'forbidden'])
    expect(await trail('role.take')).toMatchObject({ target: { label: 'Auditors' }, touches: 0 })
  })

  it('takes the place of the default role, which comes back when the last one is taken', async () => {
    expect(await heldBy(ada)).toContain('codex.local.use')
    const readers = await role('Readers', ['policies.read'])
    const given = good(await give(readers, 'member', ada.id))
    expect(given.touches).toBe(1)
    expect(await heldBy(ada)).not.toContain('codex.local.use')
    good(await take(readers, 'member', ada.id))
    expect(await heldBy(ada)).toContain('codex.local.use')
  })

  it('ends by itself, whether or not anybody has cleared it away', async () => {
    const visitors = await role('Visitors', ['policies.read'])
    const { endsAt } = good(await give(visitors, 'member', ada.id, { lasts: hour }))
    expect(endsAt).toBe(world.clock.now + hour)
    expect(await heldBy(ada)).toContain('policies.read')
    world.clock.advance(hour)
    expect(await heldBy(ada)).not.toContain('policies.read')
    const holders = good(await api('GET', `/roles/${visitors.id}/holders`))
    expect(holders.total).toBe(0)
  })

  it('has versions, each with what it changed; an older one can be put back', async () => {
    const first = await role('Editors', ['policies.read'])
    const permissions = ['policies.read', 'policies.edit']
    const path = `/roles/${first.id}`
    const change = { permissions, version: first.version }
    const second = good(await api('PATCH', path, change))
    expect(second).toMatchObject({ version: 2, permissions })
    expect(code(await api('PATCH', path, change))).toEqual([409, 'edited_meanwhile'])
    const versions = good(await api('GET', `${path}/versions`)).items as Json[]
    expect(
      versions.map(({ version, added, removed }) => [version, added, removed] as unknown[]),
    ).toEqual([
      [2, ['policies.edit'], []],
      [1, ['policies.read'], []],
    ])
    const compared = good(await api('GET', `/roles/compare?left=${first.id}@1&right=${first.id}@2`))
    expect(compared.rows).toMatchObject([
      { key: 'policies.read', left: true, right: true },
      { key: 'policies.edit', left: false, right: true },
    ])
    const back = good(await api('POST', `${path}/put-back`, { to: 1, version: 2 }))
    expect(back).toMatchObject({ version: 3, permissions: ['policies.read'] })
    expect(await trail('role.put-back')).toMatchObject({
      before: { permissions },
      after: { permissions: ['policies.read'], putBack: 1 },
    })
    const builtIn = good(await api('GET', `/roles/compare?left=member&right=${first.id}`))
    expect(builtIn.left).toMatchObject({ name: 'Member', version: null })
  })

  it('is not deleted while somebody has it or while it is the default', async () => {
    const made = await role('Temporary', ['policies.read'])
    good(await give(made, 'member', ada.id))
    const path = `/roles/${made.id}?version=${made.version}`
    const refused = await api('DELETE', path)
    expect(code(refused)).toEqual([409, 'in_use'])
    expect(refused.json.usedBy).toMatchObject([{ kind: 'member', id: ada.id }])
    good(await take(made, 'member', ada.id))
    expect((await api('DELETE', path)).status).toBe(204)
    expect(code(await api('DELETE', '/roles/rol_codex_user?version=1'))).toEqual([409, 'in_use'])
  })

  it('keeps its group from being deleted, and goes with its member', async () => {
    const made = await role('Kept', ['policies.read'])
    const cleaners = await group('Cleaners')
    good(await give(made, 'group', cleaners.id))
    const refused = await api('DELETE', `/groups/${cleaners.id}?version=1`)
    expect(code(refused)).toEqual([409, 'in_use'])
    expect(refused.json.usedBy).toMatchObject([{ kind: 'role', id: made.id }])
    const gone = await newMember(world, 'gone@acme.example')
    good(await give(made, 'member', gone.id))
    const { version } = good(await api('GET', `/members/${gone.id}`))
    expect((await api('DELETE', `/members/${gone.id}?version=${version}`)).status).toBe(204)
    expect(good(await api('GET', `/roles/${made.id}/holders`)).total).toBe(1)
  })

  it('is found, listed, exported', async () => {
    const list = good(await api('GET', '/roles?q=codex'))
    expect(list.items).toMatchObject([
      { id: 'rol_codex_user', isDefault: true, createdAt: null, createdBy: 'Gatehouse' },
    ])
    const csv = await api('GET', '/roles?format=csv&permission=codex.device_code.use')
    expect(csv.text).toContain('Codex user')
    expect(csv.text).not.toContain('Kept')
    const first = good(await api('GET', '/roles?limit=1'))
    const rest = good(await api('GET', `/roles?limit=500&cursor=${first.next}`))
    expect([...first.items, ...rest.items]).toHaveLength(first.total as number)
    expect(good(await api('GET', '/find?q=codex%20us')).items).toMatchObject([{ kind: 'role' }])
  })

  it('gives no administration while that is turned off, and Codex all the same', async () => {
    const made = await role('Clerks', ['members.read', 'codex.local.use'])
    good(await give(made, 'member', ada.id))
    good(await api('PUT', '/surfaces/role_administration', { on: false }))
    const held = await heldBy(ada)
    expect(held).toContain('codex.local.use')
    expect(held).not.toContain('members.read')
    good(await api('PUT', '/surfaces/role_administration', { on: true }))
    expect(await heldBy(ada)).toContain('members.read')
    good(await take(made, 'member', ada.id))
  })
})

describe('nobody rises by a role', () => {
  it('whoever may manage roles gives, makes and changes none above the own rights', async () => {
    const clerk = await newMember(world, 'clerk@acme.example')
    const holds = ['roles.manage', 'members.manage', 'members.read', 'codex.local.use']
    good(await give(await role('Role clerks', holds), 'member', clerk.id))
    const cookie = await clerk.signIn()
    const strong = await role('Strong', ['policies.publish'])
    const weak = await role('Weak', ['members.read'])
    const powerful = await group('Powerful')
    good(await give(strong, 'group', powerful.id))
    const boss = good(await api('POST', '/members', { email: 'boss@acme.example' }))
    good(await give(strong, 'member', boss.id))
    const me = { kind: 'member', id: clerk.id }
    const { version } = good(await api('GET', `/members/${clerk.id}`))
    const by = (method: string, path: string, body?: unknown): Promise<Answer> =>
      world.call(method, `/api/v1${path}`, {
        cookie,
        ...(body === undefined ? {} : { body }),
      })
    const attempts = [
      await by('POST', `/roles/${strong.id}/holders`, { holder: me }),
      await by('POST', '/roles', { name: 'Mine', permissions: ['policies.publish'] }),
      await by('PATCH', `/roles/${weak.id}`, { permissions: ['policies.publish'], version: 1 }),
      await by('PATCH', `/roles/${strong.id}`, { name: 'Other', version: 1 }),
      await by('PUT', '/roles/default', { roleId: strong.id }),
      await by('POST', `/roles/${strong.id}/holders/take`, {
        holder: { kind: 'member', id: boss.id },
      }),
      await by('POST', `/groups/${powerful.id}/members`, { add: [clerk.id] }),
      await by('POST', '/members', { email: 'new@acme.example', groupIds: [powerful.id] }),
      await by('POST', `/members/${boss.id}/suspend`, { version: boss.version }),
      await by('POST', '/password-reset/links', { memberId: boss.id }),
      await by('PUT', `/members/${clerk.id}/role`, { role: 'admin', version }),
    ]
    expect(attempts.map(code)).toEqual(attempts.map(() => [403, 'exceeds_own_rights']))
    expect((await by('POST', `/roles/${weak.id}/holders`, { holder: me })).status).toBe(200)
  })

  it('a key made by a member sleeps when the role that made it possible is taken', async () => {
    const maker = await newMember(world, 'maker@acme.example')
    const made = await role('Key makers', ['keys.manage', 'policies.read'])
    good(await give(made, 'member', maker.id))
    const { secret } = good(
      await world.call('POST', '/api/v1/keys', {
        cookie: await maker.signIn(),
        body: { name: 'CI', scopes: ['policies.read'] },
      }),
    )
    const look = () => world.call('GET', '/api/v1/policies', { key: secret as string })
    expect((await look()).status).toBe(200)
    good(await take(made, 'member', maker.id))
    expect((await look()).status).toBe(401)
  })
})

describe('who may use Codex', () => {
  const bundle = (token: string): Promise<Answer> =>
    world.call('GET', '/backend-api/wham/config/bundle', {
      headers: { authorization: `Bearer ${token}` },
    })

  it('is decided by roles: previewed, refused at the next fetch and at sign-in, and given back', async () => {
    const dev = await newMember(world, 'dev@acme.example')
    const token = good(await deviceSignIn(world, dev)).access_token as string
    await expect.poll(async () => (await bundle(token)).status).toBe(200)

    const act = {
      kind: 'role_change',
      roleId: 'rol_codex_user',
      permissions: ['codex.device_code.use'],
    }
    const preview = good(await api('POST', '/change-sets/preview', { act }))
    expect(preview.changes).toMatchObject([{ beforeIs: 'nothing', afterIs: 'refused' }])
    expect(preview.touches).toBeGreaterThan(1)
    const change = { permissions: act.permissions, version: 1 }
    const outdated = await api('PATCH', '/roles/rol_codex_user', { ...change, changeSet: 'other' })
    expect(code(outdated)).toEqual([409, 'preview_outdated'])
    good(await api('PATCH', '/roles/rol_codex_user', { ...change, changeSet: preview.hash }))
    expect(await trail('role.change')).toMatchObject({ touches: preview.touches })

    await expect
      .poll(async () => code(await bundle(token)))
      .toEqual([403, 'no_permission_for_codex'])
    const { userCode } = await askForCode(world)
    const asked = good(await findDevice(world, dev.cookie, userCode))
    expect(asked.refusal).toContain('/requests/new?permission=codex.local.use')
    expect(code(await decide(world, dev.cookie, userCode))).toEqual([
      403,
      'no_permission_for_codex',
    ])
    // An owner keeps what the built-in role gives her.
    expect(await heldBy(await theOwner(world))).toContain('codex.local.use')

    good(await api('POST', '/roles/rol_codex_user/put-back', { to: 1, version: 2 }))
    await expect.poll(async () => (await bundle(token)).status).toBe(200)
  })

  it('ends with the time of a role, between two changes of anything', async () => {
    const dev = await newMember(world, 'hourly@acme.example')
    good(await api('PUT', '/roles/default', { roleId: null }))
    const visitors = await role('Codex visitors', ['codex.local.use', 'codex.device_code.use'])
    good(await give(visitors, 'member', dev.id, { lasts: hour }))
    const token = good(await deviceSignIn(world, dev)).access_token as string
    await expect.poll(async () => (await bundle(token)).status).toBe(200)
    world.clock.advance(hour)
    await expect
      .poll(async () => code(await bundle(token)))
      .toEqual([403, 'no_permission_for_codex'])
    good(await api('PUT', '/roles/default', { roleId: 'rol_codex_user' }))
    await expect.poll(async () => (await bundle(token)).status).toBe(200)
  })
})
