import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newMember, theOwner, type Person } from '../clients.ts'
import { picture } from '../picture.ts'
import { connectDirectory, oktaUser, patchOp, type Provider } from '../scim.ts'
import { startWorld, type World } from '../world.ts'

// Who has got hold of the token of a directory (OWASP ASVS 4.0.3, 4.1.3, 4.2.1, 5.1.2, 5.3.4, 13.1.4).

let world: World
let okta: Provider
let entra: Provider
let boss: Person
let ada: string

beforeAll(async () => {
  world = await startWorld()
  boss = await theOwner(world)
  okta = await connectDirectory(world, { name: 'Okta', adopts: true })
  entra = await connectDirectory(world, { name: 'Entra' })
  ada = (await okta.ask('POST', '/Users', oktaUser('ada'))).json.id as string
})
afterAll(() => world.close())

const find = (filter: string) => okta.ask('GET', `/Users?filter=${encodeURIComponent(filter)}`)

describe('a filter', () => {
  it.each([
    `userName eq "x' or '1'='1"`,
    `userName eq "x\\" or userName pr or userName eq \\""`,
    `userName eq "x'; drop table members; --"`,
    `userName co "%"`,
    `userName sw "_"`,
    `userName eq "x\\u0000"`,
  ])('is a value and no statement: %s', async (filter) => {
    const answer = await find(filter)
    expect([200, 400]).toContain(answer.status)
    if (answer.status === 200) expect(answer.json.totalResults).toBe(0)
    expect((await okta.ask('GET', `/Users/${ada}`)).status).toBe(200)
  })

  it.each([
    `userName" or 1=1 -- eq "x"`,
    `password eq "x"`,
    `role eq "owner"`,
    `members.secret_hash pr`,
    `__proto__ pr`,
    `constructor.name eq "Object"`,
    `toString pr`,
  ])('asks for no attribute but those that there are: %s', async (filter) => {
    const answer = await find(filter)
    expect(answer.json).toMatchObject({ status: '400', scimType: 'invalidFilter' })
  })

  it.each([
    ['parentheses', `${'('.repeat(900)}userName pr${')'.repeat(900)}`],
    ['negations', `${'not ('.repeat(200)}userName pr${')'.repeat(200)}`],
    ['comparisons', Array.from({ length: 60 }, () => 'userName pr').join(' or ')],
    ['brackets', `emails[`.repeat(200)],
    ['length', `userName eq "${'x'.repeat(5000)}"`],
  ])('is not nested or long without end: %s', async (_, filter) => {
    expect((await find(filter)).json).toMatchObject({ status: '400', scimType: 'invalidFilter' })
  })
})

