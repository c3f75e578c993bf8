import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { beginningsByAddress } from '#features/clients/limits.ts'
import { letters } from '#features/clients/device/user-code.ts'
import { deviceRequest, type Client } from '#features/clients/schema.ts'
import { hour, minute, second } from '#kernel/clock.ts'
import { all, queries } from '#kernel/work.ts'
import {
  askForCode,
  askUserCode,
  behindProxy,
  decide,
  deviceSignIn,
  exchange,
  findDevice,
  newMember,
  password,
  poll,
  theOwner,
  type Person,
} from '../clients.ts'
import { setSurface, workspaceApp } from '../oauth.ts'
import { openInbox } from '../signin.ts'
import { openWorld, startWorld, type Answer, type World } from '../world.ts'

let world: World
let ada: Person
beforeAll(async () => {
  world = await startWorld({ env: behindProxy })
  ada = await newMember(world, 'ada@acme.example')
})
afterAll(() => world.close())

const pending = (answer: Answer) =>
  expect([answer.status, answer.json.error.code], answer.text).toEqual([
    403,
    'authorization_pending',
  ])
const codeOf = ({ json }: Answer) => json.code as string | undefined

/** Signs in anew, as the page asks for before it approves. */
async function proveAgain(who: Person): Promise<void> {
  const again = await world.call('POST', '/api/v1/session/reauthenticate', {
    cookie: who.cookie,
    body: { password },
  })
  expect(again.status).toBe(200)
}

