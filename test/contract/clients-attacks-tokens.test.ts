import { AsyncLocalStorage } from 'node:async_hooks'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueToken } from '#kernel/tokens.ts'
import { hour, minute, second } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import {
  askForCode,
  behindProxy,
  decide,
  deviceSignIn,
  exchange as exchangeDevice,
  findDevice,
  newMember,
  password,
  poll,
  type Person,
} from '../clients.ts'
import {
  acts,
  agree,
  authorizePath,
  configServer,
  exchangeCode,
  form,
  pkce,
  refreshByForm,
  refreshByJson,
  setSurface,
  signInClient,
  workspaceApp,
  type Program,
} from '../oauth.ts'
import { cookieOf, signIn as passwordSignIn } from '../signin.ts'
import { openWorld, startWorld, type Answer, type World } from '../world.ts'

let world: World
let ada: Person
let mallory: Person
beforeAll(async () => {
  world = await startWorld({ env: behindProxy })
  ada = await newMember(world, 'ada@acme.example')
  mallory = await newMember(world, 'mallory@acme.example')
})
afterAll(() => world.close())

const post = (fields: Readonly<Record<string, string>>) =>
  world.call('POST', '/oauth/token', form(fields))
const raw = (body: string, type = 'application/x-www-form-urlencoded') =>
  world.call('POST', '/oauth/token', { body, headers: { 'content-type': type } })
const json = (body: unknown) => world.call('POST', '/oauth/token', { body })

/** Refused, without anything that opens something, and kept by nobody. */
function refused(answer: Answer, ...errors: string[]): void {
  expect([400, 401, 403, 415], answer.text).toContain(answer.status)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.text).not.toMatch(/gh_(cat|crt|cod|dev)_|eyJ/)
  if (errors.length > 0) expect(errors, answer.text).toContain(answer.json.error)
}
async function codeFor(who: Person, program: Program, pair = pkce()) {
  const back = await agree(world, who.cookie, program, pair)
  return { pair, code: back.get('code') ?? '' }
}
async function live(who: Person): Promise<number> {
  const answer = await world.call('GET', '/api/v1/me/clients?state=active', { cookie: who.cookie })
  return answer.json.total as number
}
const signIn = async (program: Program): Promise<Readonly<Record<string, string>>> => {
  const answer = await signInClient(world, ada.cookie, program)
  expect(answer.status, answer.text).toBe(200)
  return answer.json as Record<string, string>
}

async function leave(
  { id }: Person,
  way: 'suspend' | 'archive' | 'activate' | 'delete',
): Promise<Answer> {
  const { version } = (await world.admin('GET', `/api/v1/members/${id}`)).json as {
    version: number
  }
  return way === 'delete'
    ? world.admin('DELETE', `/api/v1/members/${id}?version=${version}`)
    : world.admin('POST', `/api/v1/members/${id}/${way}`, { version })
}

describe('code injection (RFC 9700, section 4.5)', () => {
  it('the code of another session is worth nothing: the verifier is not its own', async () => {
    const [hers, his] = [await codeFor(ada, configServer), await codeFor(mallory, configServer)]
    const before = [await live(ada), await live(mallory)]
    refused(await exchangeCode(world, configServer, his.pair, hers.code), 'invalid_grant')
    refused(await exchangeCode(world, configServer, hers.pair, his.code), 'invalid_grant')
    expect([await live(ada), await live(mallory)]).toEqual(before)
    // Trying used nothing up.
    expect((await exchangeCode(world, configServer, hers.pair, hers.code)).status).toBe(200)
  })

  it('the code of another client is worth nothing, whatever else is right', async () => {
    const { pair, code } = await codeFor(ada, configServer)
    for (const redirect of [configServer.redirect, workspaceApp.redirect])
      refused(await exchangeCode(world, { ...workspaceApp, redirect }, pair, code), 'invalid_grant')
    for (const id of ['', 'gatehouse-codex ', 'another'])
      refused(await exchangeCode(world, { ...configServer, id }, pair, code), 'invalid_client')
  })

  it.each([
    '',
    'http://127.0.0.1:49153/callback',
    'http://localhost:49152/callback',
    'http://[::1]:49152/callback',
    'http://127.0.0.1:49152/callback/',
    'http://127.0.0.1:49152/callback?',
    'https://gatehouse.acme.example/deviceauth/callback',
  ])('with the redirect_uri %j instead of its own (RFC 6749, section 4.1.3)', async (redirect) => {
    const { pair, code } = await codeFor(ada, configServer)
    refused(
      await exchangeCode(world, configServer, pair, code, { redirect_uri: redirect }),
      'invalid_grant',
      'invalid_request',
    )
  })

  it('the code of a device is not for the browser flow, and the other way round', async () => {
    const asked = await askForCode(world)
    await decide(world, ada.cookie, asked.userCode)
    const answered = await poll(world, asked)
    const { authorization_code: code, code_verifier: verifier } = answered.json as Record<
      string,
      string
    >
    refused(
      await exchangeCode(
        world,
        workspaceApp,
        { verifier: verifier ?? '', challenge: '' },
        code ?? '',
      ),
      'invalid_grant',
    )
    const browser = await codeFor(ada, workspaceApp)
    refused(
      await exchangeCode(world, workspaceApp, browser.pair, browser.code, {
        redirect_uri: 'https://gatehouse.acme.example/deviceauth/callback',
      }),
      'invalid_grant',
    )
    expect((await exchangeDevice(world, answered)).status).toBe(200)
  })

  it('a resource that was not agreed to is not given (RFC 8707, section 2.2)', async () => {
    const { pair, code } = await codeFor(ada, configServer)
    for (const resource of ['https://gatehouse.acme.example/backend-api', 'https://evil.example'])
      refused(await exchangeCode(world, configServer, pair, code, { resource }), 'invalid_target')
  })
})

