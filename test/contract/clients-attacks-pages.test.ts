import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { beginningsByAddress } from '#features/clients/limits.ts'
import { letters } from '#features/clients/device/user-code.ts'
import { minute } from '#kernel/clock.ts'
import { issueToken } from '#kernel/tokens.ts'
import {
  askForCode,
  askUserCode,
  behindProxy,
  decide,
  exchange,
  findDevice,
  newMember,
  poll,
  type AskedDevice,
  type Person,
} from '../clients.ts'
import {
  acts,
  agree,
  authorizePath,
  configServer,
  exchangeCode,
  issuer,
  pkce,
  refreshByForm,
  requestIn,
  setSurface,
  workspaceApp,
} from '../oauth.ts'
import { startWorld, type Answer, type World } from '../world.ts'

let world: World
let ada: Person
let mallory: Person
beforeAll(async () => {
  world = await startWorld({ env: behindProxy })
  ada = await newMember(world, 'ada@acme.example')
  mallory = await newMember(world, 'mallory@acme.example')
})
afterAll(() => world.close())

let people = 0
/** Wrong codes count for who types them, so each test has somebody of its own. */
const somebody = (): Promise<Person> => newMember(world, `somebody${++people}@acme.example`)
const begin = async (program: typeof configServer | typeof workspaceApp = configServer) => {
  const pair = pkce()
  return { pair, id: requestIn(await world.call('GET', authorizePath(program, pair))) }
}
const authorization = (id: string, act: 'approve' | 'deny', who: Person): Promise<Answer> =>
  world.call('POST', `/api/v1/authorizations/${id}/${act}`, {
    cookie: who.cookie,
    body: { member: who.id },
  })