describe('a device code', () => {
  it('has the shape that the client reads', async () => {
    const { status, json, headers } = await askUserCode(world)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(json).toEqual({
      device_auth_id: expect.stringMatching(/^gh_dev_/) as string,
      user_code: expect.stringMatching(new RegExp(`^[${letters}]{4}-[${letters}]{4}$`)) as string,
      interval: '5',
      expires_at: new Date(world.clock.now + 15 * minute).toISOString(),
    })
  })

  it('signs a client in once the member has agreed, and not before', async () => {
    const asked = await askForCode(world, '192.0.2.7')
    pending(await poll(world, asked))
    const typed = asked.userCode.toLowerCase().replace('-', ' ')
    const found = await findDevice(world, ada.cookie, typed, '192.0.2.7')
    expect(deviceRequest.parse(found.json)).toEqual({
      id: found.json.id as string,
      member: { id: ada.id, name: 'ada', email: ada.email },
      client: 'Codex',
      workspace: expect.any(String) as string,
      ip: '192.0.2.7',
      sameAddress: true,
      userAgent: '',
      requestedAt: world.clock.now,
      expiresAt: world.clock.now + 15 * minute,
      policy: null,
      refusal: null,
    })
    const elsewhere = await findDevice(world, ada.cookie, typed, '198.51.100.1')
    expect(elsewhere.json.sameAddress).toBe(false)
    pending(await poll(world, asked))
    expect((await decide(world, ada.cookie, asked.userCode)).status).toBe(204)

    const answered = await poll(world, asked)
    expect(answered.status).toBe(200)
    expect(Object.keys(answered.json as object).sort()).toEqual([
      'authorization_code',
      'code_challenge',
      'code_verifier',
    ])
    const tokens = await exchange(world, answered)
    expect(tokens.status, tokens.text).toBe(200)
    const mine = await world.call('GET', '/api/v1/me/clients', { cookie: ada.cookie })
    expect(mine.json.items[0]).toMatchObject({
      flow: 'device',
      route: 'workspace',
      state: 'active',
      program: 'Codex',
      member: { id: ada.id },
    })
    // What was exchanged gives nothing more, however often it is asked for.
    pending(await poll(world, asked))
  })

  it('gives another code when the answer was lost, and the lost one is worth nothing', async () => {
    const asked = await askForCode(world)
    await decide(world, ada.cookie, asked.userCode)
    const lost = await poll(world, asked)
    const again = await poll(world, asked)
    expect([lost.status, again.status]).toEqual([200, 200])
    expect(again.json.authorization_code).not.toBe(lost.json.authorization_code)
    expect((await exchange(world, lost)).json.error).toBe('invalid_grant')
    expect((await exchange(world, again)).status).toBe(200)
    pending(await poll(world, asked))
  })

  it('lives 15 minutes; who decided in the last of them is still answered', async () => {
    const late = await askForCode(world)
    const never = await askForCode(world)
    world.clock.advance(15 * minute - second)
    await proveAgain(ada)
    expect((await decide(world, ada.cookie, late.userCode)).status).toBe(204)
    world.clock.advance(2 * second)
    expect(codeOf(await findDevice(world, ada.cookie, never.userCode))).toBe('not_found')
    expect((await poll(world, late)).status).toBe(200)
    world.clock.advance(minute)
    pending(await poll(world, late))
    pending(await poll(world, never))
  })

  it('is decided once, by one of several at once', async () => {
    const { userCode } = await askForCode(world)
    const eve = await newMember(world, 'eve@acme.example')
    await proveAgain(ada)
    const { json } = await findDevice(world, ada.cookie, userCode)
    const act = (who: Person, act: string) =>
      world.call('POST', `/api/v1/device-requests/${json.id as string}/${act}`, {
        cookie: who.cookie,
        body: { userCode, member: who.id },
      })
    const answers = await Promise.all([act(ada, 'approve'), act(eve, 'deny'), act(eve, 'approve')])
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
    const losers = answers.filter(({ status }) => status !== 204).map(codeOf)
    for (const code of losers) expect(['not_found', 'wrong_state']).toContain(code)
    const winner = answers[0].status === 204 ? ada : eve
    // Her own decision she is told; anybody else learns nothing.
    expect(codeOf(await findDevice(world, winner.cookie, userCode))).toBe('wrong_state')
    const other = winner === ada ? eve : ada
    expect(codeOf(await findDevice(world, other.cookie, userCode))).toBe('not_found')
  })

  it('is approved with the code and not with an id alone', async () => {
    const [mine, other] = [await askForCode(world), await askForCode(world)]
    const { json } = await findDevice(world, ada.cookie, mine.userCode)
    const approve = (body: object) =>
      world.call('POST', `/api/v1/device-requests/${json.id as string}/approve`, {
        cookie: ada.cookie,
        body: { member: ada.id, ...body },
      })
    expect((await approve({})).status).toBe(400)
    expect(codeOf(await approve({ userCode: other.userCode }))).toBe('not_found')
    expect(codeOf(await approve({ userCode: 'BCDF' }))).toBe('invalid_input')
    pending(await poll(world, mine))
    expect((await approve({ userCode: mine.userCode })).status).toBe(204)
  })

  it('asks for the password again when the sign-in is old; denying does not', async () => {
    const [one, two] = [await askForCode(world), await askForCode(world)]
    world.clock.advance(11 * minute)
    const refused = await decide(world, ada.cookie, one.userCode)
    expect([refused.status, codeOf(refused)]).toEqual([403, 'reauthentication_required'])
    expect((await decide(world, ada.cookie, two.userCode, 'deny')).status).toBe(204)
    await proveAgain(ada)
    expect((await decide(world, ada.cookie, one.userCode)).status).toBe(204)
  })

  it('leaves a record with who asked from where, and no code in it', async () => {
    const asked = await askForCode(world, '203.0.113.9')
    await proveAgain(ada)
    await decide(world, ada.cookie, asked.userCode)
    const denied = await askForCode(world, '203.0.113.10')
    await decide(world, ada.cookie, denied.userCode, 'deny')
    const { json } = await world.admin('GET', '/api/v1/activity?action=device.')
    expect(json.items[0]).toMatchObject({
      action: 'device.deny',
      actor: { id: ada.id },
      after: { address: '203.0.113.10' },
    })
    expect(json.items[1]).toMatchObject({
      action: 'device.approve',
      after: { client: workspaceApp.id, address: '203.0.113.9', userAgent: '' },
    })
    const q = queries<Record<string, Record<string, unknown>>>()
    const rows = await world.app.runtime.db.read(function* () {
      return [
        ...(yield* all(q.selectFrom('audit_records').selectAll())),
        ...(yield* all(q.selectFrom('client_devices').select(['hash', 'ip', 'user_agent']))),
      ]
    })
    const written = [...world.logged, JSON.stringify(rows)].join('\n')
    expect(written).not.toContain(asked.deviceAuthId)
    expect(written).not.toContain(asked.userCode.replace('-', ''))
    expect(written).not.toContain(asked.userCode)
  })
})

