import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minute } from '#kernel/clock.ts'
import { queries, run } from '#kernel/work.ts'
import { newAuthenticator, type Authenticator, type Knobs } from '../authenticator.ts'
import {
  addPasskey,
  newPerson,
  openBrowser,
  passwordSignIn,
  type Browser,
} from '../second-factor.ts'
import { openInbox, type Inbox } from '../signin.ts'
import { owner, startWorld, type Answer, type World } from '../world.ts'

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

let people = 0
const emailOf = (): string => `passkey${people}@acme.example`
async function somebody() {
  people++
  const person = await newPerson(world, emailOf())
  const { passkey } = await addPasskey(person.browser)
  return { ...person, email: emailOf(), passkey }
}

/** What navigator.credentials.get() would be asked in this browser. */
async function challenge(browser: Browser, path = '/api/v1/session/passkey/challenge') {
  const asked = await browser.post(path)
  expect(asked.status).toBe(200)
  return asked.json.options as { challenge: string; allowCredentials?: { id: string }[] }
}

async function signInWith(
  passkey: Authenticator,
  knobs: Knobs = {},
  browser = openBrowser(world),
): Promise<{ readonly status: number; readonly json: Answer['json']; readonly browser: Browser }> {
  const options = await challenge(browser)
  const answer = await browser.post('/api/v1/session/passkey', {
    passkey: passkey.get(options, knobs),
  })
  return { status: answer.status, json: answer.json, browser }
}

describe('a passkey', () => {
  it('signs in alone, without an e-mail address, and counts as both factors', async () => {
    const { passkey, email, id } = await somebody()
    const options = await challenge(openBrowser(world))
    // Nothing that would tell who has an account here.
    expect(options.allowCredentials).toBeUndefined()
    expect(options).toMatchObject({ rpId: 'gatehouse.acme.example', userVerification: 'required' })
    const { status, json, browser } = await signInWith(passkey)
    expect([status, json.member.email]).toEqual([200, email])
    expect(json.session).toMatchObject({ method: 'passkey', secondFactor: 'given' })
    expect((await browser.call('GET', '/api/v1/session')).json.member.id).toBe(id)
    const [record] = (await world.admin('GET', '/api/v1/activity?action=session.start&limit=1'))
      .json.items as unknown[]
    expect(record).toMatchObject({ after: { method: 'passkey' } })
  })

  it('is asked for after a password, and of the same person only', async () => {
    const { passkey, email, password } = await somebody()
    const other = await somebody()
    const proof = '/api/v1/session/passkey/proof'
    const give = '/api/v1/session/second-factor'
    const half = (await passwordSignIn(world, email, password)).browser
    expect((await half.call('GET', give)).json).toMatchObject({ passkey: true, code: false })
    const options = await challenge(half, proof)
    expect(options.allowCredentials).toMatchObject([{ id: passkey.credentialId }])
    expect((await half.post(give, { passkey: other.passkey.get(options) })).status).toBe(401)
    // The answer took the challenge with it.
    expect((await half.post(give, { passkey: passkey.get(options) })).status).toBe(401)
    const next = await challenge(half, proof)
    // A challenge to sign in, or for another session, is none for this.
    const foreign = await challenge(half)
    expect((await half.post(give, { passkey: passkey.get(foreign) })).status).toBe(401)
    expect((await half.post(give, { passkey: passkey.get(next) })).status).toBe(200)
    expect((await half.call('GET', '/api/v1/session')).json.session).toMatchObject({
      method: 'password',
      secondFactor: 'given',
    })
  })

  it('confirms that it is still her', async () => {
    const { passkey, browser, id } = await somebody()
    world.clock.advance(30 * minute)
    const first = (await browser.call('GET', '/api/v1/factors')).json.passkeys[0].id as string
    const remove = () => browser.call('DELETE', `/api/v1/passkeys/${first}`)
    expect((await remove()).json.code).toBe('reauthentication_required')
    const options = await challenge(browser, '/api/v1/session/passkey/proof')
    const again = await browser.post('/api/v1/session/reauthenticate', {
      passkey: passkey.get(options),
    })
    expect(again.status).toBe(200)
    expect((await browser.call('PATCH', `/api/v1/passkeys/${first}`, { name: 'Old laptop' })).status).toBe(204) // prettier-ignore
    expect((await remove()).status).toBe(204)
    expect((await signInWith(passkey)).status).toBe(401)
    const { items } = (await world.admin('GET', `/api/v1/activity?target=${id}&limit=50`)).json as {
      items: { action: string }[]
    }
    expect(items.map((item) => item.action)).toEqual(
      expect.arrayContaining(['passkey.add', 'passkey.rename', 'passkey.remove']),
    )
  })

  it('of a suspended member, or one who is gone, opens nothing', async () => {
    const { passkey, id } = await somebody()
    const at = `/api/v1/members/${id}`
    const version = async () => (await world.admin('GET', at)).json.version as number
    await world.admin('POST', `${at}/suspend`, { version: await version() })
    const { status, json } = await signInWith(passkey)
    expect([status, json.code]).toEqual([403, 'forbidden'])
    await world.admin('POST', `${at}/archive`, { version: await version() })
    const gone = await world.admin('DELETE', `${at}?version=${await version()}`)
    expect(gone.status).toBeLessThan(300)
    expect((await signInWith(passkey)).status).toBe(401)
  })
})