describe('replay (RFC 6749, sections 4.1.2 and 10.5; RFC 9700, section 4.14)', () => {
  it('a code of which another knows nothing more ends what it was exchanged for', async () => {
    const { pair, code } = await codeFor(ada, configServer)
    const tokens = (await exchangeCode(world, configServer, pair, code)).json as Record<
      string,
      string
    >
    refused(await exchangeCode(world, configServer, pkce(), code), 'invalid_grant')
    refused(
      await refreshByForm(world, configServer, tokens['refresh_token'] ?? ''),
      'invalid_grant',
    )
    const bundle = () =>
      world.call('GET', '/member/codex/config/bundle', { key: tokens['access_token'] ?? '' })
    expect((await bundle()).status).toBe(401)
    expect((await acts(world, 'client.reused-code')).at(-1)).toMatchObject({
      actor: { kind: 'system' },
      target: { kind: 'client', label: ada.email },
    })
  })

  it('twenty at once get one client, and it does not survive', async () => {
    const { pair, code } = await codeFor(ada, workspaceApp)
    const before = [await live(ada), (await acts(world, 'client.reused-code')).length] as const
    const made = (await acts(world, 'client.sign-in')).length
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => exchangeCode(world, workspaceApp, pair, code)),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 200))
      refused(answer, 'invalid_grant')
    expect(await live(ada)).toBe(before[0])
    expect((await acts(world, 'client.sign-in')).length).toBe(made + 1)
    expect((await acts(world, 'client.reused-code')).length).toBe(before[1] + 1)
  })

  it('a code of a device: the poll gives no second one once it was exchanged', async () => {
    const asked = await askForCode(world)
    await decide(world, ada.cookie, asked.userCode)
    const answered = await poll(world, asked)
    expect((await exchangeDevice(world, answered)).status).toBe(200)
    for (let i = 0; i < 3; i++) expect((await poll(world, asked)).status).toBe(403)
    const before = await live(ada)
    refused(await exchangeDevice(world, answered), 'invalid_grant')
    expect(await live(ada)).toBe(before - 1)
  })

  it('polls at once with one code of a device make one client', async () => {
    const asked = await askForCode(world)
    await decide(world, ada.cookie, asked.userCode)
    const before = await live(ada)
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const answered = await poll(world, asked)
        return answered.status === 200 ? exchangeDevice(world, answered) : answered
      }),
    )
    for (const answer of answers) expect([200, 400, 403]).toContain(answer.status)
    expect(await live(ada)).toBeLessThanOrEqual(before + 1)
  })

  it('a refresh token and its successor together end the family, whoever comes first', async () => {
    for (const last of ['old', 'new'] as const) {
      const { refresh_token: old = '' } = await signIn(configServer)
      const next = (await refreshByForm(world, configServer, old)).json as Record<string, string>
      expect((await refreshByForm(world, configServer, next['refresh_token'] ?? '')).status).toBe(
        200,
      )
      if (last === 'new') world.clock.advance(minute)
      refused(
        await refreshByForm(
          world,
          configServer,
          last === 'old' ? old : (next['refresh_token'] ?? ''),
        ),
        'invalid_grant',
      )
      for (const token of [old, next['refresh_token'] ?? ''])
        refused(await refreshByForm(world, configServer, token), 'invalid_grant')
      const fetched = await world.call('GET', '/member/codex/config/bundle', {
        key: next['access_token'] ?? '',
      })
      expect(fetched.status).toBe(401)
    }
  })

  it('the minute of a refresh begins when it is done, however long it had to wait', async () => {
    const { refresh_token = '' } = await signIn(configServer)
    const db = world.app.runtime.db as { -readonly [K in 'tx']: Db['tx'] }
    const { tx } = db
    db.tx = (work, options) => {
      // The database was away meanwhile, and the client has given up and asks again.
      world.clock.advance(2 * minute)
      db.tx = tx
      return tx(work, options)
    }
    const first = await refreshByForm(world, configServer, refresh_token)
    expect(first.status).toBe(200)
    const second = await refreshByForm(world, configServer, refresh_token)
    expect([second.status, second.json.refresh_token]).toEqual([200, first.json.refresh_token])
  })
})

