import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { session as sessionShape, sessions } from '#features/signin/schema.ts'
import { day, hour, minute } from '#kernel/clock.ts'
import { all, queries } from '#kernel/work.ts'
import { cookieOf, openInbox, setupToken, signIn, tokenOf } from '../signin.ts'
import {
  adminKey,
  owner,
  startWorld,
  type Answer,
  type CallOptions,
  type World,
  type WorldOptions,
} from '../world.ts'

/** Everything secret that the tests saw; looked for at the end of each world in its log and in its tables. */
const secrets = new Set<string>([owner.password, adminKey])
const keep = (secret: string): string => {
  secrets.add(secret)
  return secret
}
const good = keep('seven grey herons wade')
const better = keep('nine blue herons fly')

async function close(world: World): Promise<void> {
  const q = queries<Record<string, Record<string, unknown>>>()
  const tables = ['audit_records', 'members', 'sessions', 'credentials', 'one_time_links', 'service_keys'] // prettier-ignore
  const rows = await world.app.runtime.db.read(function* () {
    const found: unknown[] = []
    for (const table of tables) found.push(yield* all(q.selectFrom(table).selectAll()))
    return found
  })
  const written = [...world.logged, JSON.stringify(rows)].join('\n')
  for (const secret of secrets) expect(written.includes(secret)).toBe(false)
  expect(written).not.toMatch(/gh_(ses|otl|key)_\w+_[\w-]{43}/)
  await world.close()
}

/** Answers are untyped JSON; these say what is expected of them. */
const codeOf = (answer: Answer) => answer.json.code as string | undefined
const codesOf = (answers: readonly Answer[]) => answers.map(codeOf)
const linkOf = (url: unknown) => keep(tokenOf(String(url)))

const started: World[] = []
async function start(options?: WorldOptions): Promise<World> {
  const world = await startWorld(options)
  started.push(world)
  return world
}
afterAll(async () => {
  for (const world of started) await close(world)
})

const founding = (token: string, more: object = {}) => ({
  token,
  workspaceName: 'Acme',
  email: 'ada@acme.example',
  name: 'Ada',
  password: good,
  ...more,
})