describe('an answer that is not what was asked for', () => {
  it.each<[string, Knobs]>([
    ['made for another page', { origin: 'https://gatehouse.acme.example.evil.example' }],
    ['made for another port', { origin: 'https://gatehouse.acme.example:8443' }],
    ['made for a page without TLS', { origin: 'http://gatehouse.acme.example' }],
    ['for another host', { host: 'acme.example' }],
    ['with a challenge of its own', { challenge: 'bm90LW91cnM' }],
    ['of another kind', { type: 'webauthn.create' }],
    ['without a look at who holds it', { verified: false }],
    ['with a wrong signature', { signature: Buffer.alloc(70, 7).toString('base64url') }],
    ['in the name of somebody else', { userHandle: Buffer.from('mem_0').toString('base64url') }],
    ['in nobody’s name', { userHandle: null }],
  ])('%s is refused, in the same words', async (_, knobs) => {
    const { passkey } = await somebody()
    const refused = await signInWith(passkey, knobs)
    const unknown = await signInWith(newAuthenticator())
    expect(refused.status).toBe(401)
    const { requestId: _a, ...said } = refused.json as Record<string, unknown>
    const { requestId: _b, ...saidToNobody } = unknown.json as Record<string, unknown>
    expect(said).toEqual(saidToNobody)
    expect((await signInWith(passkey)).status).toBe(200)
  })

  it('is refused a second time, in another browser, and after five minutes', async () => {
    const { passkey } = await somebody()
    const browser = openBrowser(world)
    const options = await challenge(browser)
    const answer = passkey.get(options)
    expect((await openBrowser(world).post('/api/v1/session/passkey', { passkey: answer })).status).toBe(401) // prettier-ignore
    const mine = openBrowser(world)
    const again = passkey.get(await challenge(mine))
    const mark = mine.cookie
    expect((await mine.post('/api/v1/session/passkey', { passkey: again })).status).toBe(200)
    const thief = openBrowser(world, mark)
    expect((await thief.post('/api/v1/session/passkey', { passkey: again })).status).toBe(401)
    const late = openBrowser(world)
    const slow = passkey.get(await challenge(late))
    world.clock.advance(5 * minute)
    expect((await late.post('/api/v1/session/passkey', { passkey: slow })).status).toBe(401)
    // Two sign-in pages of one browser do not spoil each other.
    const tabs = openBrowser(world)
    const one = await challenge(tabs)
    await challenge(tabs)
    expect((await tabs.post('/api/v1/session/passkey', { passkey: passkey.get(one) })).status).toBe(200) // prettier-ignore
  })

  it('adds no passkey', async () => {
    const { browser } = await newPerson(world, 'nopasskey@acme.example')
    const add = async (knobs: Knobs, from = browser) => {
      const asked = await from.post('/api/v1/passkeys/challenge')
      return (
        await browser.post('/api/v1/passkeys', {
          passkey: newAuthenticator().create(asked.json.options as never, knobs),
        })
      ).status
    }
    for (const knobs of [
      { origin: 'https://evil.example' },
      { host: 'evil.example' },
      { verified: false },
      { type: 'webauthn.get' },
      { challenge: 'bm90LW91cnM' },
      // Certificates name addresses that a check would call.
      { attestation: { fmt: 'packed', attStmt: new Map([['x5c', [new Uint8Array(8)]]]) } },
      { attestation: { fmt: 'tpm', attStmt: new Map() } },
    ] as unknown as Knobs[])
      expect([knobs, await add(knobs)]).toEqual([knobs, 400])
    const other = await somebody()
    expect(await add({}, other.browser)).toBe(400)
    expect(await add({})).toBe(201)
    // Whoever only holds an open session cannot add one.
    world.clock.advance(30 * minute)
    expect((await browser.post('/api/v1/passkeys/challenge')).json.code).toBe(
      'reauthentication_required',
    )
  })

  it('of a copy closes the passkey for both who hold it, is recorded and told', async () => {
    const { passkey, email, password, browser, id } = await somebody()
    passkey.counter = 7
    expect((await signInWith(passkey)).status).toBe(200)
    passkey.counter = 5
    const copy = await signInWith(passkey)
    expect([copy.status, copy.json.detail]).toEqual([
      401,
      'This passkey opens nothing: a copy of it was used.',
    ])
    passkey.counter = 20
    expect((await signInWith(passkey)).status).toBe(401)
    const records = (await world.admin('GET', '/api/v1/activity?action=passkey.clone')).json
      .items as { target: { id: string } }[]
    expect(records.filter((record) => record.target.id === id)).toHaveLength(1)
    expect((await inbox.next(new RegExp(`To: ${email}[^]*copy of your passkey`))).to).toBe(email)
    // The account is no easier to open than before: the password alone does not do.
    expect((await passwordSignIn(world, email, password)).answer.json.session.secondFactor).toBe(
      'owed',
    )
    const [listed] = (await browser.call('GET', '/api/v1/factors')).json.passkeys as unknown[]
    expect(listed).toMatchObject({ clonedAt: world.clock.now })
  })
})