describe('guessing codes', () => {
  it('ends after ten wrong ones of a member, for her alone, with the time to wait', async () => {
    const mallory = await newMember(world, 'mallory@acme.example')
    const { userCode } = await askForCode(world)
    const wrong = (i: number) =>
      `BBBB-BB${letters.charAt(i % 20)}${letters.charAt(Math.floor(i / 20))}`
    const tries = await Promise.all(
      Array.from({ length: 14 }, (_, i) => findDevice(world, mallory.cookie, wrong(i))),
    )
    expect(tries.filter(({ status }) => status === 404)).toHaveLength(10)
    expect(tries.filter(({ status }) => status === 429)).toHaveLength(4)
    // Not even the right one, and not by approving either.
    const right = await findDevice(world, mallory.cookie, userCode)
    expect([right.status, codeOf(right)]).toEqual([429, 'rate_limited'])
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(14 * 60)
    const { json } = await findDevice(world, ada.cookie, userCode)
    const approved = await world.call(
      'POST',
      `/api/v1/device-requests/${json.id as string}/approve`,
      { cookie: mallory.cookie, body: { userCode, member: mallory.id } },
    )
    expect(approved.status).toBe(429)
    world.clock.advance(15 * minute + second)
    const fresh = await askForCode(world)
    expect((await findDevice(world, mallory.cookie, fresh.userCode)).status).toBe(200)
  })

  it('does not count right codes, nor what cannot be one', async () => {
    const trent = await newMember(world, 'trent@acme.example')
    const { userCode } = await askForCode(world)
    for (let i = 0; i < 12; i++) {
      expect((await findDevice(world, trent.cookie, userCode)).status).toBe(200)
      expect((await findDevice(world, trent.cookie, 'AEIO-UAEI')).status).toBe(400)
    }
  })

  it('ends for an address as well, whoever sits there', async () => {
    const people = await Promise.all(
      Array.from({ length: 11 }, (_, i) => newMember(world, `guesser${i}@acme.example`)),
    )
    const answers: Answer[] = []
    for (const [i, { cookie }] of people.entries())
      for (let n = 0; n < 10; n++)
        answers.push(
          await findDevice(
            world,
            cookie,
            `CCCC-C${letters.charAt(i)}${letters.charAt(n)}B`,
            '198.51.100.77',
          ),
        )
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(100)
    expect(answers.slice(100).every(({ status }) => status === 429)).toBe(true)
  })

  it('is for members: without a session nothing can be tried', async () => {
    const { userCode } = await askForCode(world)
    const answer = await world.call('POST', '/api/v1/device-requests/find', { body: { userCode } })
    expect(answer.status).toBe(401)
  })
})

describe('asking for codes', () => {
  it('is refused for other clients, and for what is no request', async () => {
    const ask = (body: unknown) =>
      world.call('POST', '/api/accounts/deviceauth/usercode', { body }).then(({ status }) => status)
    expect(await ask({ client_id: 'gatehouse-codex' })).toBe(401)
    expect(await ask({ client_id: 'somebody' })).toBe(401)
    expect(await ask({})).toBe(400)
    expect(await ask('not JSON')).toBe(415)
  })

  it('is limited for an address', async () => {
    const from = '203.0.113.200'
    for (let i = 0; i < beginningsByAddress; i++)
      expect((await askUserCode(world, from)).status).toBe(200)
    const answer = await askUserCode(world, from)
    expect([answer.status, answer.json.error.code]).toEqual([429, 'rate_limited'])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await askUserCode(world, '203.0.113.201')).status).toBe(200)
  })
})