describe('the first run', () => {
  it('makes the workspace and its owner with the printed link, once', async () => {
    const world = await start({ empty: true })
    expect((await world.call('GET', '/api/v1/setup')).json).toEqual({
      needed: true,
      mail: false,
      workspace: null,
    })
    const token = keep(await setupToken(world))
    const look = await world.call('POST', '/api/v1/links/look', { body: { token } })
    expect(look.json).toMatchObject({ kind: 'setup', email: null })

    const setUp = (more: object) =>
      world.call('POST', '/api/v1/setup', { body: founding(token, more) })
    const weak = await setUp({ password: 'ada@acme.example' })
    expect(weak.status).toBe(400)
    expect(weak.json.errors[0].field).toBe('password')
    expect((await setUp({ token: `${token.slice(0, -1)}x` })).json.code).toBe('invalid_input')

    const answers = await Promise.all([setUp({}), setUp({ email: 'eve@acme.example' })])
    expect(answers.map((a) => a.status).sort()).toEqual([201, 409])
    expect(codesOf(answers)).toContain('already_set_up')
    const made = answers.find((a) => a.status === 201)!
    keep(cookieOf(made))
    expect(sessionShape.parse(made.json)).toMatchObject({
      workspace: { name: 'Acme' },
      role: { key: 'owner' },
    })
    const me = await world.call('GET', '/api/v1/session', { cookie: cookieOf(made) })
    expect(me.json).toEqual(made.json)

    const reused = await setUp({})
    expect([reused.status, codeOf(reused)]).toEqual([410, 'link_used'])
    expect((await world.call('GET', '/api/v1/setup')).json).toMatchObject({ needed: false })
    expect(await setupToken(world)).toBe('')
    expect(made.json.permissions).toContain('members.read')
    const members = await world.call('GET', '/api/v1/members', { cookie: cookieOf(made) })
    expect(members.json.items).toHaveLength(1)
  })

  it('refuses an expired link and the one of an earlier start', async () => {
    const world = await start({ empty: true })
    const first = keep(await setupToken(world))
    const second = keep(await setupToken(world))
    const setUp = (token: string) =>
      world.call('POST', '/api/v1/setup', { body: founding(token) }).then(codeOf)
    expect(await setUp(first)).toBe('link_expired')
    world.clock.advance(day)
    expect(await setUp(second)).toBe('link_expired')
    world.clock.advance(-1)
    expect(await setUp(second)).toBeUndefined()
  })

  it('goes on until an owner can sign in, and takes one who was added without a password', async () => {
    const world = await start({
      env: { GATEHOUSE_INIT_ADMIN_KEY: adminKey },
      empty: true,
    })
    const ada = { email: 'ada@acme.example', name: 'Ada', role: 'owner' }
    const added = await world.admin('POST', '/api/v1/members', ada)
    expect(added.status).toBe(201)
    expect((await world.call('GET', '/api/v1/setup')).json.needed).toBe(true)
    const done = await world.call('POST', '/api/v1/setup', {
      body: {
        token: await setupToken(world),
        workspaceName: 'Acme',
        email: 'Ada@acme.example',
        name: 'Ada',
        password: good,
      },
    })
    expect([done.status, done.json.member.id]).toEqual([201, added.json.id])
    expect((await world.call('GET', '/api/v1/setup')).json.needed).toBe(false)
  })

  it('gives an owner to a workspace that was made with an admin key only', async () => {
    const world = await start({ empty: true, env: { GATEHOUSE_INIT_ADMIN_KEY: adminKey } })
    expect((await world.admin('GET', '/api/v1/members')).status).toBe(200)
    const token = keep(await setupToken(world))
    const made = await world.call('POST', '/api/v1/setup', { body: founding(token) })
    expect(made.json).toMatchObject({ workspace: { name: 'Acme' } })
    expect((await world.admin('GET', '/api/v1/workspace')).json.name).toBe('Acme')
  })

  it('reads the initial values while the workspace is empty and refuses unusable ones', async () => {
    const world = await start()
    expect((await signIn(world, owner.email, owner.password)).status).toBe(200)
    await world.app.start()
    expect(world.logged.join()).toContain('are ignored')

    const refused = startWorld({
      empty: true,
      env: {
        GATEHOUSE_INIT_OWNER_EMAIL: 'ada@acme.example',
        GATEHOUSE_INIT_OWNER_PASSWORD: 'password1234',
      },
    })
    await expect(refused).rejects.toThrow('GATEHOUSE_INIT_OWNER_PASSWORD: This password')
    const short = startWorld({ empty: true, env: { GATEHOUSE_INIT_ADMIN_KEY: 'too-short' } })
    await expect(short).rejects.toThrow('at least 32 characters')
  })
})

