import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { day, hour, minute } from '#kernel/clock.ts'
import { issueToken } from '#kernel/tokens.ts'
import { behindProxy, deviceSignIn, newMember, theOwner, type Person } from '../clients.ts'
import { startWorld, type Answer, type World } from '../world.ts'

let world: World
let ada: Person
let boss: Person
let maker: string
beforeAll(async () => {
  world = await startWorld({ env: behindProxy })
  const role = await world.admin('POST', '/api/v1/roles', {
    name: 'Token maker',
    permissions: ['codex.local.use', 'codex.device_code.use', 'codex.access_tokens.create'],
  })
  expect(role.status, role.text).toBe(201)
  ada = await newMember(world, 'ada@acme.example')
  boss = await theOwner(world)
  maker = roleId(role)
  await give(maker, ada)
})
afterAll(() => world.close())

async function give(role: string, { id }: Person): Promise<void> {
  const body = { holder: { kind: 'member', id }, lasts: null, reason: '' }
  const given = await world.admin('POST', `/api/v1/roles/${role}/holders`, body)
  expect(given.status, given.text).toBeLessThan(300)
}
const roleId = (answer: Answer): string => (answer.json.role?.id ?? answer.json.id) as string

interface Made {
  readonly id: string
  readonly secret: string
}
const whoamiPath = '/v1/user-auth-credential/whoami'
const bundlePath = '/backend-api/wham/config/bundle'
const mine = '/api/v1/me/access-tokens'

const cookies = new Map<string, { readonly cookie: string; readonly at: number }>()
/** A session whose proof of the password is a recent one. */
async function fresh(person: Person): Promise<string> {
  const known = cookies.get(person.id)
  if (known && world.clock.now - known.at < 5 * minute) return known.cookie
  const cookie = await person.signIn()
  cookies.set(person.id, { cookie, at: world.clock.now })
  return cookie
}
const send = async (person: Person, method: string, path: string, body?: unknown) =>
  world.call(method, path, {
    cookie: await fresh(person),
    ...(body === undefined ? {} : { body }),
  })

async function make(person: Person, wish: object = {}): Promise<Made> {
  const answer = await send(person, 'POST', mine, {
    name: 'release-ci',
    expiresInDays: 30,
    ...wish,
  })
  expect(answer.status, answer.text).toBe(201)
  return { id: answer.json.token.id as string, secret: answer.json.secret as string }
}

let strangers = 0
/** Each from an address of its own, so that nothing is refused only because there were too many. */
const ask = (path: string, secret: string, headers: Readonly<Record<string, string>> = {}) =>
  world.call('GET', path, {
    key: secret,
    headers: { 'x-forwarded-for': `10.3.${++strangers >> 8}.${strangers & 255}`, ...headers },
  })
const bundle = (secret: string) => ask(bundlePath, secret)
/** As soon as this process has heard of the change. */
const becomes = (secret: string, status: number) =>
  expect.poll(async () => (await bundle(secret)).status).toBe(status)
const one = async (id: string): Promise<Record<string, unknown>> =>
  (await world.admin('GET', `/api/v1/access-tokens/${id}`)).json as Record<string, unknown>
const surface = (body: object) => world.admin('PUT', '/api/v1/surfaces/access_tokens', body)