const device = (
  id: string,
  act: 'approve' | 'deny',
  who: Person,
  userCode: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  world.call('POST', `/api/v1/device-requests/${id}/${act}`, {
    cookie: who.cookie,
    body: { userCode, member: who.id },
    headers,
  })
const idOf = async (asked: AskedDevice, who = ada): Promise<string> =>
  (await findDevice(world, who.cookie, asked.userCode)).json.id as string
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort()
const backIn = (answer: Answer) => new URL(answer.json.redirectTo as string).searchParams
async function proveAgain(who: Person, password = 'eleven black storks glide'): Promise<void> {
  const again = await world.call('POST', '/api/v1/session/reauthenticate', {
    cookie: who.cookie,
    body: { password },
  })
  expect(again.status).toBe(200)
}

describe('cross-site request forgery (RFC 6749, section 10.12; RFC 9700, section 4.7)', () => {
  const foreign: readonly Readonly<Record<string, string>>[] = [
    { 'x-gatehouse-csrf': '' },
    { 'x-gatehouse-csrf': '0' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'something new' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
  ]

  it('no page of another site agrees, declines, or looks a code up', async () => {
    const { id, pair } = await begin()
    const asked = await askForCode(world)
    const deviceId = await idOf(asked)
    for (const headers of foreign) {
      for (const path of [
        `/api/v1/authorizations/${id}/approve`,
        `/api/v1/authorizations/${id}/deny`,
        '/api/v1/device-requests/find',
        `/api/v1/device-requests/${deviceId}/approve`,
        `/api/v1/device-requests/${deviceId}/deny`,
        '/api/v1/clients/end',
      ]) {
        const answer = await world.call('POST', path, {
          cookie: ada.cookie,
          body: { userCode: asked.userCode, member: ada.id },
          headers,
        })
        expect([path, answer.status, answer.json.code]).toEqual([path, 403, 'cross_site_request'])
      }
      // A form of HTML can send no JSON and no header of ours.
      const posted = await world.call('POST', `/api/v1/device-requests/${deviceId}/approve`, {
        headers: { cookie: ada.cookie, 'content-type': 'text/plain' },
        body: JSON.stringify({ userCode: asked.userCode }),
      })
      expect(posted.status).toBe(403)
    }
    expect((await poll(world, asked)).status).toBe(403)
    const back = backIn(await authorization(id, 'approve', ada))
    expect((await exchangeCode(world, configServer, pair, back.get('code') ?? '')).status).toBe(200)
  })

  it('GET changes nothing', async () => {
    const { id } = await begin()
    for (const act of ['approve', 'deny'])
      expect(
        (await world.call('GET', `/api/v1/authorizations/${id}/${act}`, { cookie: ada.cookie }))
          .status,
      ).toBe(404)
    expect((await authorization(id, 'deny', ada)).status).toBe(200)
  })

  it('no other origin is let in by a preflight', async () => {
    for (const path of ['/oauth/token', '/oauth/revoke', '/api/v1/device-requests/find']) {
      const answer = await world.call('OPTIONS', path, {
        headers: {
          origin: 'https://evil.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'x-gatehouse-csrf',
        },
      })
      for (const [name] of answer.headers) expect(name).not.toMatch(/^access-control-/)
    }
  })
})

describe('who decides', () => {
  it('is a person with a session, not a key, not a client, not nobody', async () => {
    const { id } = await begin()
    const asked = await askForCode(world)
    const deviceId = await idOf(asked)
    for (const path of [
      `/api/v1/authorizations/${id}/approve`,
      `/api/v1/device-requests/${deviceId}/approve`,
    ]) {
      expect((await world.admin('POST', path, { userCode: asked.userCode })).status).toBe(401)
      expect((await world.call('POST', path, { body: { userCode: asked.userCode } })).status).toBe(
        401,
      )
    }
    expect((await world.call('GET', `/api/v1/authorizations/${id}`)).status).toBe(401)
  })

  it('after switching accounts, the code is of who agreed, and the first cannot agree again', async () => {
    const { id, pair } = await begin()
    await world.call('GET', `/api/v1/authorizations/${id}`, { cookie: ada.cookie })
    const answer = await authorization(id, 'approve', mallory)
    const late = await authorization(id, 'approve', ada)
    expect([late.status, late.json.code]).toEqual([410, 'link_used'])
    expect(late.text).not.toContain('gh_')
    const tokens = await exchangeCode(world, configServer, pair, backIn(answer).get('code') ?? '')
    expect(tokens.status).toBe(200)
    const [signed] = (
      await world.call('GET', '/api/v1/me/clients?limit=1', { cookie: mallory.cookie })
    ).json.items as { member: { id: string } }[]
    expect(signed?.member.id).toBe(mallory.id)
    expect((await acts(world, 'authorization.approve')).at(-1)).toMatchObject({
      actor: { id: mallory.id },
      target: { id },
    })
  })

  it('is the person whom the page showed: when another one is signed in by now, nothing happens', async () => {
    const { id, pair } = await begin()
    const asked = await askForCode(world)
    const deviceId = await idOf(asked)
    for (const act of ['approve', 'deny']) {
      const answers = [
        await world.call('POST', `/api/v1/authorizations/${id}/${act}`, {
          cookie: mallory.cookie,
          body: { member: ada.id },
        }),
        await world.call('POST', `/api/v1/device-requests/${deviceId}/${act}`, {
          cookie: mallory.cookie,
          body: { userCode: asked.userCode, member: ada.id },
        }),
      ]
      for (const { status, json } of answers) {
        expect([status, json.code]).toEqual([409, 'edited_meanwhile'])
        expect(json.remedy).toContain('Load the page again')
      }
      // Who does not say whom she saw decides nothing either.
      const unsaid = await world.call('POST', `/api/v1/authorizations/${id}/${act}`, {
        cookie: ada.cookie,
        body: {},
      })
      expect(unsaid.status).toBe(400)
    }
    const all = [...(await acts(world, 'authorization.')), ...(await acts(world, 'device.'))]
    expect(all.filter(({ target }) => [id, deviceId].includes(target.id))).toEqual([])
    expect((await poll(world, asked)).status).toBe(403)
    const shown = await world.call('GET', `/api/v1/authorizations/${id}`, { cookie: ada.cookie })
    expect(shown.json.member).toEqual({ id: ada.id, name: 'ada', email: ada.email })
    const back = backIn(await authorization(id, 'approve', ada))
    expect((await exchangeCode(world, configServer, pair, back.get('code') ?? '')).status).toBe(200)
    expect((await device(deviceId, 'approve', ada, asked.userCode)).status).toBe(204)
  })

  it('nobody decides what does not exist, has another form, or is over', async () => {
    const { id } = await begin()
    for (const wrong of [`${id}0`, id.toUpperCase(), 'aut_0', '%2e%2e', `${id}%00`, "' or 1=1 --"])
      expect([400, 404]).toContain((await authorization(wrong, 'approve', ada)).status)
    world.clock.advance(10 * minute)
    await proveAgain(ada)
    await proveAgain(mallory)
    const late = await authorization(id, 'approve', ada)
    expect([late.status, late.json.code]).toEqual([410, 'link_expired'])
  })
})

describe('two decisions at once', () => {
  it('about a program: one of ten is taken, one record is written, one code at most', async () => {
    for (const kind of ['mixed', 'approvals'] as const) {
      const { id } = await begin()
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          authorization(
            id,
            kind === 'mixed' && i % 2 === 0 ? 'deny' : 'approve',
            i % 3 === 0 ? mallory : ada,
          ),
        ),
      )
      expect(statuses(answers)).toEqual([200, ...Array<number>(9).fill(410)])
      const records = [
        ...(await acts(world, 'authorization.approve')),
        ...(await acts(world, 'authorization.deny')),
      ].filter(({ target }) => target.id === id)
      expect(records).toHaveLength(1)
    }
  })

  it('about a device: what was decided is what the client gets, whoever else came', async () => {
    for (let i = 0; i < 4; i++) {
      const asked = await askForCode(world)
      const people = [await somebody(), await somebody()] as const
      const id = await idOf(asked)
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          device(id, n % 2 === 0 ? 'deny' : 'approve', people[n % 3 === 0 ? 0 : 1], asked.userCode),
        ),
      )
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
      for (const { status } of answers) expect([204, 404, 409]).toContain(status)
      const records = [
        ...(await acts(world, 'device.approve')),
        ...(await acts(world, 'device.deny')),
      ].filter(({ target }) => target.id === id)
      expect(records).toHaveLength(1)
      const exchanged = await exchange(world, await poll(world, asked))
      expect(exchanged.status).toBe(records[0]?.action === 'device.approve' ? 200 : 403)
    }
  })
})

