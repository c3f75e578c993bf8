import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minute } from '#kernel/clock.ts'
import { all, queries } from '#kernel/work.ts'
import {
  addApp,
  addPasskey,
  codeAt,
  newPerson,
  openBrowser,
  passwordSignIn,
} from '../second-factor.ts'
import { cookieOf, openInbox, signIn, tokenOf, type Inbox } from '../signin.ts'
import { owner, startWorld, type World } from '../world.ts'

let world: World
let inbox: Inbox
beforeAll(async () => {
  inbox = await openInbox()
  world = await startWorld({ env: inbox.env })
})
afterAll(async () => {
  await world.close()
  await inbox.close()
})

const own = '/api/v1/session/second-factor'
let people = 0
const somebody = (role?: string) => newPerson(world, `person${++people}@acme.example`, role)
const emailOf = (): string => `person${people}@acme.example`

describe('an authenticator app', () => {
  it('is asked for after the password, and until then the session opens nothing', async () => {
    const { browser, password } = await somebody()
    const email = emailOf()
    const before = browser.cookie
    const { secret, codes, answer } = await addApp(world, browser)
    expect(answer.status).toBe(201)
    expect(codes).toHaveLength(10)
    expect(answer.json.session.session).toMatchObject({ method: 'password', secondFactor: 'given' })
    // A new id where the session rose: the cookie of before opens nothing.
    expect(browser.cookie).not.toBe(before)
    expect((await world.call('GET', '/api/v1/session', { cookie: before })).status).toBe(401)
    expect((await browser.call('GET', '/api/v1/session')).status).toBe(200)

    world.clock.advance(minute)
    const half = await passwordSignIn(world, email, password)
    expect(half.answer.json).toMatchObject({
      permissions: [],
      session: { secondFactor: 'owed' },
    })
    for (const [method, path] of [
      ['GET', '/api/v1/session'],
      ['GET', '/api/v1/overview'],
      ['PUT', '/api/v1/password'],
      ['GET', '/api/v1/factors'],
      ['POST', '/api/v1/session/reauthenticate'],
      ['POST', '/api/v1/recovery-codes'],
    ] as const)
      expect([path, (await half.browser.call(method, path)).json.code]).toEqual([
        path,
        'second_factor_required',
      ])
    // Nor does it add a factor beside the one that it owes.
    for (const path of ['/api/v1/authenticator', '/api/v1/passkeys/challenge'])
      expect((await half.browser.post(path)).json.code).toBe('second_factor_required')
    expect((await half.browser.call('GET', own)).json).toMatchObject({
      enrol: false,
      code: true,
      passkey: false,
      recoveryCode: true,
    })
    const cookie = half.browser.cookie
    const given = await half.browser.post(own, { code: codeAt(world, secret) })
    expect(given.json.session).toMatchObject({ method: 'password', secondFactor: 'given' })
    expect(half.browser.cookie).not.toBe(cookie)
    expect((await half.browser.call('GET', '/api/v1/session')).status).toBe(200)
    expect((await world.call('GET', own, { cookie })).status).toBe(401)
    // Nothing is owed any more.
    expect((await half.browser.post(own, { code: '000000' })).json.code).toBe('wrong_state')
  })

  it('takes each code once, one step to either side, and no older one after a newer', async () => {
    const { browser, password } = await somebody()
    const email = emailOf()
    const { secret } = await addApp(world, browser)
    const give = async (code: string) => {
      const half = await passwordSignIn(world, email, password)
      return (await half.browser.post(own, { code })).status
    }
    // The first code confirmed the app; it is used up.
    expect(await give(codeAt(world, secret))).toBe(401)
    world.clock.advance(minute)
    expect(await give(codeAt(world, secret, -2))).toBe(401)
    expect(await give(codeAt(world, secret, 2))).toBe(401)
    expect(await give(codeAt(world, secret, 1))).toBe(200)
    expect(await give(codeAt(world, secret, 1))).toBe(401)
    expect(await give(codeAt(world, secret))).toBe(401)
    world.clock.advance(20 * minute)
    // Two at once: one of them is through.
    const halves = [
      await passwordSignIn(world, email, password),
      await passwordSignIn(world, email, password),
    ]
    const code = codeAt(world, secret)
    const answers = await Promise.all(halves.map((half) => half.browser.post(own, { code })))
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 401])
  })

  it('cannot be guessed: five codes by address, then a pause; she is told', async () => {
    const { browser, password } = await somebody()
    const email = emailOf()
    const { secret } = await addApp(world, browser)
    await inbox.next(/authenticator app was added/)
    const half = await passwordSignIn(world, email, password)
    const statuses: number[] = []
    for (let i = 0; i < 6; i++)
      statuses.push((await half.browser.post(own, { code: '000000' })).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
    world.clock.advance(16 * minute)
    // The half session has not waited so long.
    expect((await half.browser.post(own, { code: codeAt(world, secret) })).status).toBe(401)
    const again = await passwordSignIn(world, email, password)
    for (let i = 0; i < 5; i++) await again.browser.post(own, { code: '000000' })
    const mail = await inbox.next(/guessing your codes/)
    expect(mail.to).toBe(email)
  })

  it('is closed after a hundred wrong codes in a row, whatever their pace; other ways stay', async () => {
    const { id, browser, password } = await somebody()
    const email = emailOf()
    const { secret, codes } = await addApp(world, browser)
    const q = queries<{ totp_secrets: { member_id: string; failures: number } }>()
    await world.app.runtime.db.tx(function* () {
      yield* all(
        q
          .updateTable('totp_secrets')
          .set({ failures: 100 })
          .where('member_id', '=', id)
          .returningAll(),
      )
    })
    world.clock.advance(minute)
    const half = await passwordSignIn(world, email, password)
    expect((await half.browser.post(own, { code: codeAt(world, secret) })).json.code).toBe(
      'rate_limited',
    )
    expect((await half.browser.post(own, { recoveryCode: codes[3] })).status).toBe(200)
  })

  it('is removed with a recent confirmation only, and its secret stands nowhere', async () => {
    const { browser, password } = await somebody()
    const { secret } = await addApp(world, browser)
    const rows = await world.app.runtime.db.read(() =>
      all(
        queries<{ totp_secrets: object; recovery_codes: object }>()
          .selectFrom('totp_secrets')
          .selectAll(),
      ),
    )
    expect(JSON.stringify(rows)).not.toContain(secret)
    expect(world.logged.join('\n')).not.toContain(secret)
    world.clock.advance(30 * minute)
    expect((await browser.call('DELETE', '/api/v1/authenticator')).json.code).toBe(
      'reauthentication_required',
    )
    expect((await browser.post('/api/v1/recovery-codes')).json.code).toBe(
      'reauthentication_required',
    )
    // Each of her ways confirms that it is her; a code counts once here as well.
    expect((await browser.call('GET', '/api/v1/session/confirmations')).json).toMatchObject({
      password: true,
      passkey: false,
      code: true,
    })
    const again = '/api/v1/session/reauthenticate'
    expect((await browser.post(again, { code: '123456' })).status).toBe(401)
    const code = codeAt(world, secret)
    expect((await browser.post(again, { password, code })).status).toBe(400)
    expect((await browser.post(again, { code })).status).toBe(200)
    expect((await browser.post(again, { code })).status).toBe(401)
    expect((await browser.call('DELETE', '/api/v1/authenticator')).status).toBe(204)
    expect((await browser.call('GET', '/api/v1/factors')).json).toMatchObject({
      authenticator: null,
      recoveryCodes: null,
    })
  })
})