describe('parameter pollution at the token endpoint (RFC 6749, section 3.2)', () => {
  it('a field that comes twice is refused, equal or not, known or not', async () => {
    const { pair, code } = await codeFor(ada, configServer)
    const good = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: configServer.id,
      code,
      redirect_uri: configServer.redirect,
      code_verifier: pair.verifier,
    })
    for (const name of [...good.keys()])
      for (const value of [good.get(name) ?? '', 'x', '']) {
        refused(
          await raw(`${good.toString()}&${name}=${encodeURIComponent(value)}`),
          'invalid_request',
        )
        refused(
          await raw(`${name}=${encodeURIComponent(value)}&${good.toString()}`),
          'invalid_request',
        )
      }
    refused(await raw(`${good.toString()}&a=1&a=2`), 'invalid_request')
    expect((await raw(good.toString())).status).toBe(200)
  })

  it('nothing is taken from the address, from a header or from a cookie', async () => {
    const { pair, code } = await codeFor(ada, configServer)
    const fields = {
      grant_type: 'authorization_code',
      client_id: configServer.id,
      code,
      redirect_uri: configServer.redirect,
      code_verifier: pair.verifier,
    }
    refused(
      await world.call('POST', `/oauth/token?${new URLSearchParams(fields).toString()}`, form({})),
    )
    const { client_id, ...rest } = fields
    refused(
      await world.call('POST', '/oauth/token', {
        ...form(rest),
        headers: {
          ...form(rest).headers,
          authorization: `Basic ${Buffer.from(`${client_id}:`).toString('base64')}`,
        },
      }),
      'invalid_client',
    )
    expect(
      (await world.call('GET', `/oauth/token?${new URLSearchParams(fields).toString()}`)).text,
    ).not.toContain('gh_')
  })

  it('arrays, objects and other things in place of a text', async () => {
    const { refresh_token = '' } = await signIn(workspaceApp)
    const good = { grant_type: 'refresh_token', client_id: workspaceApp.id, refresh_token }
    for (const name of Object.keys(good) as (keyof typeof good)[])
      for (const value of [[good[name]], { 0: good[name] }, { $ne: '' }, null, true, 1, ''])
        refused(await json({ ...good, [name]: value }))
    for (const body of ['[]', 'null', '"x"', '1', '{"__proto__":{"grant_type":"refresh_token"}}'])
      refused(await raw(body, 'application/json'), 'invalid_request')
    // What another kind of body would be taken for nobody has to guess.
    for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/xml', ''])
      refused(await raw(new URLSearchParams(good).toString(), type))
    expect((await json(good)).status).toBe(200)
  })

  it('other grants, and a code as a refresh token or the other way round', async () => {
    const { pair, code } = await codeFor(ada, configServer)
    const { refresh_token = '', access_token = '' } = await signIn(configServer)
    for (const token of [code, access_token, refresh_token.slice(0, -1), `${refresh_token} `])
      refused(await refreshByForm(world, configServer, token), 'invalid_grant')
    for (const other of [refresh_token, access_token])
      refused(await exchangeCode(world, configServer, pair, other), 'invalid_grant')
    for (const grant_type of [
      'password',
      'client_credentials',
      'implicit',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'Authorization_Code',
      '__proto__',
    ])
      refused(
        await post({
          grant_type,
          client_id: configServer.id,
          username: ada.email,
          password: 'x',
          code,
          subject_token: access_token,
          requested_token: 'openai-api-key',
        }),
        'unsupported_grant_type',
      )
  })
})