describe('device codes (RFC 8628, sections 5.1 to 5.5)', () => {
  it('are decided with id and code that belong together, and with no other', async () => {
    const [one, other] = [await askForCode(world), await askForCode(world)]
    const [oneId, otherId] = [await idOf(one), await idOf(other)]
    for (const act of ['approve', 'deny'] as const) {
      const mallory = await somebody()
      expect((await device(oneId, act, mallory, other.userCode)).status).toBe(404)
      expect((await device(otherId, act, mallory, one.userCode)).status).toBe(404)
      expect((await device(oneId, act, mallory, 'BBBB-BBBB')).status).toBe(404)
      expect((await device(oneId, act, mallory, '')).status).toBe(400)
      expect((await device('dvc_0', act, mallory, one.userCode)).status).toBe(404)
    }
    for (const asked of [one, other]) expect((await poll(world, asked)).status).toBe(403)
    expect((await device(oneId, 'approve', ada, one.userCode)).status).toBe(204)
    expect((await poll(world, other)).status).toBe(403)
    // The secret half of one with the code of the other.
    const crossed = { deviceAuthId: other.deviceAuthId, userCode: one.userCode }
    expect((await poll(world, crossed)).status).toBe(403)
    expect(
      (await poll(world, { deviceAuthId: one.deviceAuthId, userCode: other.userCode })).status,
    ).toBe(403)
  })

  it('the secret half cannot be guessed from what the page and the trail show (section 5.2)', async () => {
    const asked = await askForCode(world)
    const id = await idOf(asked)
    expect((await device(id, 'approve', ada, asked.userCode)).status).toBe(204)
    const before = (await acts(world, 'client.sign-in')).length
    for (let i = 0; i < 50; i++) {
      const guessed = { ...asked, deviceAuthId: issueToken('dev', id).token }
      const answer = await poll(world, guessed)
      expect([answer.status, answer.json.error.code]).toEqual([403, 'authorization_pending'])
    }
    expect((await acts(world, 'client.sign-in')).length).toBe(before)
    expect((await poll(world, asked)).status).toBe(200)
  })

  it('guessing by many members from many addresses stays hopeless, and stops each of them', async () => {
    const people = await Promise.all(
      Array.from({ length: 5 }, (_, i) => newMember(world, `guesser${i}@acme.example`)),
    )
    const counted = new Map<number, number>()
    for (const [i, { cookie }] of people.entries())
      await Promise.all(
        Array.from({ length: 40 }, async (_, n) => {
          const code = `DDDD-${letters.charAt(i)}D${letters.charAt(n % 20)}${letters.charAt(n % 7)}`
          // A new address for each guess does not help.
          const { status } = await findDevice(world, cookie, code, `10.9.${i}.${n}`)
          counted.set(status, (counted.get(status) ?? 0) + 1)
        }),
      )
    expect(Object.fromEntries(counted)).toEqual({ 404: 50, 429: 150 })
  })

  it('own codes in between, or a second tab, give no further guesses', async () => {
    const trudy = await newMember(world, 'trudy@acme.example')
    const mine = await askForCode(world)
    const answers: number[] = []
    for (let n = 0; n < 20; n++) {
      await findDevice(world, trudy.cookie, mine.userCode)
      const wrong = `FFFF-FF${letters.charAt(n)}F`
      answers.push((await findDevice(world, trudy.cookie, wrong)).status)
    }
    expect(answers).toEqual([...Array<number>(10).fill(404), ...Array<number>(10).fill(429)])
    // Guessing by approving is the same.
    const approved = await device(`dvc_${'0'.repeat(32)}`, 'approve', trudy, 'GGGG-GGGG')
    expect(approved.status).toBe(429)
  })

  it('a decided or expired code says no more than one that never was', async () => {
    const mallory = await somebody()
    const [decided, expired] = [await askForCode(world), await askForCode(world)]
    await decide(world, ada.cookie, decided.userCode)
    const never = await findDevice(world, mallory.cookie, 'HHHH-HHHH')
    const other = await findDevice(world, mallory.cookie, decided.userCode)
    world.clock.advance(15 * minute)
    await proveAgain(mallory)
    await proveAgain(ada)
    const old = await findDevice(world, mallory.cookie, expired.userCode)
    const said = ({ status, json }: Answer) => {
      const { requestId, ...rest } = json as Record<string, unknown>
      expect(requestId).toBeDefined()
      return [status, rest]
    }
    expect(said(other)).toEqual(said(never))
    expect(said(old)).toEqual(said(never))
  })

  it('asking for many codes from one network of IPv6 ends (section 5.1)', async () => {
    const answers: number[] = []
    for (let i = 0; i < beginningsByAddress + 2; i++)
      answers.push((await askUserCode(world, `2001:db8:1:2::${(i + 1).toString(16)}`)).status)
    expect(answers.filter((status) => status === 200)).toHaveLength(beginningsByAddress)
    expect(answers.slice(beginningsByAddress)).toEqual([429, 429])
  })

  it('an address that is only that of a proxy is nobody’s own (section 5.4)', async () => {
    // Nobody has named the proxy, so all requests seem to come from it.
    const hidden = await startWorld()
    try {
      const eve = await newMember(hidden, 'eve@acme.example')
      const { userCode } = await askForCode(hidden, '203.0.113.5')
      const through = await findDevice(hidden, eve.cookie, userCode, '198.51.100.1')
      expect(through.json).toMatchObject({ ip: '127.0.0.1', sameAddress: false })
      expect((await findDevice(hidden, eve.cookie, userCode)).json.sameAddress).toBe(true)
    } finally {
      await hidden.close()
    }
    const asked = await askForCode(world, '203.0.113.5')
    const from = async (address: string) =>
      (await findDevice(world, ada.cookie, asked.userCode, address)).json.sameAddress as boolean
    expect(await from('203.0.113.5')).toBe(true)
    expect(await from('203.0.113.6')).toBe(false)
    // What the browser claims further left is not believed.
    expect(await from('203.0.113.5, 203.0.113.6')).toBe(false)
  })

  it('no address fills the code in: no page or answer carries it in an address (section 5.4)', async () => {
    const { json } = await askUserCode(world)
    expect(Object.keys(json as object).sort()).toEqual([
      'device_auth_id',
      'expires_at',
      'interval',
      'user_code',
    ])
  })
})