describe('an access token', () => {
  it('opens what a client asks for, and nothing else', async () => {
    const { id, secret } = await make(ada, { purpose: 'Publishes the packages' })
    expect(secret).toMatch(/^at-gh_pat_/)
    expect(await one(id)).toMatchObject({
      name: 'release-ci',
      purpose: 'Publishes the packages',
      state: 'active',
      of: { kind: 'member', id: ada.id, email: ada.email },
      madeBy: ada.email,
      expiresAt: world.clock.now + 30 * day,
      lastUsedAt: null,
    })
    const who = await ask(whoamiPath, secret)
    const accountId = who.json.chatgpt_account_id as string
    expect([who.status, who.json]).toEqual([
      200,
      {
        email: ada.email,
        chatgpt_user_id: ada.id,
        chatgpt_account_id: accountId,
        chatgpt_plan_type: 'enterprise',
        chatgpt_account_is_fedramp: false,
      },
    ])
    const given = await ask(bundlePath, secret, { 'chatgpt-account-id': accountId })
    expect([given.status, given.text]).toEqual([200, '{}'])
    for (const path of ['/backend-api/wham/accounts/check', '/backend-api/wham/usage'])
      expect([path, (await ask(path, secret)).status]).toEqual([path, 200])
    for (const path of ['/member/codex/config/bundle', '/api/v1/me', '/api/v1/members', mine])
      expect([path, (await ask(path, secret)).status]).toEqual([path, 401])
  })

  it('is listed without its secret, and stored as a hash', async () => {
    const { id, secret } = await make(ada)
    const lists = [
      await send(ada, 'GET', mine),
      await world.admin('GET', '/api/v1/access-tokens'),
      await world.admin('GET', '/api/v1/access-tokens?format=csv'),
    ]
    for (const list of lists) {
      expect(list.text).toContain(id)
      expect(list.text).not.toContain(secret.slice(-30))
    }
    expect(world.logged.join('\n')).not.toContain(secret.slice(-30))
  })

  it('says when and from where it was used last', async () => {
    const { id, secret } = await make(ada)
    await bundle(secret)
    await expect
      .poll(() => one(id), { timeout: 60_000, interval: 200 })
      .toMatchObject({ fetches: 1, lastUsedAt: world.clock.now })
    // Not among the devices: nobody signed in.
    const devices = await send(ada, 'GET', '/api/v1/me/clients')
    expect(devices.text).not.toContain(id)
  })

  it('ends when it is revoked, by her or by who manages them', async () => {
    for (const path of [mine, '/api/v1/access-tokens']) {
      const { id, secret } = await make(ada)
      const ended =
        path === mine
          ? await send(ada, 'DELETE', `${path}/${id}`)
          : await world.admin('DELETE', `${path}/${id}`)
      expect(ended.status, ended.text).toBe(204)
      expect((await bundle(secret)).status).toBe(401)
      expect(await one(id)).toMatchObject({ state: 'revoked', endedAt: world.clock.now })
      expect((await world.admin('DELETE', `/api/v1/access-tokens/${id}`)).status).toBe(409)
    }
  })

  it('is hers alone: others cannot see, rotate or revoke it', async () => {
    const { id, secret } = await make(ada)
    const list = await send(boss, 'GET', mine)
    expect(list.text).not.toContain(id)
    expect((await send(boss, 'DELETE', `${mine}/${id}`)).status).toBe(404)
    const wish = { expiresInDays: 7, oldEndsInHours: 0 }
    expect((await send(boss, 'POST', `${mine}/${id}/rotate`, wish)).status).toBe(404)
    expect((await bundle(secret)).status).toBe(200)
  })

  it('is made only by who may, and only with a fresh proof of who she is', async () => {
    const eve = await newMember(world, 'eve@acme.example')
    const wish = { name: 'x', expiresInDays: 7 }
    expect((await send(eve, 'POST', mine, wish)).status).toBe(403)
    expect((await send(eve, 'GET', mine)).json).toMatchObject({ items: [], total: 0 })
    for (const path of ['/api/v1/access-tokens', '/api/v1/service-accounts'])
      expect((await send(eve, 'GET', path)).status).toBe(403)
    const stale = await ada.signIn()
    world.clock.advance(hour)
    const late = await world.call('POST', mine, { cookie: stale, body: wish })
    expect([late.status, late.json.code]).toEqual([403, 'reauthentication_required'])
  })

  it('needs the permission to use Codex as well as the one to make it', async () => {
    const max = await newMember(world, 'max@acme.example')
    const role = await world.admin('POST', '/api/v1/roles', {
      name: 'Makes and may not use',
      permissions: ['codex.access_tokens.create'],
    })
    await give(roleId(role), max)
    const { secret } = await make(max)
    const refused = await bundle(secret)
    expect([refused.status, refused.json.error.code]).toEqual([403, 'no_permission_for_codex'])
    expect((await ask(whoamiPath, secret)).status).toBe(200)
  })

  it.each([
    ['nothing at all', ''],
    ['a token of another kind', `at-${issueToken('key', `key_${'0'.repeat(32)}`).token}`],
    ['the form without its prefix', issueToken('pat', `pat_${'0'.repeat(32)}`).token],
    ['text', 'at-anything'],
  ])('is not %s', async (_, presented) => {
    expect((await ask(whoamiPath, presented)).status).toBe(401)
    expect((await bundle(presented)).status).toBe(401)
  })

  it('is wrong when it is cut, in another case or has another end', async () => {
    const { secret } = await make(ada)
    for (const wrong of [
      secret.slice(0, -1),
      secret.slice(3),
      secret.toUpperCase(),
      secret.replace(/^at-/, 'AT-'),
      `${secret}0`,
      `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`,
    ]) {
      expect((await bundle(wrong)).status).toBe(401)
      expect((await ask(whoamiPath, wrong)).status).toBe(401)
    }
    expect((await bundle(secret)).status).toBe(200)
  })

  it('that nobody has issued opens no policy, whatever its form says', async () => {
    const made = `at-${issueToken('pat', `pat_${'1'.repeat(32)}`).token}`
    // The client starts without any policy unless this is answered; it is the bundle that refuses.
    const who = await ask(whoamiPath, made)
    expect([who.status, who.json.email, who.json.chatgpt_user_id]).toEqual([
      200,
      null,
      `pat_${'1'.repeat(32)}`,
    ])
    expect((await bundle(made)).status).toBe(401)
  })

  it('is nothing that OAuth revokes, refreshes or ends with the clients of a filter', async () => {
    const { secret } = await make(ada)
    const body = new URLSearchParams({ token: secret }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await world.call('POST', '/oauth/revoke', { body, headers })).status).toBe(200)
    await deviceSignIn(world, { ...ada, cookie: await fresh(ada) })
    await world.admin('POST', '/api/v1/clients/end', { member: ada.id, expected: 1 })
    expect((await bundle(secret)).status).toBe(200)
  })
})