describe('a patch', () => {
  it.each([
    { op: 'replace', path: '__proto__.polluted', value: 'yes' },
    { op: 'replace', path: 'constructor.prototype.polluted', value: 'yes' },
    { op: 'replace', path: 'name.__proto__', value: { polluted: 'yes' } },
    { op: 'add', path: 'emails[__proto__ eq "x"].polluted', value: 'yes' },
    { op: 'replace', value: JSON.parse('{"__proto__":{"polluted":"yes"}}') as object },
    { op: 'replace', value: JSON.parse('{"name":{"__proto__":{"polluted":"yes"}}}') as object },
  ])('reaches no prototype: %j', async (operation) => {
    const answer = await okta.ask('PATCH', `/Users/${ada}`, patchOp(operation))
    expect(answer.status).toBeLessThan(500)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('and a new user bring no character that a database cannot hold', async () => {
    const hidden = oktaUser('hidden', { displayName: 'x\u0000y', nickName: '\u0000' })
    expect((await okta.ask('POST', '/Users', hidden)).status).toBe(400)
    for (const operation of [
      { op: 'replace', value: { displayName: 'x\u0000y' } },
      { op: 'replace', path: 'emails[type eq "\\u0000"].value', value: 'a@acme.example' },
      { op: 'replace', path: 'name.familyName\u0000', value: 'x' },
    ]) {
      const answer = await okta.ask('PATCH', `/Users/${ada}`, patchOp(operation))
      expect([operation, answer.status]).toEqual([operation, 400])
    }
  })

  it.each([
    { op: 'replace', path: 'role', value: 'owner' },
    { op: 'replace', path: 'roles', value: [{ value: 'owner' }] },
    { op: 'replace', value: { role: 'owner', entitlements: [{ value: '*' }] } },
  ])('gives no role: %j', async (operation) => {
    const answer = await okta.ask('PATCH', `/Users/${ada}`, patchOp(operation))
    expect(answer.status).toBeLessThan(500)
    const { json } = await world.admin('GET', `/api/v1/members/${ada}`)
    expect(json).toMatchObject({ role: 'member' })
  })
})

describe('the token of a directory', () => {
  it('sees and changes nobody whom another directory keeps', async () => {
    expect((await entra.ask('GET', `/Users/${ada}`)).status).toBe(404)
    expect((await entra.ask('GET', '/Users')).json.totalResults).toBe(0)
    const before = await picture(world)
    for (const [method, body] of [
      ['PUT', oktaUser('stolen')],
      ['PATCH', patchOp({ op: 'replace', value: { active: false } })],
      ['DELETE', undefined],
    ] as const)
      expect((await entra.ask(method, `/Users/${ada}`, body)).status).toBe(404)
    expect(changedIn(before, await picture(world))).toEqual([])
  })

  it('takes over no owner, also where it may take over members', async () => {
    const { email } = boss
    const answer = await okta.ask(
      'POST',
      '/Users',
      oktaUser('boss', { userName: email, emails: [{ value: email, primary: true }] }),
    )
    expect(answer.status).toBe(409)
    expect((await world.call('GET', '/api/v1/session', { cookie: boss.cookie })).status).toBe(200)
  })

  it('takes an admin over without a way to become her: her address stays', async () => {
    const admin = await newMember(world, 'admin@acme.example', 'admin')
    const { email } = admin
    const emails = [{ value: email, primary: true, type: 'work' }]
    const taken = await okta.ask('POST', '/Users', oktaUser('admin', { userName: email, emails }))
    expect([taken.status, taken.json.id]).toEqual([201, admin.id])
    const mine = 'mallory@evil.example'
    for (const [method, body] of [
      ['PATCH', patchOp({ op: 'replace', value: { userName: mine } })],
      ['PATCH', patchOp({ op: 'replace', path: 'emails[type eq "work"].value', value: mine })],
      ['PUT', oktaUser('admin', { userName: mine, emails: [{ value: mine, primary: true }] })],
    ] as const) {
      await okta.ask(method, `/Users/${admin.id}`, body)
      const { json } = await world.admin('GET', `/api/v1/members/${admin.id}`)
      expect([method, json.email]).toEqual([method, email])
    }
  })

  it('does nothing to an owner for emergencies, though it made her', async () => {
    const { id } = (await okta.ask('POST', '/Users', oktaUser('eva'))).json as { id: string }
    const { version } = (await world.admin('GET', `/api/v1/members/${id}`)).json
    const raised = await world.admin('PUT', `/api/v1/members/${id}/role`, { role: 'owner', version }) // prettier-ignore
    expect([raised.status, raised.text]).toEqual([200, raised.text])
    const mark = await world.admin('PUT', `/api/v1/members/${id}/break-glass`, { on: true })
    expect(mark.status).toBe(204)
    const before = await picture(world)
    const off = { op: 'replace', value: { active: false } }
    const mine = 'mallory@evil.example'
    for (const [method, body] of [
      ['PATCH', patchOp(off)],
      ['PATCH', patchOp({ op: 'Replace', path: 'active', value: 'False' })],
      ['PATCH', patchOp({ op: 'replace', value: { displayName: 'Else' } }, off)],
      ['PUT', oktaUser('eva', { active: false })],
      ['PATCH', patchOp({ op: 'replace', path: 'emails[type eq "work"].value', value: mine })],
      ['PUT', oktaUser('eva', { emails: [{ value: mine, primary: true }] })],
      ['DELETE', undefined],
    ] as const) {
      const { status, json } = await okta.ask(method, `/Users/${id}`, body)
      expect([method, body, status]).toEqual([method, body, 403])
      expect(json.detail).toContain('eva@acme.example')
    }
    expect(changedIn(before, await picture(world))).toEqual([])
    expect((await world.admin('GET', `/api/v1/members/${id}`)).json).toMatchObject({
      role: 'owner',
      status: 'active',
      email: 'eva@acme.example',
    })
  })

  it('reaches no member and no group that it did not make', async () => {
    const hand = await world.admin('POST', '/api/v1/members', { email: 'hand@acme.example' })
    const group = await world.admin('POST', '/api/v1/groups', { name: 'By hand' })
    const member = hand.json.id as string
    const own = (await entra.ask('POST', '/Groups', { displayName: 'Of Entra' })).json.id as string
    const before = await picture(world)
    const joins = { op: 'add', path: 'members', value: [{ value: member }] }
    const refused = async (method: string, path: string, body?: unknown) => {
      const { status, json } = await entra.ask(method, path, body)
      return `${method} ${path} ${status} ${(json.scimType as string | undefined) ?? ''}`.trim()
    }
    const user = `/Users/${member}`
    const made = `/Groups/${group.json.id as string}`
    for (const [method, path, body, expected] of [
      ['GET', user, undefined, '404'],
      ['PUT', user, oktaUser('hand'), '404'],
      ['PATCH', user, patchOp({ op: 'replace', value: { active: false } }), '404'],
      ['DELETE', user, undefined, '404'],
      ['POST', '/Users', oktaUser('hand'), '409 uniqueness'],
      ['GET', made, undefined, '404'],
      ['PUT', made, { displayName: 'Taken' }, '404'],
      ['PATCH', made, patchOp(joins), '404'],
      ['DELETE', made, undefined, '404'],
      ['POST', '/Groups', { displayName: 'by HAND' }, '409 uniqueness'],
      [
        'PATCH',
        `/Groups/${own}`,
        patchOp({ op: 'replace', path: 'displayName', value: 'By hand' }),
        '409 uniqueness',
      ],
      ['PATCH', `/Groups/${own}`, patchOp(joins), '400 invalidValue'],
      [
        'PUT',
        `/Groups/${own}`,
        { displayName: 'Of Entra', members: [{ value: member }] },
        '400 invalidValue',
      ],
    ] as const)
      expect(await refused(method, path, body)).toBe(`${method} ${path} ${expected}`)
    expect(changedIn(before, await picture(world))).toEqual([])
  })

  it('is refused by every address of people and clients, and its own refuse theirs', async () => {
    const token = okta.token
    for (const path of ['/api/v1/members', '/api/v1/session', '/api/v1/me', '/metrics'])
      expect((await world.call('GET', path, { key: token })).status).toBe(401)
    const cookie = { cookie: boss.cookie }
    expect((await world.call('GET', '/scim/v2/Users', cookie)).status).toBe(401)
  })
})

/** Not the log of the directory itself, which is to have every request. */
const changedIn = (
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] =>
  Object.keys(after).filter((name) => after[name] !== before[name] && !name.startsWith('scim_'))