describe('signing in', () => {
  let world: World
  beforeAll(async () => {
    world = await start({ env: { GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1' } })
  })

  it('sets a cookie that scripts cannot read and other sites cannot send', async () => {
    const answer = await signIn(world, ` ${owner.email.toUpperCase()} `, owner.password)
    expect(answer.status).toBe(200)
    keep(cookieOf(answer))
    expect(answer.headers.get('set-cookie')).toMatch(
      /^gh_session=gh_ses_\S+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure$/,
    )
    const local = await world.call('POST', '/api/v1/session', {
      body: owner,
      headers: { origin: 'http://127.0.0.1:7080' },
    })
    expect(local.headers.get('set-cookie')).not.toContain('Secure')
  })

  it('says the same for a wrong password and for an unknown account', async () => {
    const wrong = await signIn(world, owner.email, 'not the password', '192.0.2.1')
    const unknown = await signIn(world, 'nobody@acme.example', 'not the password', '192.0.2.1')
    expect(wrong.status).toBe(401)
    expect({ ...unknown.json, requestId: '' }).toEqual({ ...wrong.json, requestId: '' })
  })

  it('takes a write with the cookie from our own pages only', async () => {
    const cookie = cookieOf(await signIn(world, owner.email, owner.password))
    const signOut = (headers: NonNullable<CallOptions['headers']>) =>
      world.call('DELETE', '/api/v1/session', { headers: { cookie, ...headers } })
    for (const headers of [
      {},
      { 'x-gatehouse-csrf': '1', 'sec-fetch-site': 'cross-site' },
      { 'x-gatehouse-csrf': '1', 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'same-origin' },
    ]) {
      const answer = await signOut(headers)
      expect([answer.status, answer.json.code]).toEqual([403, 'cross_site_request'])
    }
    // A form of another site can send text, but not JSON without asking first: nobody is signed in to a foreign account.
    const form = await world.call('POST', '/api/v1/session', {
      body: JSON.stringify(owner),
      headers: { 'content-type': 'text/plain' },
    })
    expect(form.status).toBe(415)
    const ended = await signOut({ 'x-gatehouse-csrf': '1', 'sec-fetch-site': 'same-origin' })
    expect(ended.status).toBe(204)
    expect(ended.headers.get('set-cookie')).toContain('Max-Age=0')
    expect((await world.call('GET', '/api/v1/session', { cookie })).status).toBe(401)
  })

  it('replaces the session that the browser still holds', async () => {
    const before = cookieOf(await signIn(world, owner.email, owner.password))
    const again = await world.call('POST', '/api/v1/session', { body: owner, cookie: before })
    expect((await world.call('GET', '/api/v1/session', { cookie: before })).status).toBe(401)
    const after = await world.call('GET', '/api/v1/session', { cookie: cookieOf(again) })
    expect(after.status).toBe(200)
  })

  it('ends a session after 12 hours without use and after 7 days in any case', async () => {
    const begun = world.clock.now
    const unused = cookieOf(await signIn(world, owner.email, owner.password))
    const used = cookieOf(await signIn(world, owner.email, owner.password))
    const look = (cookie: string) =>
      world.call('GET', '/api/v1/session', { cookie }).then((a) => a.status)
    for (let hours = 0; hours < 7 * 24; hours += 11) {
      world.clock.now = begun + hours * hour
      expect(await look(used)).toBe(200)
    }
    expect(await look(unused)).toBe(401)
    world.clock.now = begun + 7 * day - 1
    expect(await look(used)).toBe(200)
    world.clock.now = begun + 7 * day
    expect(await look(used)).toBe(401)
  })

  it('writes down when somebody was here, at most once a minute', async () => {
    const begun = world.clock.now
    const answer = await signIn(world, owner.email, owner.password)
    const seenAfter = async (ms: number) => {
      world.clock.now = begun + ms
      const list = await world.call('GET', '/api/v1/sessions', { cookie: cookieOf(answer) })
      return list.json.items[0].lastSeenAt - begun
    }
    expect(await seenAfter(minute - 1)).toBe(0)
    expect(await seenAfter(minute)).toBe(minute)
    expect(await seenAfter(2 * minute - 1)).toBe(minute)
    const member = await world.admin('GET', `/api/v1/members/${answer.json.member.id}`)
    expect(member.json.lastSeenAt).toBe(begun + minute)
  })

  it('refuses a session that nobody has, and a foreign token in its place', async () => {
    for (const cookie of ['gh_session=', 'gh_session=x', `gh_session=${adminKey}`])
      expect((await world.call('GET', '/api/v1/session', { cookie })).status).toBe(401)
  })
})

describe('guessing passwords', () => {
  it('stops after five from one address, and lets the owner in from another', async () => {
    const world = await start({ env: { GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1' } })
    const guess = (ip: string) => signIn(world, owner.email, 'a wrong password', ip)
    const first = await Promise.all(Array.from({ length: 8 }, () => guess('192.0.2.1')))
    expect(first.map((a) => a.status).sort()).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
    const refused = await signIn(world, owner.email, owner.password, '192.0.2.1')
    expect([refused.status, refused.json.code]).toEqual([429, 'rate_limited'])
    expect(refused.headers.get('retry-after')).toBe('900')
    expect((await signIn(world, owner.email, owner.password, '192.0.2.2')).status).toBe(200)

    // Twenty wrong ones from anywhere: now every address has one try, and the right password still opens.
    for (let i = 0; i < 15; i++) await guess(`198.51.100.${i}`)
    expect((await guess('203.0.113.1')).status).toBe(401)
    expect((await guess('203.0.113.1')).status).toBe(429)
    expect((await signIn(world, owner.email, owner.password, '203.0.113.2')).status).toBe(200)

    world.clock.advance(15 * minute)
    expect((await signIn(world, owner.email, owner.password, '192.0.2.1')).status).toBe(200)
  })

  it('does not count what was right', async () => {
    const world = await start()
    for (let i = 0; i < 12; i++)
      expect((await signIn(world, owner.email, owner.password)).status).toBe(200)
  })
})

describe('the own account', () => {
  let world: World
  beforeAll(async () => {
    world = await start({ env: { GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1' } })
  })

  it('lists its sessions, ends one and ends the others', async () => {
    const cookies: string[] = []
    for (let i = 0; i < 3; i++) {
      world.clock.advance(minute)
      cookies.push(cookieOf(await signIn(world, owner.email, owner.password)))
    }
    const [a, b, c] = cookies as [string, string, string]
    const listed = await world.call('GET', '/api/v1/sessions', { cookie: c })
    const { items } = sessions.parse(listed.json)
    expect(items.map((s) => s.current)).toEqual([true, false, false])
    const second = `/api/v1/sessions/${items[1]!.id}`
    expect((await world.call('DELETE', second, { cookie: c })).status).toBe(204)
    expect((await world.call('DELETE', second, { cookie: c })).status).toBe(404)
    expect((await world.call('GET', '/api/v1/session', { cookie: b })).status).toBe(401)
    const others = await world.call('DELETE', '/api/v1/sessions', { cookie: c })
    expect(others.json).toEqual({ ended: 1 })
    expect((await world.call('GET', '/api/v1/session', { cookie: a })).status).toBe(401)
    expect((await world.call('GET', '/api/v1/session', { cookie: c })).status).toBe(200)
  })

  it('asks for the password again before a dangerous act', async () => {
    const cookie = cookieOf(await signIn(world, owner.email, owner.password))
    const invited = await world.admin('POST', '/api/v1/members', {
      email: 'imported@acme.example',
      name: 'Imported',
      role: 'member',
    })
    expect(invited.status).toBe(201)
    const act = () =>
      world.call('POST', '/api/v1/password-reset/links', {
        cookie,
        body: { memberId: invited.json.id },
      })
    world.clock.advance(10 * minute + 1)
    expect((await act()).json.code).toBe('reauthentication_required')
    const again = (password: string) =>
      world.call('POST', '/api/v1/session/reauthenticate', { cookie, body: { password } })
    expect((await again('a wrong password')).json.code).toBe('wrong_credentials')
    expect((await again(owner.password)).status).toBe(200)
    const made = await act()
    expect(made.status).toBe(201)
    linkOf(made.json.url)
  })

  it('changes its password, which ends every other session', async () => {
    const mine = cookieOf(await signIn(world, owner.email, owner.password))
    const other = cookieOf(await signIn(world, owner.email, owner.password))
    const change = (current: string, next: string) =>
      world.call('PUT', '/api/v1/password', { cookie: mine, body: { current, next } })
    expect((await change('a wrong password', better)).json.errors[0].field).toBe('current')
    expect((await change(owner.password, 'too short')).json.errors[0].field).toBe('next')
    expect((await change(owner.password, better)).json.ended).toBeGreaterThan(0)
    expect((await world.call('GET', '/api/v1/session', { cookie: other })).status).toBe(401)
    expect((await world.call('GET', '/api/v1/session', { cookie: mine })).status).toBe(200)
    expect((await signIn(world, owner.email, owner.password)).status).toBe(401)
    expect((await signIn(world, owner.email, better)).status).toBe(200)
    const since = await world.call('GET', '/api/v1/password', { cookie: mine })
    expect(since.json).toEqual({ changedAt: world.clock.now })
  })

  it('is put back by the operator at the machine, in the audit trail too', async () => {
    const { link, email } = await world.app.ownerReset()
    expect(email).toBe(owner.email)
    const token = keep(tokenOf(link))
    const reset = () =>
      world.call('POST', '/api/v1/password-reset/complete', { body: { token, password: good } })
    const answers = await Promise.all([reset(), reset()])
    expect(answers.map((a) => a.status).sort()).toEqual([200, 410])
    expect((await signIn(world, owner.email, better)).status).toBe(401)
    expect((await signIn(world, owner.email, good)).status).toBe(200)
    const { items } = (await world.admin('GET', '/api/v1/activity?action=owner.reset')).json
    expect(items[0].actor.kind).toBe('operator')
    await expect(world.app.ownerReset({ email: 'nobody@acme.example' })).rejects.toThrow(
      'is no owner',
    )
  })
})

describe('a forgotten password', () => {
  it('cannot be replaced by mail where there is none', async () => {
    const world = await start()
    const answer = await world.call('POST', '/api/v1/password-reset', { body: owner })
    expect([answer.status, answer.json.code]).toEqual([409, 'mail_not_configured'])
  })

  it('is replaced with a mailed link, and the answer tells nobody who has an account', async () => {
    const inbox = await openInbox()
    const world = await start({ env: inbox.env })
    const cookie = cookieOf(await signIn(world, owner.email, owner.password))
    const ask = (email: string) => world.call('POST', '/api/v1/password-reset', { body: { email } })
    const unknown = await ask('nobody@acme.example')
    const known = await ask(owner.email)
    expect([unknown.status, known.status, unknown.text]).toEqual([202, 202, known.text])
    const mail = await inbox.next()
    expect(mail.to).toBe(owner.email)
    const url = /https:\S+\/reset#\S+/.exec(mail.text)?.[0] ?? ''
    const token = keep(tokenOf(url))
    const complete = (password: string) =>
      world.call('POST', '/api/v1/password-reset/complete', { body: { token, password } })
    expect((await complete('short')).status).toBe(400)
    expect((await complete(good)).status).toBe(200)
    expect((await world.call('GET', '/api/v1/session', { cookie })).status).toBe(401)
    expect((await signIn(world, owner.email, good)).status).toBe(200)
    expect((await complete(good)).json.code).toBe('link_used')

    // Three an hour for one account; more are answered alike and not sent.
    for (let i = 0; i < 2; i++) {
      await ask(owner.email)
      expect((await inbox.next()).to).toBe(owner.email)
    }
    expect((await ask(owner.email)).text).toBe(known.text)
    const other = { email: 'grace@acme.example', name: 'Grace', role: 'member' }
    await world.admin('POST', '/api/v1/members', other)
    await ask(other.email)
    const last = await inbox.next()
    expect(last.to).toBe(other.email)
    const late = keep(tokenOf(/https:\S+\/reset#\S+/.exec(last.text)?.[0] ?? ''))
    world.clock.advance(hour)
    const expired = await world.call('POST', '/api/v1/links/look', { body: { token: late } })
    expect(expired.json.code).toBe('link_expired')
    await inbox.close()
  })
})

describe('invitations', () => {
  let world: World
  let cookie: string
  beforeAll(async () => {
    world = await start()
    cookie = cookieOf(await signIn(world, owner.email, owner.password))
  })
  const invite = (email: string, more: object = {}, by = cookie) =>
    world.call('POST', '/api/v1/invitations', { cookie: by, body: { email, ...more } })
  const accept = (token: string, name = 'Grace') =>
    world.call('POST', '/api/v1/invitations/accept', { body: { token, name, password: good } })
  const tokenIn = (answer: { json: { link: { url: string } } }) =>
    keep(tokenOf(answer.json.link.url))

  it('make a member who chooses her own password, by exactly one of two at once', async () => {
    const made = await invite('grace@acme.example', { role: 'admin' })
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({ state: 'open', link: { mailed: false } })
    const token = tokenIn(made)
    const look = await world.call('POST', '/api/v1/links/look', { body: { token } })
    expect(look.json).toMatchObject({ kind: 'invitation', email: 'grace@acme.example' })
    const answers = await Promise.all([accept(token), accept(token)])
    expect(answers.map((a) => a.status).sort()).toEqual([201, 410])
    const me = answers.find((a) => a.status === 201)!
    expect(me.json).toMatchObject({ member: { name: 'Grace' }, role: { key: 'admin' } })
    expect((await signIn(world, 'grace@acme.example', good)).status).toBe(200)
    const list = await world.call('GET', '/api/v1/invitations', { cookie })
    expect(list.json).toEqual({ items: [], next: null, total: 0 })
  })

  it('never give more than the one who invites holds', async () => {
    const admin = cookieOf(await signIn(world, 'grace@acme.example', good))
    const answer = await invite('boss@acme.example', { role: 'owner' }, admin)
    expect([answer.status, answer.json.code]).toEqual([403, 'exceeds_own_rights'])
    const ownerId = (await world.call('GET', '/api/v1/session', { cookie })).json.member.id
    const takeOver = await world.call('POST', '/api/v1/password-reset/links', {
      cookie: admin,
      body: { memberId: ownerId },
    })
    expect([takeOver.status, takeOver.json.code]).toEqual([403, 'exceeds_own_rights'])
  })

  it('are replaced by a new link, withdrawn, and expire', async () => {
    const first = tokenIn(await invite('joan@acme.example'))
    const { items } = (await world.call('GET', '/api/v1/invitations?q=joan', { cookie })).json
    const again = await world.call('POST', '/api/v1/invitations/for-member', {
      cookie,
      body: { memberId: items[0].member.id },
    })
    const second = tokenIn(again)
    expect((await accept(first)).json.code).toBe('link_expired')
    world.clock.advance(7 * day)
    cookie = cookieOf(await signIn(world, owner.email, owner.password))
    expect((await accept(second)).json.code).toBe('link_expired')
    const late = await world.call('GET', '/api/v1/invitations', { cookie })
    expect(late.json.items[0].state).toBe('expired')
    world.clock.advance(-1)
    const withdraw = () => world.call('DELETE', `/api/v1/invitations/${again.json.id}`, { cookie })
    expect((await withdraw()).status).toBe(204)
    expect((await accept(second)).json.code).toBe('link_expired')
    expect((await withdraw()).status).toBe(404)
    expect((await invite('joan@acme.example')).json.code).toBe('already_exists')
  })

  it('open an account that was made without a password, and none that has one', async () => {
    const made = await world.admin('POST', '/api/v1/members', {
      email: 'mary@acme.example',
      name: 'Mary',
      role: 'member',
    })
    const again = () =>
      world.call('POST', '/api/v1/invitations/for-member', {
        cookie,
        body: { memberId: made.json.id },
      })
    expect((await signIn(world, 'mary@acme.example', good)).status).toBe(401)
    expect((await accept(tokenIn(await again()), 'Somebody')).json.member.name).toBe('Mary')
    expect((await signIn(world, 'mary@acme.example', good)).status).toBe(200)
    expect((await again()).json.code).toBe('wrong_state')
  })

  it('open nothing any more once the address was corrected: they went to somebody else', async () => {
    const made = await invite('typo@acme.example')
    const { id } = made.json.member
    const { version } = (await world.admin('GET', `/api/v1/members/${id}`)).json
    const corrected = { email: 'hedy@acme.example', version }
    expect((await world.admin('PUT', `/api/v1/members/${id}/email`, corrected)).status).toBe(200)
    expect((await accept(tokenIn(made))).json.code).toBe('link_expired')
  })

  it('are withdrawn only by who may decide about that account', async () => {
    const admin = cookieOf(await signIn(world, 'grace@acme.example', good))
    const made = await invite('boss@acme.example', { role: 'owner' })
    const path = `/api/v1/invitations/${made.json.id}`
    const refused = await world.call('DELETE', path, { cookie: admin })
    expect([refused.status, refused.json.code]).toEqual([403, 'exceeds_own_rights'])
    expect((await world.call('DELETE', path, { cookie })).status).toBe(204)
  })

  it('ask for a recent password, since a new owner is a lasting way in', async () => {
    world.clock.advance(11 * minute)
    const answer = await invite('later@acme.example', { role: 'owner' })
    expect([answer.status, answer.json.code]).toEqual([403, 'reauthentication_required'])
    cookie = cookieOf(await signIn(world, owner.email, owner.password))
  })

  it('close a session at once when the member is suspended, and say why', async () => {
    const mary = await signIn(world, 'mary@acme.example', good)
    const member = (await world.admin('GET', `/api/v1/members/${mary.json.member.id}`)).json
    const suspended = await world.admin('POST', `/api/v1/members/${member.id}/suspend`, {
      version: member.version,
    })
    expect(suspended.status).toBe(200)
    const look = await world.call('GET', '/api/v1/session', { cookie: cookieOf(mary) })
    expect(look.status).toBe(401)
    const back = await signIn(world, 'mary@acme.example', good)
    expect([back.status, back.json.code]).toEqual([403, 'forbidden'])
  })

  it('are mailed as well where mail is configured', async () => {
    const inbox = await openInbox()
    const mailing = await start({ env: inbox.env })
    const by = cookieOf(await signIn(mailing, owner.email, owner.password))
    const made = await mailing.call('POST', '/api/v1/invitations', {
      cookie: by,
      body: { email: 'grace@acme.example' },
    })
    expect(made.json.link.mailed).toBe(true)
    const shown = linkOf(made.json.link.url)
    const mail = await inbox.next()
    expect(mail.to).toBe('grace@acme.example')
    const token = keep(tokenOf(/https:\S+\/invitation#\S+/.exec(mail.text)?.[0] ?? ''))
    const list = await mailing.call('GET', '/api/v1/invitations', { cookie: by })
    expect(list.json.total).toBe(1)
    const accepted = await mailing.call('POST', '/api/v1/invitations/accept', {
      body: { token, name: 'Grace', password: good },
    })
    expect(accepted.status).toBe(201)
    // The link that was shown goes with it.
    const second = await mailing.call('POST', '/api/v1/links/look', { body: { token: shown } })
    expect(second.status).toBe(410)
    await inbox.close()
  })
})