describe('whoami', () => {
  it('answers for a token whatever has become of it, and tells no more than its id', async () => {
    const { id, secret } = await make(ada)
    await world.admin('DELETE', `/api/v1/access-tokens/${id}`)
    const { secret: ended } = await make(ada, { expiresInDays: 1 })
    world.clock.advance(2 * day)
    for (const token of [secret, ended]) {
      const who = await ask(whoamiPath, token)
      expect([who.status, who.json.email]).toEqual([200, null])
      expect(who.text).not.toContain(ada.id)
      expect((await bundle(token)).status).toBe(401)
    }
  })
})

describe('the lifetime of an access token', () => {
  it('is what the workspace allows at most, for new tokens only', async () => {
    const before = await make(ada, { expiresInDays: null })
    expect((await surface({ on: true, maxDays: 30 })).status).toBe(200)
    for (const expiresInDays of [31, 90, null]) {
      const refused = await send(ada, 'POST', mine, { name: 'x', expiresInDays })
      expect([refused.status, refused.json.errors[0].field]).toEqual([400, 'expiresInDays'])
    }
    const rotate = { expiresInDays: null, oldEndsInHours: 24 }
    expect((await send(ada, 'POST', `${mine}/${before.id}/rotate`, rotate)).status).toBe(400)
    await make(ada, { expiresInDays: 30 })
    expect((await bundle(before.secret)).status).toBe(200)
    expect((await send(ada, 'GET', '/api/v1/access-token-terms')).json).toMatchObject({
      on: true,
      maxDays: 30,
      mayMake: true,
    })
    await surface({ on: true, maxDays: null })
  })

  it.each([0, -1, 1.5, 36_500, '7'])('is never %s days', async (expiresInDays) => {
    expect((await send(ada, 'POST', mine, { name: 'x', expiresInDays })).status).toBe(400)
  })

  it('is over at its moment, in memory as in the lists', async () => {
    const { id, secret } = await make(ada, { expiresInDays: 7 })
    world.clock.advance(7 * day - 1)
    expect((await bundle(secret)).status).toBe(200)
    world.clock.advance(1)
    expect((await bundle(secret)).status).toBe(401)
    expect(await one(id)).toMatchObject({ state: 'expired' })
    const expired = await world.admin('GET', '/api/v1/access-tokens?state=expired&limit=500')
    expect(expired.text).toContain(id)
    const active = await world.admin('GET', '/api/v1/access-tokens?state=active&limit=500')
    expect(active.text).not.toContain(id)
  })
})