describe('a session that is not recent (RFC 9700, section 4.7.1 by analogy; RFC 8628, section 5.4)', () => {
  it('looks and declines, and agrees only after the password', async () => {
    const asked = await askForCode(world)
    const before = await begin()
    world.clock.advance(10 * minute - 1)
    const { id, pair } = await begin()
    await proveAgain(mallory)
    world.clock.advance(2)
    const deviceId = await idOf(asked)
    for (const answer of [
      await authorization(id, 'approve', ada),
      await device(deviceId, 'approve', ada, asked.userCode),
    ])
      expect([answer.status, answer.json.code]).toEqual([403, 'reauthentication_required'])
    // That another one is recent does not count for her, and a wrong password does not either.
    await world.call('POST', '/api/v1/session/reauthenticate', {
      cookie: ada.cookie,
      body: { password: 'not hers' },
    })
    expect((await authorization(id, 'approve', ada)).status).toBe(403)
    expect((await authorization(before.id, 'deny', ada)).status).toBe(410)
    await proveAgain(ada)
    const back = backIn(await authorization(id, 'approve', ada))
    expect((await exchangeCode(world, configServer, pair, back.get('code') ?? '')).status).toBe(200)
    expect((await device(deviceId, 'approve', ada, asked.userCode)).status).toBe(204)
  })
})