describe('a refresh token in other hands (RFC 6749, section 10.4; RFC 9700, section 2.2.2)', () => {
  it('is worth nothing to another client, in a form or in JSON', async () => {
    const { refresh_token: own = '' } = await signIn(configServer)
    const { refresh_token: ours = '' } = await signIn(workspaceApp)
    refused(await refreshByForm(world, workspaceApp, own), 'invalid_grant')
    refused(await refreshByForm(world, configServer, ours), 'invalid_grant')
    const answer = await refreshByJson(world, workspaceApp, own)
    expect([answer.status, answer.json.error.code]).toEqual([401, 'refresh_token_invalidated'])
    // That somebody tried ends nothing: he holds the token only if it was stolen, and then it is used.
    expect((await refreshByForm(world, configServer, own)).status).toBe(200)
    expect((await refreshByForm(world, workspaceApp, ours)).status).toBe(200)
  })

  it('brings no more than was agreed to', async () => {
    const { refresh_token = '' } = await signIn(configServer)
    const fields = { grant_type: 'refresh_token', client_id: configServer.id, refresh_token }
    refused(await post({ ...fields, scope: 'openid codex.policy admin' }), 'invalid_scope')
    refused(
      await post({ ...fields, resource: 'https://gatehouse.acme.example/backend-api' }),
      'invalid_target',
    )
  })

  it('is not brought into being by guessing: a well-formed one of which nobody knows', async () => {
    const { refresh_token = '' } = await signIn(configServer)
    const id = `crt_${refresh_token.split('_')[2]?.slice(3) ?? ''}`
    const before = (await acts(world, 'client')).length
    for (let i = 0; i < 50; i++)
      refused(
        await refreshByForm(world, configServer, issueToken('crt', id).token),
        'invalid_grant',
      )
    expect((await acts(world, 'client')).length).toBe(before)
    expect((await refreshByForm(world, configServer, refresh_token)).status).toBe(200)
  })

  it('is not turned into any number of tokens, which every process would have to keep', async () => {
    const [mine, other] = [await signIn(configServer), await signIn(configServer)]
    let token = mine['refresh_token'] ?? ''
    for (let i = 0; i < 120; i++) {
      const answer = await refreshByForm(world, configServer, token)
      expect([i, answer.status], answer.text).toEqual([i, 200])
      token = answer.json.refresh_token as string
    }
    const answer = await refreshByForm(world, configServer, token)
    expect([answer.status, answer.json.error]).toEqual([429, 'temporarily_unavailable'])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await refreshByForm(world, configServer, other['refresh_token'] ?? '')).status).toBe(
      200,
    )
    world.clock.advance(hour)
    expect((await refreshByForm(world, configServer, token)).status).toBe(200)
    for (const { cookie } of [ada, mallory])
      await world.call('POST', '/api/v1/session/reauthenticate', { cookie, body: { password } })
  })

  it('unknown tokens cost no transaction, to refresh, to exchange or to revoke', async () => {
    const db = world.app.runtime.db as { -readonly [K in 'tx']: Db['tx'] }
    const { tx } = db
    // Jobs that are due since the clock moved have transactions of their own, and are not asked for here.
    const asking = new AsyncLocalStorage<true>()
    let written = 0
    db.tx = (work, options) => {
      if (asking.getStore() && options?.durability !== 'relaxed') written++
      return tx(work, options)
    }
    const ask = async (): Promise<void> => {
      const id = `crt_${'0'.repeat(32)}`
      for (let i = 0; i < 5; i++) {
        await refreshByForm(world, configServer, issueToken('crt', id).token)
        await exchangeCode(world, configServer, pkce(), issueToken('cod', id).token)
        const revoked = await world.call('POST', '/oauth/revoke', form({ token: `x${i}` }))
        expect(revoked.status).toBe(200)
        await poll(world, { deviceAuthId: issueToken('dev', id).token, userCode: 'BBBB-BBBB' })
      }
    }
    try {
      await asking.run(true, ask)
      expect(written).toBe(0)
      await asking.run(true, () => codeFor(ada, configServer))
      expect(written).toBeGreaterThan(0)
    } finally {
      db.tx = tx
    }
  })
})