describe('rotating an access token', () => {
  it('makes a second one, and both work until the time that was chosen', async () => {
    const first = await make(ada)
    const rotate = (id: string, oldEndsInHours: number) =>
      send(ada, 'POST', `${mine}/${id}/rotate`, { expiresInDays: 30, oldEndsInHours })
    const made = await rotate(first.id, 24)
    expect(made.status, made.text).toBe(201)
    const second = made.json.secret as string
    expect(made.json.token).toMatchObject({ name: 'release-ci', replaces: { id: first.id } })
    expect(made.json.old).toMatchObject({
      state: 'active',
      expiresAt: world.clock.now + 24 * hour,
      replacedBy: { id: made.json.token.id as string },
    })
    expect((await rotate(first.id, 24)).status).toBe(409)
    expect([(await bundle(first.secret)).status, (await bundle(second)).status]).toEqual([200, 200])
    world.clock.advance(24 * hour)
    expect([(await bundle(first.secret)).status, (await bundle(second)).status]).toEqual([401, 200])
    const third = await rotate(made.json.token.id as string, 0)
    expect([(await bundle(second)).status, third.json.old.state]).toEqual([401, 'revoked'])
  })

  it('never makes the old one last longer than it would have', async () => {
    const { id } = await make(ada, { expiresInDays: 1 })
    const end = world.clock.now + day
    const wish = { expiresInDays: 30, oldEndsInHours: 2000 }
    const made = await send(ada, 'POST', `${mine}/${id}/rotate`, wish)
    expect(made.json.old.expiresAt).toBe(end)
  })
})

describe('access tokens end or rest with what they depend on', () => {
  it('the surface: none are made, and those there are open nothing until it is on again', async () => {
    const { secret } = await make(ada)
    expect((await surface({ on: false, message: 'Not here.' })).status).toBe(200)
    await becomes(secret, 403)
    expect((await bundle(secret)).json.error.message).toBe('Not here.')
    expect((await ask(whoamiPath, secret)).status).toBe(200)
    const made = await send(ada, 'POST', mine, { name: 'x', expiresInDays: 7 })
    expect([made.status, made.json.code]).toEqual([403, 'surface_off'])
    // A client that she signed in to goes on.
    await surface({ on: true })
    await becomes(secret, 200)
  })

  it('her account: suspended they rest, archived they end', async () => {
    const zoe = await newMember(world, 'zoe@acme.example')
    await give(maker, zoe)
    const { id, secret } = await make(zoe)
    const act = async (name: string) => {
      const { version } = (await world.admin('GET', `/api/v1/members/${zoe.id}`)).json as {
        version: number
      }
      const done = await world.admin('POST', `/api/v1/members/${zoe.id}/${name}`, { version })
      expect(done.status, done.text).toBeLessThan(300)
    }
    const shown = await world.admin('GET', `/api/v1/members/${zoe.id}/offboarding`)
    expect(shown.json.archive).toContainEqual(
      expect.objectContaining({ kind: 'access_token', count: 1 }),
    )
    await act('suspend')
    await becomes(secret, 403)
    expect((await one(id)).state).toBe('suspended')
    await act('activate')
    await becomes(secret, 200)
    await act('archive')
    await becomes(secret, 401)
    expect((await one(id)).state).toBe('revoked')
  })
})

describe('the trail', () => {
  it('says what was made, rotated and revoked, without a secret', async () => {
    const { id, secret } = await make(ada, { name: 'for the trail' })
    const rotated = await send(ada, 'POST', `${mine}/${id}/rotate`, {
      expiresInDays: 7,
      oldEndsInHours: 1,
    })
    await world.admin('DELETE', `/api/v1/access-tokens/${id}`)
    const all = await world.admin('GET', '/api/v1/activity?action=access-token.&limit=500')
    const of = (target: string) =>
      (all.json.items as { action: string; target: { id: string } }[])
        .filter((record) => record.target.id === target)
        .map(({ action }) => action)
    expect(of(id)).toEqual(['access-token.revoke', 'access-token.create'])
    expect(of(rotated.json.token.id as string)).toEqual(['access-token.rotate'])
    expect(all.text).not.toContain(secret.slice(-30))
  })
})
