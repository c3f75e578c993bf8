import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { beginningsByAddress } from '#features/clients/limits.ts'
import { minute } from '#kernel/clock.ts'
import { behindProxy, newMember, type Person } from '../clients.ts'
import {
  acts,
  agree,
  authorizePath,
  configServer,
  decideRequest,
  exchangeCode,
  form,
  issuer,
  pkce,
  refreshByForm,
  requestIn,
  setSurface,
  signInClient,
  workspaceApp,
} from '../oauth.ts'
import { openInbox } from '../signin.ts'
import { startWorld, type World } from '../world.ts'

let world: World
let ada: Person
beforeAll(async () => {
  world = await startWorld()
  ada = await newMember(world, 'ada@acme.example')
})
afterAll(() => world.close())

const open = (path: string) => world.call('GET', path)
const decide = (id: string, act: 'approve' | 'deny', cookie: string) =>
  decideRequest(world, cookie, id, act)
const verify = async (jwt: unknown, audience: string) =>
  jwtVerify(
    String(jwt),
    createLocalJWKSet((await open('/.well-known/jwks.json')).json as JSONWebKeySet),
    {
      issuer,
      audience,
      algorithms: ['ES256'],
      currentDate: new Date(world.clock.now),
    },
  )

describe('a sign-in in the browser', () => {
  it('gives opaque tokens on the route of the configuration server', async () => {
    const pair = pkce()
    const back = await agree(world, ada.cookie, configServer, pair, { nonce: 'n-1' })
    expect(Object.fromEntries(back)).toEqual({
      code: expect.stringMatching(/^gh_cod_/) as string,
      state: 'a state',
      iss: issuer,
    })
    const answer = await exchangeCode(world, configServer, pair, back.get('code') ?? '')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.json).toEqual({
      access_token: expect.stringMatching(/^gh_cat_/) as string,
      token_type: 'Bearer',
      expires_in: 28_800,
      refresh_token: expect.stringMatching(/^gh_crt_/) as string,
      scope: 'openid codex.policy',
      id_token: expect.any(String) as string,
    })
    const { payload } = await verify(answer.json.id_token, configServer.id)
    const now = Math.floor(world.clock.now / 1000)
    expect(payload).toEqual({
      iss: issuer,
      sub: ada.id,
      aud: configServer.id,
      iat: now,
      exp: now + 3600,
      auth_time: now,
      nonce: 'n-1',
    })
  })

  it('gives no id token where openid was not asked for', async () => {
    const answer = await signInClient(world, ada.cookie, { ...configServer, scope: 'codex.policy' })
    expect(answer.json).toMatchObject({ scope: 'codex.policy' })
    expect(answer.json).not.toHaveProperty('id_token')
  })

  it('gives tokens that the client reads on the workspace route', async () => {
    const answer = await signInClient(world, ada.cookie, workspaceApp)
    expect(Object.keys(answer.json as object).toSorted()).toEqual([
      'access_token',
      'expires_in',
      'id_token',
      'refresh_token',
      'scope',
      'token_type',
    ])
    const access = await verify(answer.json.access_token, `${issuer}/backend-api`)
    expect(access.protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
    const account = {
      chatgpt_plan_type: 'enterprise',
      chatgpt_account_id: expect.stringMatching(/^wsp_/) as string,
      chatgpt_user_id: ada.id,
    }
    expect(access.payload).toMatchObject({
      sub: ada.id,
      client_id: workspaceApp.id,
      exp: Math.floor(world.clock.now / 1000) + 28_800,
      'https://api.openai.com/auth': account,
    })
    const id = await verify(answer.json.id_token, workspaceApp.id)
    expect(id.protectedHeader.typ).toBe('JWT')
    expect(id.payload).toMatchObject({
      email: 'ada@acme.example',
      'https://api.openai.com/profile': { email: 'ada@acme.example' },
      'https://api.openai.com/auth': account,
    })
  })

  it('is in the audit trail, by the member', async () => {
    await signInClient(world, ada.cookie, configServer)
    const record = (await acts(world, 'client.sign-in')).at(-1)
    expect(record).toMatchObject({
      actor: { kind: 'client', id: ada.id, label: 'ada@acme.example' },
      target: { kind: 'client', label: 'ada@acme.example' },
      after: { route: 'config_server', flow: 'code', address: '127.0.0.1' },
    })
    expect((await acts(world, 'authorization.approve')).at(-1)).toMatchObject({
      actor: { kind: 'session', id: ada.id },
      after: { client: configServer.id, redirect: '127.0.0.1:49152' },
    })
  })

  it('gives access tokens that the API refuses', async () => {
    for (const program of [configServer, workspaceApp]) {
      const { json } = await signInClient(world, ada.cookie, program)
      for (const token of [json.access_token, json.refresh_token, json.id_token])
        expect((await world.call('GET', '/api/v1/members', { key: token as string })).status).toBe(
          401,
        )
    }
  })
})