describe('what happens between the consent and the exchange', () => {
  it('the surface is turned off', async () => {
    const { pair, code } = await codeFor(ada, configServer)
    await setSurface(world, 'codex_local', false, 'Not today.')
    const answer = await exchangeCode(world, configServer, pair, code)
    refused(answer, 'access_denied')
    expect(answer.json.error_description).toBe('Not today.')
    await setSurface(world, 'codex_local', true)
  })

  it('the member is suspended, archived or deleted: no client is left behind', async () => {
    for (const end of ['suspend', 'archive', 'delete'] as const) {
      const eve = await newMember(world, `eve-${end}@acme.example`)
      const codes = [await codeFor(eve, configServer), await codeFor(eve, workspaceApp)]
      const asked = await askForCode(world)
      expect((await decide(world, eve.cookie, asked.userCode)).status).toBe(204)
      const answered = await poll(world, asked)
      const done = await leave(eve, end)
      expect(done.status, done.text).toBeLessThan(300)
      for (const [i, program] of [configServer, workspaceApp].entries())
        refused(
          await exchangeCode(world, program, codes[i]?.pair ?? pkce(), codes[i]?.code ?? ''),
          'access_denied',
          'invalid_grant',
        )
      refused(await exchangeDevice(world, answered), 'access_denied', 'invalid_grant')
      const { json } = await world.admin('GET', `/api/v1/clients?member=${eve.id}`)
      expect(json.total).toBe(0)
    }
  })

  it('the member is archived and comes back: what was agreed to before is dead for good', async () => {
    const eve = await newMember(world, 'eve-back@acme.example')
    const { pair, code } = await codeFor(eve, configServer)
    const [polled, waiting] = [await askForCode(world), await askForCode(world)]
    for (const asked of [polled, waiting])
      expect((await decide(world, eve.cookie, asked.userCode)).status).toBe(204)
    const answered = await poll(world, polled)
    for (const way of ['archive', 'activate'] as const)
      expect((await leave(eve, way)).status).toBe(200)
    const tried = [
      await exchangeCode(world, configServer, pair, code),
      await exchangeDevice(world, answered),
      await exchangeDevice(world, await poll(world, polled)),
      await exchangeDevice(world, await poll(world, waiting)),
    ]
    for (const answer of tried) {
      refused(answer, 'access_denied')
      expect(answer.json.error_description).toContain('ended before')
    }
    const { json } = await world.admin('GET', `/api/v1/clients?member=${eve.id}`)
    expect(json.total).toBe(0)
    const back = { ...eve, cookie: cookieOf(await passwordSignIn(world, eve.email, password)) }
    const seen = await findDevice(world, back.cookie, waiting.userCode)
    expect([seen.status, seen.json.detail]).toEqual([409, 'This sign-in was ended.'])
    // A new one is as good as ever.
    expect((await deviceSignIn(world, back)).status).toBe(200)
  })

  it('a refusal is recorded once, with its reason, and only for who holds all of the code', async () => {
    const eve = await newMember(world, 'eve-refused@acme.example')
    const about = async () =>
      (await acts(world, 'client.refuse')).filter(({ target }) => target.id === eve.id)
    const { pair, code } = await codeFor(eve, configServer)
    await setSurface(world, 'codex_local', false)
    refused(await exchangeCode(world, configServer, pkce(), code), 'invalid_grant')
    expect(await about()).toEqual([])
    for (let i = 0; i < 3; i++)
      refused(await exchangeCode(world, configServer, pair, code), 'access_denied')
    await setSurface(world, 'codex_local', true)
    const who = { id: eve.id, label: eve.email }
    expect(await about()).toMatchObject([
      {
        actor: { kind: 'client', ...who },
        target: { kind: 'member', ...who },
        after: { reason: 'surface_off', route: 'config_server', flow: 'code' },
      },
    ])
    // What was only turned off is good again as long as the code lives.
    expect((await exchangeCode(world, configServer, pair, code)).status).toBe(200)

    const denied = await askForCode(world)
    await decide(world, eve.cookie, denied.userCode, 'deny')
    // However often the program asks anew.
    for (let i = 0; i < 3; i++)
      refused(await exchangeDevice(world, await poll(world, denied)), 'access_denied')
    const later = await codeFor(eve, workspaceApp)
    await leave(eve, 'suspend')
    await Promise.all(
      [1, 2, 3].map(() => exchangeCode(world, workspaceApp, later.pair, later.code)),
    )
    expect((await about()).map(({ after }) => after)).toEqual([
      { reason: 'surface_off', route: 'config_server', flow: 'code' },
      { reason: 'denied', route: 'workspace', flow: 'device' },
      { reason: 'member_suspended', route: 'workspace', flow: 'browser' },
    ])
  })

  it('the member is archived in the very moment of the exchange', async () => {
    for (let i = 0; i < 5; i++) {
      const eve = await newMember(world, `race${i}@acme.example`)
      const { pair, code } = await codeFor(eve, configServer)
      const [answer, archived] = await Promise.all([
        exchangeCode(world, configServer, pair, code),
        leave(eve, 'archive'),
      ])
      expect(archived.status, archived.text).toBeLessThan(300)
      if (answer.status === 200)
        await expect
          .poll(async () => {
            const key = answer.json.access_token as string
            return (await world.call('GET', '/member/codex/config/bundle', { key })).status
          })
          .toBe(401)
      else refused(answer)
      const { json } = await world.admin('GET', `/api/v1/clients?member=${eve.id}&state=active`)
      expect(json.total).toBe(0)
    }
  })

  it('the client is ended in the very moment of a refresh', async () => {
    for (let i = 0; i < 5; i++) {
      const { refresh_token = '' } = await signIn(configServer)
      const [client] = (
        await world.call('GET', '/api/v1/me/clients?limit=1', { cookie: ada.cookie })
      ).json.items as { id: string }[]
      const [answer, ended] = await Promise.all([
        refreshByForm(world, configServer, refresh_token),
        world.call('DELETE', `/api/v1/me/clients/${client?.id ?? ''}`, { cookie: ada.cookie }),
      ])
      expect(ended.status).toBe(204)
      if (answer.status === 200) {
        const { access_token, refresh_token: next } = answer.json as Record<string, string>
        const fetched = await world.call('GET', '/member/codex/config/bundle', {
          key: access_token ?? '',
        })
        expect(fetched.status).toBe(401)
        refused(await refreshByForm(world, configServer, next ?? ''), 'invalid_grant')
      } else refused(answer, 'invalid_grant')
    }
  })
})