describe('agreeing to what was turned off or taken away meanwhile', () => {
  it('the surface: the program is told and gets no code; a device is not let in', async () => {
    const requests = [await begin(), await begin(workspaceApp)]
    const asked = await askForCode(world)
    const id = await idOf(asked)
    await setSurface(world, 'codex_local', false)
    for (const [i, error] of ['Codex is turned off', 'missing_codex_entitlement'].entries()) {
      const back = backIn(await authorization(requests[i]?.id ?? '', 'approve', ada))
      expect(back.has('code')).toBe(false)
      expect([back.get('error'), back.get('iss')]).toEqual(['access_denied', issuer])
      expect(back.get('error_description')).toContain(error)
    }
    const refused = await device(id, 'approve', ada, asked.userCode)
    expect([refused.status, refused.json.code]).toEqual([403, 'surface_off'])
    // No record of an approval that was none.
    expect((await acts(world, 'device.approve')).filter(({ target }) => target.id === id)).toEqual(
      [],
    )
    await setSurface(world, 'codex_local', true)
    expect((await poll(world, asked)).status).toBe(403)
  })

  it('the member: suspended, her open page agrees to nothing', async () => {
    const eve = await newMember(world, 'eve@acme.example')
    const { id } = await begin()
    const asked = await askForCode(world)
    const deviceId = await idOf(asked, eve)
    const { version } = (await world.admin('GET', `/api/v1/members/${eve.id}`)).json as {
      version: number
    }
    const suspended = await world.admin('POST', `/api/v1/members/${eve.id}/suspend`, { version })
    expect(suspended.status, suspended.text).toBe(200)
    for (const answer of [
      await authorization(id, 'approve', eve),
      await device(deviceId, 'approve', eve, asked.userCode),
      await findDevice(world, eve.cookie, asked.userCode),
    ])
      expect(answer.status).toBe(401)
    expect((await poll(world, asked)).status).toBe(403)
  })

  it('the surface, in the very moment: nobody is signed in while it is off', async () => {
    for (let i = 0; i < 4; i++) {
      const pair = pkce()
      const code = (await agree(world, ada.cookie, configServer, pair)).get('code') ?? ''
      const [answer] = await Promise.all([
        exchangeCode(world, configServer, pair, code),
        setSurface(world, 'codex_local', false),
      ])
      expect([200, 403]).toContain(answer.status)
      if (answer.status === 200)
        await expect
          .poll(
            async () =>
              (
                await world.call('GET', '/member/codex/config/bundle', {
                  key: answer.json.access_token as string,
                })
              ).status,
          )
          .toBe(403)
      await setSurface(world, 'codex_local', true)
    }
  })
})