describe('the browser', () => {
  it('is sent to the page of consent, which says who asks', async () => {
    const opened = await open(authorizePath(configServer, pkce()))
    expect(opened.status).toBe(303)
    expect(opened.headers.get('cache-control')).toBe('no-store')
    expect(opened.headers.get('location')).toMatch(
      /^https:\/\/gatehouse\.acme\.example\/authorize\/aut_\w+$/,
    )
    const path = `/api/v1/authorizations/${requestIn(opened)}`
    expect((await world.call('GET', path)).status).toBe(401)
    expect((await world.call('GET', path, { cookie: ada.cookie })).json).toMatchObject({
      client: 'Codex',
      member: { id: ada.id, email: 'ada@acme.example' },
      redirectHost: '127.0.0.1:49152',
      route: 'config_server',
      flow: 'code',
      policy: null,
      refusal: null,
    })
  })

  it('is sent nowhere by a stranger', async () => {
    for (const other of [
      { client_id: 'other' },
      { redirect_uri: 'https://evil.example/callback' },
      { redirect_uri: 'http://127.0.0.1:1@evil.example/callback' },
    ]) {
      const answer = await open(authorizePath(configServer, pkce(), other))
      expect(answer.status).toBe(400)
      expect(answer.headers.get('location')).toBeNull()
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    }
    const scripted = await open(authorizePath(configServer, pkce(), { client_id: '<script>' }))
    expect(scripted.text).not.toContain('<script>')
  })

  it('is sent back with an error where the client is known', async () => {
    const answer = await open(
      authorizePath(configServer, pkce(), { code_challenge_method: 'plain' }),
    )
    const to = new URL(answer.headers.get('location') ?? '')
    expect(to.origin + to.pathname).toBe(configServer.redirect)
    expect(Object.fromEntries(to.searchParams)).toMatchObject({
      error: 'invalid_request',
      state: 'a state',
      iss: issuer,
    })
  })

  it('is held up when it begins too many', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9' }
    const small = await startWorld({ env: { GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1' } })
    try {
      for (let i = 0; i < beginningsByAddress; i++)
        await small.call('GET', authorizePath(configServer, pkce()), { headers })
      const answer = await small.call('GET', authorizePath(configServer, pkce()), { headers })
      expect(answer.status).toBe(429)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      expect((await small.call('GET', authorizePath(configServer, pkce()))).status).toBe(303)
    } finally {
      await small.close()
    }
  })
})

describe('the mail after a yes', () => {
  it('says what, when, from where, and what to do; a no and a refusal send none', async () => {
    const inbox = await openInbox()
    const mailing = await startWorld({ env: { ...inbox.env, ...behindProxy } })
    try {
      const eve = await newMember(mailing, 'eve@acme.example')
      const begin = async (from: string) => {
        const headers = { 'x-forwarded-for': from }
        return requestIn(
          await mailing.call('GET', authorizePath(configServer, pkce()), { headers }),
        )
      }
      await decideRequest(mailing, eve.cookie, await begin('192.0.2.1'), 'deny')
      await setSurface(mailing, 'codex_local', false)
      await decideRequest(mailing, eve.cookie, await begin('192.0.2.2'))
      await setSurface(mailing, 'codex_local', true)
      const id = await begin('192.0.2.44')
      const agreed = await decideRequest(mailing, eve.cookie, id)
      const { to, text } = await inbox.next(/coding agent/)
      expect(to).toBe('eve@acme.example')
      expect(text).toMatch(/^Subject: A client was signed in with your account/m)
      expect(text).toContain('in the browser')
      expect(text).toContain('network address 192.0.2.44')
      expect(text).toContain('127.0.0.1:49152')
      expect(text).toContain('2026-01-05 09:00 UTC')
      expect(text).toContain('/account/devices')
      expect(text).toMatch(/If it was not you/)
      const back = new URL(agreed.json.redirectTo as string).searchParams
      expect(text).not.toContain(back.get('code'))
      expect(text).not.toContain(id)
    } finally {
      await mailing.close()
      await inbox.close()
    }
  })
})

describe('the decision', () => {
  it('is made once, by one of several at the same time', async () => {
    const id = requestIn(await open(authorizePath(configServer, pkce())))
    const answers = await Promise.all(
      [...Array(8).keys()].map((i) => decide(id, i % 2 === 0 ? 'approve' : 'deny', ada.cookie)),
    )
    expect(answers.map((a) => a.status).toSorted()).toEqual([200, ...Array<number>(7).fill(410)])
    expect((await decide(id, 'approve', ada.cookie)).json).toMatchObject({ code: 'link_used' })
  })

  it('can be no', async () => {
    const id = requestIn(await open(authorizePath(configServer, pkce())))
    const { json } = await decide(id, 'deny', ada.cookie)
    expect(Object.fromEntries(new URL(json.redirectTo as string).searchParams)).toEqual({
      error: 'access_denied',
      error_description: 'You declined the sign-in.',
      state: 'a state',
      iss: issuer,
    })
    expect((await acts(world, 'authorization.deny')).at(-1)?.target.id).toBe(id)
  })

  it('comes from our own pages only', async () => {
    const id = requestIn(await open(authorizePath(configServer, pkce())))
    const answer = await world.call('POST', `/api/v1/authorizations/${id}/approve`, {
      cookie: ada.cookie,
      headers: { 'sec-fetch-site': 'cross-site' },
    })
    expect(answer.json).toMatchObject({ code: 'cross_site_request' })
  })

  it('waits ten minutes, and yes needs a recent sign-in', async () => {
    const id = requestIn(await open(authorizePath(configServer, pkce())))
    const cookie = await ada.signIn()
    world.clock.advance(10 * minute)
    const fresh = await ada.signIn()
    expect((await decide(id, 'approve', fresh)).json).toMatchObject({ code: 'link_expired' })
    world.clock.advance(1)
    const next = requestIn(await open(authorizePath(configServer, pkce())))
    expect((await decide(next, 'approve', cookie)).json).toMatchObject({
      code: 'reauthentication_required',
    })
    expect((await decide(next, 'approve', fresh)).status).toBe(200)
    ada = { ...ada, cookie: fresh }
  })
})

describe('a code', () => {
  const codeFor = async (pair = pkce()) => ({
    pair,
    code: (await agree(world, ada.cookie, configServer, pair)).get('code') ?? '',
  })

  it('is exchanged by who proves that it asked, and only so', async () => {
    const { pair, code } = await codeFor()
    const wrong = [
      await exchangeCode(world, configServer, pkce(), code),
      await exchangeCode(world, workspaceApp, pair, code),
      await exchangeCode(world, configServer, pair, code, {
        redirect_uri: 'http://127.0.0.1:1/callback',
      }),
      await exchangeCode(world, configServer, pair, `${code.slice(0, -1)}x`),
    ]
    for (const answer of wrong)
      expect(answer).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    const other = await exchangeCode(world, configServer, pair, code, {
      resource: 'https://elsewhere.example',
    })
    expect(other.json).toMatchObject({ error: 'invalid_target' })
    expect((await exchangeCode(world, configServer, pair, code)).status).toBe(200)
  })

  it('needs a client and a verifier', async () => {
    const { pair, code } = await codeFor()
    expect(await exchangeCode(world, configServer, pair, code, { client_id: '' })).toMatchObject({
      status: 401,
      json: { error: 'invalid_client' },
    })
    for (const left of ['code_verifier', 'redirect_uri', 'code', 'grant_type'])
      expect(await exchangeCode(world, configServer, pair, code, { [left]: '' })).toMatchObject({
        status: 400,
        json: { error: 'invalid_request' },
      })
    const twice = form({ grant_type: 'authorization_code', code })
    expect(
      (await world.call('POST', '/oauth/token', { ...twice, body: `${String(twice.body)}&code=x` }))
        .json,
    ).toMatchObject({ error: 'invalid_request' })
  })

  it('is refused in the characters of RFC 6749, section 5.2, whatever the request was', async () => {
    for (const [body, type] of [
      ['{"code": "\\ü', 'application/json'],
      ['{"code": 1, "ü": "\\"}', 'application/json'],
      ['%22%C3%BC%5C=1&%22%C3%BC%5C=2', 'application/x-www-form-urlencoded'],
      ['grant_type=%C3%BC', 'application/x-www-form-urlencoded'],
    ] as const) {
      const answer = await world.call('POST', '/oauth/token', {
        body,
        headers: { 'content-type': type },
      })
      expect(answer.status).toBe(400)
      expect(answer.json.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
    }
  })

  it('lives for a minute', async () => {
    const { pair, code } = await codeFor()
    world.clock.advance(minute)
    expect((await exchangeCode(world, configServer, pair, code)).json).toMatchObject({
      error: 'invalid_grant',
      error_description: 'The code has expired.',
    })
  })

  it('that comes twice ends what it was exchanged for', async () => {
    const { pair, code } = await codeFor()
    const first = await exchangeCode(world, configServer, pair, code)
    const second = await exchangeCode(world, configServer, pair, code)
    expect(second).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    expect(
      await refreshByForm(world, configServer, first.json.refresh_token as string),
    ).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    expect((await acts(world, 'client.reused-code')).at(-1)).toMatchObject({
      actor: { kind: 'system' },
      after: { ended: 'reused_code' },
    })
  })

  it('gives one client to several at the same time, and none survives', async () => {
    const { pair, code } = await codeFor()
    const answers = await Promise.all(
      [...Array(6).keys()].map(() => exchangeCode(world, configServer, pair, code)),
    )
    const good = answers.filter((a) => a.status === 200)
    expect(good).toHaveLength(1)
    const token = good[0]?.json.refresh_token as string
    expect((await refreshByForm(world, configServer, token)).status).toBe(400)
  })

  it('is no way to an API key', async () => {
    const answer = await world.call(
      'POST',
      '/oauth/token',
      form({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        client_id: workspaceApp.id,
        requested_token: 'openai-api-key',
        subject_token: 'x',
      }),
    )
    expect(answer).toMatchObject({ status: 400, json: { error: 'unsupported_grant_type' } })
  })
})

describe('where Codex is turned off', () => {
  it('the browser is told in the client’s words, or in those of the admin', async () => {
    const tried = async (program: typeof configServer | typeof workspaceApp) =>
      Object.fromEntries(await agree(world, ada.cookie, program, pkce()))
    await setSurface(world, 'codex_local', false)
    expect(await tried(workspaceApp)).toMatchObject({
      error: 'access_denied',
      error_description: 'missing_codex_entitlement',
    })
    expect(await tried(configServer)).toMatchObject({
      error_description: 'Codex is turned off in this workspace. Ask your administrator.',
    })
    await setSurface(world, 'codex_local', false, 'Fragt Jürgen.')
    expect(await tried(workspaceApp)).toMatchObject({ error_description: 'Fragt Jürgen.' })
    await setSurface(world, 'codex_local', true)
  })

  it('a code that was given before is not exchanged, and device codes do not matter here', async () => {
    const pair = pkce()
    const back = await agree(world, ada.cookie, workspaceApp, pair)
    const tried = () => exchangeCode(world, workspaceApp, pair, back.get('code') ?? '')
    await setSurface(world, 'codex_local', false, 'Fragt Jürgen.')
    await setSurface(world, 'device_code', false)
    expect(await tried()).toMatchObject({
      status: 403,
      json: { error: 'access_denied', error_description: 'Fragt Jürgen.' },
    })
    await setSurface(world, 'codex_local', true)
    expect((await tried()).status).toBe(200)
    await setSurface(world, 'device_code', true)
  })

  it('a suspended member gets nothing either', async () => {
    const eve = await newMember(world, 'eve@acme.example')
    const pair = pkce()
    const back = await agree(world, eve.cookie, configServer, pair)
    const { json } = await world.admin('GET', `/api/v1/members/${eve.id}`)
    await world.admin('POST', `/api/v1/members/${eve.id}/suspend`, {
      version: (json.member ?? json).version as number,
    })
    const answer = await exchangeCode(world, configServer, pair, back.get('code') ?? '')
    expect(answer).toMatchObject({ status: 403, json: { error: 'access_denied' } })
    expect(answer.json.error_description).toContain('is not active')
  })
})

describe('signing out', () => {
  const revoke = (fields: Record<string, string>) =>
    world.call('POST', '/oauth/revoke', form(fields))

  it('ends the client by any of its tokens, in a form or in JSON', async () => {
    for (const kind of ['access_token', 'refresh_token']) {
      const { json } = await signInClient(world, ada.cookie, workspaceApp)
      const token = json[kind] as string
      const answer =
        kind === 'access_token'
          ? await revoke({ token })
          : await world.call('POST', '/oauth/revoke', {
              body: { token, token_type_hint: 'refresh_token', client_id: workspaceApp.id },
            })
      expect(answer.status).toBe(200)
      expect((await refreshByForm(world, workspaceApp, json.refresh_token as string)).status).toBe(
        400,
      )
      expect((await acts(world, 'client.sign-out')).at(-1)?.actor).toMatchObject({ id: ada.id })
    }
  })

  it('is answered alike for a token that is not known', async () => {
    const before = (await acts(world, 'client.sign-out')).length
    expect((await revoke({ token: 'unknown' })).status).toBe(200)
    expect((await revoke({})).status).toBe(400)
    expect((await acts(world, 'client.sign-out')).length).toBe(before)
  })

  it('is not for the token of another client', async () => {
    const { json } = await signInClient(world, ada.cookie, configServer)
    const token = json.refresh_token as string
    expect((await revoke({ token, client_id: workspaceApp.id })).json).toMatchObject({
      error: 'unauthorized_client',
    })
    expect((await refreshByForm(world, configServer, token)).status).toBe(200)
  })
})

it('the server says of itself what is true', async () => {
  const server = (await open('/.well-known/oauth-authorization-server')).json
  const provider = (await open('/.well-known/openid-configuration')).json
  expect(provider).toEqual(server)
  expect(server).toMatchObject({ issuer, code_challenge_methods_supported: ['S256'] })
  const routes = new Set(world.app.routes.map((r) => r.path))
  for (const [name, address] of Object.entries(server as Record<string, unknown>))
    if (/_endpoint$|_uri$/.test(name)) {
      expect(String(address).startsWith(issuer)).toBe(true)
      expect(routes).toContain(String(address).slice(issuer.length))
    }
})