it('two processes are given the same code at the same time: no two clients come of it', async () => {
  // PostgreSQL carries several processes; an embedded database has one.
  const { databaseUrl, data } = world
  const second = databaseUrl === undefined ? undefined : await startWorld({ databaseUrl, data })
  try {
    if (second) second.clock.now = world.clock.now
    for (let i = 0; i < 5; i++) {
      const before = await live(ada)
      const { pair, code } = await codeFor(ada, configServer)
      const answers = await Promise.all(
        [world, second ?? world, world, second ?? world].map((process) =>
          exchangeCode(process, configServer, pair, code),
        ),
      )
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(await live(ada)).toBe(before)
    }
  } finally {
    await second?.close()
  }
})

it('nothing that holds a token is kept by a cache (RFC 6749, section 5.1)', async () => {
  const { refresh_token = '' } = await signIn(configServer)
  const asked = await askForCode(world)
  const answers: Answer[] = [
    await refreshByForm(world, configServer, refresh_token),
    await refreshByForm(world, configServer, refresh_token),
    await signInClient(world, ada.cookie, workspaceApp),
  ]
  await decide(world, ada.cookie, asked.userCode)
  const answered = await poll(world, asked)
  answers.push(answered, await exchangeDevice(world, answered))
  for (const { status, headers } of answers)
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
  for (const { headers } of answers) expect(headers.get('access-control-allow-origin')).toBeNull()
  world.clock.advance(second)
})

it('before the start is over nothing is begun, and the client is told to come again', async () => {
  const { app, logged } = openWorld({ data: join(world.data, 'not-started') })
  const ask = async (path: string, body?: object) => {
    const answer = await app.fetch(
      new Request(`http://gatehouse.test${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
    return [answer.status, answer.headers.get('retry-after'), await answer.json()] as const
  }
  const token = issueToken('crt', `crt_${'0'.repeat(32)}`).token
  const unavailable = { error: 'temporarily_unavailable' }
  for (const [path, body] of [
    [
      '/oauth/token',
      { grant_type: 'refresh_token', client_id: workspaceApp.id, refresh_token: token },
    ],
    ['/oauth/revoke', { token }],
  ] as const)
    expect(await ask(path, body)).toMatchObject([503, '2', unavailable])
  for (const path of [authorizePath(configServer, pkce()), '/.well-known/jwks.json'])
    expect(await ask(path)).toMatchObject([503, '2', { error: { code: 'database_unavailable' } }])
  expect(logged.join('')).not.toContain('unexpected error')
  await app.stop()
})