it('every act leaves one record that says who, what, and from where, and holds no secret', async () => {
  const eve = await somebody()
  const about = async (action: string) =>
    (await acts(world, action)).filter(
      ({ actor, target, after }) =>
        JSON.stringify([actor, target, after]).includes(eve.id) ||
        JSON.stringify([actor, target, after]).includes(eve.email),
    )
  const ended = async () =>
    (await world.call('GET', '/api/v1/me/clients?limit=1', { cookie: eve.cookie })).json
      .items[0] as { id: string }
  const signIn = async (program: typeof configServer | typeof workspaceApp) => {
    const pair = pkce()
    const code = (await agree(world, eve.cookie, program, pair)).get('code') ?? ''
    const answer = await exchangeCode(world, program, pair, code)
    expect(answer.status).toBe(200)
    return { pair, code, tokens: answer.json as Record<string, string> }
  }

  await authorization((await begin()).id, 'deny', eve)
  const first = await signIn(configServer)
  await world.call('POST', '/oauth/revoke', { body: { token: first.tokens['access_token'] } })
  await signIn(workspaceApp)
  await world.call('DELETE', `/api/v1/me/clients/${(await ended()).id}`, { cookie: eve.cookie })
  await signIn(workspaceApp)
  await world.admin('DELETE', `/api/v1/clients/${(await ended()).id}`)
  const twice = await signIn(configServer)
  await exchangeCode(world, configServer, twice.pair, twice.code)
  const stolen = await signIn(configServer)
  await refreshByForm(world, configServer, stolen.tokens['refresh_token'] ?? '')
  world.clock.advance(minute)
  await refreshByForm(world, configServer, stolen.tokens['refresh_token'] ?? '')
  await proveAgain(eve)
  for (const act of ['deny', 'approve'] as const) {
    const asked = await askForCode(world)
    expect((await decide(world, eve.cookie, asked.userCode, act)).status).toBe(204)
    await exchange(world, await poll(world, asked))
  }
  const many = await world.admin('POST', '/api/v1/clients/end', { member: eve.id, expected: 1 })
  expect(many.status, many.text).toBe(200)

  const counted: Record<string, number> = {}
  for (const [action, kind] of [
    ['authorization.approve', 'session'],
    ['authorization.deny', 'session'],
    ['device.approve', 'session'],
    ['device.deny', 'session'],
    ['client.sign-in', 'client'],
    ['client.refuse', 'client'],
    ['client.revoke', 'key'],
    ['client.revoke-many', 'key'],
    ['client.reused-code', 'system'],
    ['client.reused-token', 'system'],
  ] as const) {
    const records = (await about(action)).filter((record) => record.action === action)
    counted[action] = records.length
    for (const { actor } of records) expect([action, actor.kind]).toEqual([action, kind])
    expect(JSON.stringify(records)).not.toMatch(/gh_(cat|crt|cod|dev)_|eyJ/)
  }
  expect(counted).toEqual({
    'authorization.approve': 5,
    'authorization.deny': 1,
    'device.approve': 1,
    'device.deny': 1,
    'client.sign-in': 6,
    'client.refuse': 1,
    'client.revoke': 1,
    'client.revoke-many': 1,
    'client.reused-code': 1,
    'client.reused-token': 1,
  })
  // Signing out: by the program, and by her.
  expect((await about('client.sign-out')).map(({ actor }) => actor.kind).sort()).toEqual([
    'client',
    'session',
  ])
})