describe('what is turned off', () => {
  it.each(['device_code', 'codex_local'] as const)('%s: no codes, with 404', async (key) => {
    expect((await setSurface(world, key, false, 'Ask the platform team.')).status).toBe(200)
    try {
      const answer = await askUserCode(world)
      expect([answer.status, answer.json.error.message]).toEqual([404, 'Ask the platform team.'])
    } finally {
      await setSurface(world, key, true)
    }
    expect((await askUserCode(world)).status).toBe(200)
  })

  it('meanwhile: the page says so, and the terminal reads it at the exchange', async () => {
    const [before, undecided] = [await askForCode(world), await askForCode(world)]
    await proveAgain(ada)
    expect((await decide(world, ada.cookie, before.userCode)).status).toBe(204)
    await setSurface(world, 'device_code', false, 'Codes are for laptops only.')
    try {
      const answered = await poll(world, before)
      expect(answered.status).toBe(200)
      const refused = await exchange(world, answered)
      expect(refused.status).toBeGreaterThanOrEqual(400)
      expect(refused.status).toBeLessThan(500)
      expect(refused.json.error_description).toBe('Codes are for laptops only.')

      const found = await findDevice(world, ada.cookie, undecided.userCode)
      expect(found.json.refusal).toBe('Codes are for laptops only.')
      const approved = await decide(world, ada.cookie, undecided.userCode)
      expect([approved.status, codeOf(approved)]).toEqual([403, 'surface_off'])
      expect(approved.json.detail).toBe('Codes are for laptops only.')
      pending(await poll(world, undecided))
      // Refusing it tells the terminal why.
      await decide(world, ada.cookie, undecided.userCode, 'deny')
      const told = await exchange(world, await poll(world, undecided))
      expect(told.json.error_description).toBe('Codes are for laptops only.')
    } finally {
      await setSurface(world, 'device_code', true)
    }
  })

  it('a denial is a code whose exchange says so', async () => {
    const asked = await askForCode(world)
    await decide(world, ada.cookie, asked.userCode, 'deny')
    const answered = await poll(world, asked)
    expect(answered.status).toBe(200)
    const refused = await exchange(world, answered)
    expect([refused.status >= 400, refused.json.error_description]).toEqual([
      true,
      'The sign-in was denied in the browser. If that was a mistake, start it again.',
    ])
  })

  it('a member who was suspended meanwhile is told at the exchange', async () => {
    const bob = await newMember(world, 'bob@acme.example')
    const asked = await askForCode(world)
    await decide(world, bob.cookie, asked.userCode)
    const { json } = await world.admin('GET', `/api/v1/members/${bob.id}`)
    const suspended = await world.admin('POST', `/api/v1/members/${bob.id}/suspend`, {
      version: json.version as number,
    })
    expect(suspended.status).toBe(200)
    const refused = await exchange(world, await poll(world, asked))
    expect(refused.json.error_description).toMatch(/is not active/)
  })
})