describe('recovery codes', () => {
  it('work once each, however they are typed, and are counted', async () => {
    const { browser, password } = await somebody()
    const email = emailOf()
    const { codes } = await addApp(world, browser)
    const [first = '', second = ''] = codes
    const give = async (recoveryCode: string) => {
      const half = await passwordSignIn(world, email, password)
      return half.browser.post(own, { recoveryCode })
    }
    expect((await give(first.toUpperCase().replaceAll('-', ' '))).status).toBe(200)
    const mail = await inbox.next(new RegExp(`To: ${email}[^]*recovery code was used`))
    expect(mail.text).toContain('9 recovery codes are left')
    expect((await give(first)).status).toBe(401)
    expect((await give('not a code')).status).toBe(401)
    expect((await browser.call('GET', '/api/v1/factors')).json.recoveryCodes.left).toBe(9)
    // New ones end all others.
    const made = await browser.post('/api/v1/recovery-codes')
    expect(made.json.codes).toHaveLength(10)
    expect((await give(second)).status).toBe(401)
    expect((await give(made.json.codes[0] as string)).status).toBe(200)
  })

  it('of somebody else open nothing', async () => {
    const one = await somebody()
    const { codes } = await addApp(world, one.browser)
    const two = await somebody()
    const email = emailOf()
    await addApp(world, two.browser)
    const half = await passwordSignIn(world, email, two.password)
    expect((await half.browser.post(own, { recoveryCode: codes[0] })).status).toBe(401)
  })
})