describe('where passkeys cannot work', () => {
  it('they are not offered, and say why', async () => {
    const bare = await startWorld({ env: { GATEHOUSE_PUBLIC_URL: 'https://192.0.2.7' } })
    try {
      expect((await bare.call('GET', '/api/v1/sign-in-options')).json.passkey).toBe(false)
      const asked = await bare.call('POST', '/api/v1/session/passkey/challenge')
      expect([asked.status, asked.json.code]).toEqual([409, 'wrong_state'])
    } finally {
      await bare.close()
    }
  })
})

describe('an owner without a password', () => {
  it('counts as one who can sign in, with her passkey', async () => {
    const email = 'second-owner@acme.example'
    const { browser, id } = await newPerson(world, email, 'owner')
    const { items } = (await world.admin('GET', '/api/v1/members?role=owner')).json as {
      items: { id: string; email: string; version: number }[]
    }
    const first = items.find((member) => member.email === owner.email)
    const q = queries<{ credentials: { member_id: string } }>()
    await world.app.runtime.db.tx(() =>
      run(q.deleteFrom('credentials').where('member_id', '=', id)),
    )
    const demote = () =>
      world.admin('PUT', `/api/v1/members/${first?.id ?? ''}/role`, {
        role: 'admin',
        version: first?.version,
      })
    expect((await demote()).json.code).toBe('last_owner')
    await addPasskey(browser)
    expect((await demote()).status).toBe(200)
  })
})