describe('a poll answers 200, 403 or 404', () => {
  const raw = (body: string, headers: Record<string, string>, method = 'POST') =>
    world.call(method, '/api/accounts/deviceauth/token', { body, headers })
  const json = { 'content-type': 'application/json' }

  it.each([
    ['no JSON', '{', json],
    ['another form of JSON', '[]', json],
    ['fields of another kind', '{"device_auth_id":1,"user_code":{}}', json],
    ['nothing', '', json],
    ['no content type', '{}', {}],
    [
      'a form',
      'device_auth_id=x&user_code=y',
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    ['too much', JSON.stringify({ device_auth_id: 'x'.repeat(100_000), user_code: 'y' }), json],
    ['an announced too much', '{}', { ...json, 'content-length': '99999999' }],
    ['no UTF-8', '\u00ff\ud800', json],
    ['U+0000', '{"device_auth_id":"\\u0000","user_code":"\\u0000"}', json],
    ['deep nesting', `{"device_auth_id":${'['.repeat(5000)}${']'.repeat(5000)}}`, json],
    ['a token of another kind', '{"device_auth_id":"gh_ses_x","user_code":"BCDF-GHJK"}', json],
  ] as const)('to %s', async (_, body, headers) => {
    pending(await raw(body, headers))
  })

  it('to a code that is not its own, and to one that nobody was given', async () => {
    const [mine, other] = [await askForCode(world), await askForCode(world)]
    await proveAgain(ada)
    await decide(world, ada.cookie, mine.userCode)
    pending(await poll(world, { ...mine, userCode: other.userCode }))
    pending(await poll(world, { ...mine, deviceAuthId: other.deviceAuthId }))
    pending(await poll(world, { ...mine, deviceAuthId: `${mine.deviceAuthId.slice(0, -1)}x` }))
    expect((await poll(world, mine)).status).toBe(200)
  })

  it('to whoever polls far too often', async () => {
    const asked = await askForCode(world)
    await proveAgain(ada)
    await decide(world, ada.cookie, asked.userCode)
    const statuses = new Set<number>()
    for (let i = 0; i < 150; i++) statuses.add((await poll(world, asked)).status)
    expect([...statuses].sort()).toEqual([200, 403])
    world.clock.advance(minute + second)
    expect((await poll(world, asked)).status).toBe(200)
  })

  it('while the process stops, and when its database is gone', async () => {
    const other = await startWorld()
    const asked = await askForCode(other)
    const decided = await askForCode(other)
    await decide(other, (await theOwner(other)).cookie, decided.userCode)
    other.app.drain()
    pending(await poll(other, asked))
    expect((await poll(other, decided)).status).toBe(200)
    await other.app.stop()
    pending(await poll(other, asked))
    pending(await poll(other, decided))
    expect((await askUserCode(other)).status).toBe(503)
    await other.close()
  })

  it('before the start is over', async () => {
    const { deviceAuthId } = await askForCode(world)
    const { app } = openWorld({ data: join(world.data, 'not-started') })
    const answer = await app.fetch(
      new Request('http://gatehouse.test/api/accounts/deviceauth/token', {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ device_auth_id: deviceAuthId, user_code: 'BCDF-GHJK' }),
      }),
    )
    expect(answer.status).toBe(403)
    await app.stop()
  })
})

describe('the mail after it', () => {
  it('says what, when, from where, and what to do', async () => {
    const inbox = await openInbox()
    const mailing = await startWorld({ env: { ...inbox.env, ...behindProxy } })
    try {
      const owner = await theOwner(mailing)
      const denied = await askForCode(mailing)
      await decide(mailing, owner.cookie, denied.userCode, 'deny')
      const asked = await askForCode(mailing, '192.0.2.44')
      await decide(mailing, owner.cookie, asked.userCode)
      const { to, text } = await inbox.next()
      expect(to).toBe(owner.email)
      expect(text).toContain('network address 192.0.2.44')
      expect(text).toContain('2026-01-05 09:00 UTC')
      expect(text).toContain('/account/devices')
      expect(text).toMatch(/If it was not you/)
      expect(text).not.toContain(asked.userCode)
    } finally {
      await mailing.close()
      await inbox.close()
    }
  })
})

describe('the hourly sweep', () => {
  it('takes away what has expired a day ago, and ends clients that have nothing left to refresh with', async () => {
    const other = await startWorld()
    const owner = await theOwner(other)
    await deviceSignIn(other, owner)
    await askForCode(other)
    const sweep = () =>
      other.app.features
        .find(({ name }) => name === 'clients')
        ?.jobs?.find(({ name }) => name === 'clients.sweep')
        ?.handle(undefined)
    const q = queries<Record<string, Record<string, unknown>>>()
    const count = (table: string) =>
      other.app.runtime.db.read(function* () {
        return (yield* all(q.selectFrom(table).selectAll())).length
      })
    const counts = () => Promise.all(['client_devices', 'client_codes', 'client_tokens'].map(count))
    const state = async () =>
      ((await other.admin('GET', '/api/v1/clients')).json.items as Client[]).map((c) => [
        c.state,
        c.endReason,
      ])
    await sweep()
    expect(await counts()).toEqual([2, 1, 2])
    other.clock.advance(9 * hour)
    await sweep()
    // What nobody decided goes after an hour: strangers can ask for much of it.
    expect(await counts()).toEqual([1, 1, 1])
    other.clock.advance(16 * hour)
    await sweep()
    expect(await counts()).toEqual([0, 0, 1])
    expect(await state()).toEqual([['active', null]])
    other.clock.advance(90 * 24 * hour)
    await sweep()
    expect(await counts()).toEqual([0, 0, 0])
    expect(await state()).toEqual([['ended', 'expired']])
    await other.close()
  })
})