describe('a workspace that asks for a second factor', () => {
  it('says before how many have none, has each add one at the next sign-in, and nothing else first', async () => {
    const mine = await startWorld()
    try {
      const rule = '/api/v1/second-factor-rule'
      const { browser: boss } = await passwordSignIn(mine, owner.email, owner.password)
      const ada = await newPerson(mine, 'ada@acme.example')
      const eve = await newPerson(mine, 'eve@acme.example')
      expect((await ada.browser.call('GET', rule)).json.code).toBe('forbidden')
      expect((await boss.call('GET', rule)).json).toMatchObject({
        required: false,
        members: { active: 3, without: 3 },
      })
      // What she asks of others works for herself.
      const on = { required: true, atOnce: false }
      expect((await boss.call('PUT', rule, on)).json.code).toBe('wrong_state')
      const { secret } = await addApp(mine, boss)
      expect((await boss.call('PUT', rule, on)).json).toMatchObject({
        required: true,
        members: { active: 3, without: 2 },
        sessions: { without: 2 },
        halved: 0,
      })
      // An open session goes on; the next one begins with adding a factor.
      expect((await ada.browser.call('GET', '/api/v1/session')).status).toBe(200)
      const half = await passwordSignIn(mine, 'ada@acme.example', ada.password)
      expect(half.answer.json.session.secondFactor).toBe('owed')
      expect((await half.browser.call('GET', own)).json).toMatchObject({ enrol: true })
      expect((await half.browser.post(own, { code: '123456' })).status).toBe(401)
      const added = await addPasskey(half.browser)
      expect(added.answer.status).toBe(201)
      expect(added.answer.json.codes).toHaveLength(10)
      expect((await half.browser.call('GET', '/api/v1/session')).json.session.secondFactor).toBe(
        'given',
      )
      // The last one stays as long as it is asked for.
      const { id } = (await half.browser.call('GET', '/api/v1/factors')).json.passkeys[0] as {
        id: string
      }
      expect((await half.browser.call('DELETE', `/api/v1/passkeys/${id}`)).json.code).toBe(
        'wrong_state',
      )
      // At once: open sessions without one wait for it too.
      expect((await boss.call('PUT', rule, { required: true, atOnce: true })).json.halved).toBe(2)
      expect((await eve.browser.call('GET', '/api/v1/session')).json.code).toBe(
        'second_factor_required',
      )
      expect((await boss.call('GET', '/api/v1/session')).status).toBe(200)
      // Who has one gives it also when nobody has to.
      expect((await boss.call('PUT', rule, { required: false })).json.required).toBe(false)
      mine.clock.advance(minute)
      const again = await passwordSignIn(mine, owner.email, owner.password)
      expect(again.answer.json.session.secondFactor).toBe('owed')
      expect((await again.browser.post(own, { code: codeAt(mine, secret) })).status).toBe(200)
      expect(
        (await passwordSignIn(mine, 'eve@acme.example', eve.password)).answer.json.session,
      ).toMatchObject({ secondFactor: 'none' })
    } finally {
      await mine.close()
    }
  })

  it('asks also after a new password from a mailed link: the mailbox is one factor', async () => {
    const { id, browser } = await somebody()
    await addApp(world, browser)
    const boss = (await passwordSignIn(world, owner.email, owner.password)).browser
    const link = await boss.post('/api/v1/password-reset/links', { memberId: id })
    const done = await world.call('POST', '/api/v1/password-reset/complete', {
      body: { token: tokenOf(link.json.url as string), password: 'another good password' },
    })
    expect(done.json.session.secondFactor).toBe('owed')
    const half = openBrowser(world, cookieOf(done))
    expect((await half.call('GET', '/api/v1/session')).json.code).toBe('second_factor_required')
    // She may sign out.
    expect((await half.call('DELETE', '/api/v1/session')).status).toBe(204)
    expect((await half.call('GET', own)).json.code).toBe('unauthenticated')
  })
})

describe('what an admin does about the sign-in of others', () => {
  it('takes lost factors away, never of somebody stronger; the member is told', async () => {
    const { id, browser, password } = await somebody()
    const email = emailOf()
    await addApp(world, browser)
    await addPasskey(browser)
    const boss = (await passwordSignIn(world, owner.email, owner.password)).browser
    const session = (await boss.call('GET', '/api/v1/session')).json.member as { id: string }
    const helper = (await somebody('admin')).browser
    expect((await helper.call('DELETE', `/api/v1/members/${session.id}/factors`)).json.code).toBe(
      'exceeds_own_rights',
    )
    expect((await helper.call('DELETE', `/api/v1/members/${session.id}/sessions`)).json.code).toBe(
      'exceeds_own_rights',
    )
    expect((await helper.call('GET', `/api/v1/members/${id}/factors`)).json).toEqual({
      passkeys: 1,
      authenticator: true,
      recoveryCodesLeft: 10,
    })
    const reset = await helper.call('DELETE', `/api/v1/members/${id}/factors`)
    expect(reset.json).toEqual({ removed: 2, endedSessions: 1 })
    expect((await inbox.next(/second factors were removed/)).to).toBe(email)
    expect((await browser.call('GET', '/api/v1/session')).status).toBe(401)
    expect((await passwordSignIn(world, email, password)).answer.json.session.secondFactor).toBe(
      'none',
    )
  })

  it('sees and ends sessions, with how each was begun', async () => {
    const { id, browser } = await somebody()
    const helper = (await somebody('admin')).browser
    const path = `/api/v1/members/${id}/sessions`
    const [listed] = (await helper.call('GET', path)).json.items as { id: string }[]
    expect(listed).toMatchObject({
      method: 'password',
      secondFactor: 'none',
      place: 'The server itself',
    })
    expect((await helper.call('DELETE', `${path}/${listed?.id ?? ''}`)).status).toBe(204)
    expect((await browser.call('GET', '/api/v1/session')).status).toBe(401)
    expect((await browser.call('GET', path)).status).toBe(401)
  })
})

describe('signing out everywhere', () => {
  it('ends every session, this one as well', async () => {
    const { browser, password } = await somebody()
    const other = await passwordSignIn(world, emailOf(), password)
    const done = await browser.post('/api/v1/sessions/end-everywhere', { clients: true })
    expect(done.json).toEqual({ ended: 2, endedClients: 0 })
    expect((await browser.call('GET', '/api/v1/session')).status).toBe(401)
    expect((await other.browser.call('GET', '/api/v1/session')).status).toBe(401)
  })
})

describe('an owner who lost everything', () => {
  it('gets in from the machine itself; her factors go only when that is wanted', async () => {
    const mine = await startWorld()
    try {
      const { browser } = await passwordSignIn(mine, owner.email, owner.password)
      await addApp(mine, browser)
      expect((await mine.app.ownerReset()).factors).toEqual({ kept: true, removed: 0 })
      const { link, factors } = await mine.app.ownerReset({ factors: true })
      expect(factors).toEqual({ kept: false, removed: 1 })
      const done = await mine.call('POST', '/api/v1/password-reset/complete', {
        body: { token: tokenOf(link), password: 'another good password' },
      })
      expect(done.json.session.secondFactor).toBe('none')
    } finally {
      await mine.close()
    }
  })
})

describe('the routes before signing in', () => {
  it('say the same whether an account exists, has factors, or does not', async () => {
    await addApp(world, (await somebody()).browser)
    const known = emailOf()
    const options = await world.call('GET', '/api/v1/sign-in-options')
    expect(options.json).toEqual({ password: true, passkey: true, providers: [], enforced: false })
    const wrong = async (email: string) => {
      const { json, status } = await signIn(world, email, 'a wrong password it is', '192.0.2.77')
      return { ...json, status, requestId: '' } as unknown
    }
    expect(await wrong(known)).toEqual(await wrong('nobody@acme.example'))
  })

  it('want the header that no other site can send, on a half session too', async () => {
    const { browser, password } = await somebody()
    const { secret } = await addApp(world, browser)
    world.clock.advance(minute)
    const half = await passwordSignIn(world, emailOf(), password)
    for (const headers of [
      { 'x-gatehouse-csrf': '' },
      { 'sec-fetch-site': 'cross-site', 'x-gatehouse-csrf': '1' },
    ]) {
      const answer = await world.call('POST', own, {
        cookie: half.browser.cookie,
        body: { code: codeAt(world, secret) },
        headers,
      })
      expect(answer.json.code).toBe('cross_site_request')
    }
  })

  it('forget a half session after a quarter of an hour, whatever is done with it', async () => {
    const { browser, password } = await somebody()
    const { secret } = await addApp(world, browser)
    const half = await passwordSignIn(world, emailOf(), password)
    world.clock.advance(15 * minute)
    expect((await half.browser.post(own, { code: codeAt(world, secret) })).json.code).toBe(
      'unauthenticated',
    )
  })
})
