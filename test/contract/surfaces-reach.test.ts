import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Reach, Reached } from '#features/clients/reach/schema.ts'
import { hour, minute } from '#kernel/clock.ts'
import { newMember, type Person } from '../clients.ts'
import {
  agree,
  configServer,
  exchangeCode,
  pkce,
  setSurface,
  signInClient,
  workspaceApp,
} from '../oauth.ts'
import { startWorld, type World } from '../world.ts'

describe('the reach of a surface', () => {
  let world: World
  let ada: Person
  let eve: Person
  beforeAll(async () => {
    world = await startWorld()
    ada = await newMember(world, 'ada@acme.example')
    eve = await newMember(world, 'eve@acme.example')
  })
  afterAll(() => world.close())

  const signIn = async (person: Person, program: typeof configServer | typeof workspaceApp) => {
    const { json } = await signInClient(world, person.cookie, program)
    return json.access_token as string
  }
  const fetch = (path: string, token: string) =>
    world.call('GET', path, { headers: { authorization: `Bearer ${token}` } })
  const reach = async (key: string) =>
    (await world.admin('GET', `/api/v1/surfaces/${key}/reach`)).json as Reach
  const clients = async (key: string, query = '') => {
    const { json } = await world.admin('GET', `/api/v1/surfaces/${key}/clients${query}`)
    return json as { readonly items: readonly Reached[]; readonly total: number; next: string }
  }
  const states = async (key: string, query = '') =>
    (await clients(key, query)).items.map(({ name, state }) => [name, state])

  it('counts a client as told when it has asked since the change', async () => {
    const adas = await signIn(ada, configServer)
    const eves = await signIn(eve, workspaceApp)
    const bundles = ['/member/codex/config/bundle', '/backend-api/wham/config/bundle'] as const
    expect((await fetch(bundles[0], adas)).status).toBe(200)
    expect((await fetch(bundles[1], eves)).status).toBe(200)
    await expect
      .poll(async () => (await clients('codex_local')).items.filter((c) => c.seenAt).length)
      .toBe(2)
    // Nothing was ever changed, so there is nothing to know.
    expect(await reach('codex_local')).toMatchObject({ total: 2, pending: 0, lastBy: null })

    const asked = world.clock.now
    world.clock.advance(10 * minute)
    await setSurface(world, 'codex_local', false)
    expect(await reach('codex_local')).toMatchObject({
      effect: 'next_start',
      total: 2,
      confirmed: 0,
      pending: 2,
      silent: 0,
      lastBy: asked + hour,
    })
    world.clock.advance(minute)
    await expect.poll(async () => (await fetch(bundles[0], adas)).status).toBe(403)
    await expect
      .poll(async () => await states('codex_local'))
      .toEqual([
        ['ada@acme.example', 'confirmed'],
        ['eve@acme.example', 'pending'],
      ])
    expect((await clients('codex_local', '?state=pending')).items).toMatchObject([
      { kind: 'client', name: 'eve@acme.example', knowsBy: asked + hour, seenAt: asked },
    ])
    expect(await reach('codex_local')).toMatchObject({ confirmed: 1, pending: 1, silent: 0 })

    // Whoever has not asked by then holds nothing any more: what it will be told is sure, when is not.
    world.clock.advance(hour)
    expect(await states('codex_local', '?state=silent')).toEqual([['eve@acme.example', 'silent']])
    expect(await reach('codex_local')).toMatchObject({ confirmed: 1, silent: 1, lastBy: null })
  })

  it('filters, pages and is downloaded', async () => {
    const first = await clients('codex_local', '?limit=1')
    expect([first.items.length, first.total]).toEqual([1, 2])
    const second = await clients('codex_local', `?limit=1&cursor=${first.next}`)
    expect(second.items.map(({ name }) => name)).toEqual(['eve@acme.example'])
    expect((await clients('codex_local', '?q=ADA')).total).toBe(1)
    const { text } = await world.admin('GET', '/api/v1/surfaces/codex_local/clients?format=csv')
    expect(text).toMatch(/^id,kind,client,program,state,asked last,knows by\r\n/)
    expect(text).toMatch(/ada@acme\.example,[^,]*,confirmed,/)
  })

  it('says nothing to clients of a way to sign in, and lists who came in by it', async () => {
    await setSurface(world, 'codex_local', true)
    await setSurface(world, 'config_server_sign_in', false)
    expect(await reach('config_server_sign_in')).toMatchObject({
      effect: 'sign_in',
      total: 1,
      confirmed: 0,
      pending: 0,
      silent: 0,
    })
    expect(await states('config_server_sign_in')).toEqual([['ada@acme.example', null]])
    expect(await states('workspace_sign_in')).toEqual([['eve@acme.example', null]])
    expect(await reach('role_administration')).toMatchObject({ effect: 'pages', total: 0 })
    await setSurface(world, 'config_server_sign_in', true)
  })
})

describe('turning one way of signing in off', () => {
  let world: World
  let ada: Person
  beforeAll(async () => {
    world = await startWorld()
    ada = await newMember(world, 'ada@acme.example')
  })
  afterAll(() => world.close())
  const tried = async (program: typeof configServer | typeof workspaceApp) =>
    Object.fromEntries(await agree(world, ada.cookie, program, pkce()))

  it.each([
    ['workspace_sign_in', workspaceApp, configServer],
    ['config_server_sign_in', configServer, workspaceApp],
  ] as const)('%s: refuses it with our text, and not the other', async (key, off, other) => {
    const pair = pkce()
    const begun = await agree(world, ada.cookie, off, pair)
    await setSurface(world, key, false, 'Use the other way.')
    try {
      expect(await tried(off)).toMatchObject({
        error: 'access_denied',
        error_description: 'Use the other way.',
      })
      expect(await exchangeCode(world, off, pair, begun.get('code') ?? '')).toMatchObject({
        status: 403,
        json: { error_description: 'Use the other way.' },
      })
      expect(await tried(other)).toHaveProperty('code')
    } finally {
      await setSurface(world, key, true)
    }
  })

  it('ends no sign-in, and refreshes go on', async () => {
    const { json } = await signInClient(world, ada.cookie, workspaceApp)
    await setSurface(world, 'workspace_sign_in', false)
    const refreshed = await world.call('POST', '/oauth/token', {
      body: {
        client_id: workspaceApp.id,
        grant_type: 'refresh_token',
        refresh_token: json.refresh_token as string,
      },
    })
    expect(refreshed.status).toBe(200)
    const bundle = await world.call('GET', '/backend-api/wham/config/bundle', {
      headers: { authorization: `Bearer ${refreshed.json.access_token as string}` },
    })
    expect(bundle.status).toBe(200)
  })

  it('gives no device code while sign-in to the workspace is off', async () => {
    await setSurface(world, 'workspace_sign_in', false, 'Not here.')
    const answer = await world.call('POST', '/api/accounts/deviceauth/usercode', {
      body: { client_id: workspaceApp.id },
    })
    expect([answer.status, answer.json.error.message]).toEqual([404, 'Not here.'])
    await setSurface(world, 'workspace_sign_in', true)
  })

  it('keeps the longest lifetime of access tokens, which no other surface has', async () => {
    const set = (key: string, maxDays: unknown) =>
      world.admin('PUT', `/api/v1/surfaces/${key}`, { on: true, maxDays })
    expect((await set('access_tokens', 30)).json).toMatchObject({ on: true, maxDays: 30 })
    expect((await setSurface(world, 'access_tokens', true)).json).toMatchObject({ maxDays: 30 })
    expect((await set('access_tokens', null)).json).toMatchObject({ maxDays: null })
    for (const [key, days] of [
      ['access_tokens', 0],
      ['access_tokens', 3651],
      ['codex_local', 30],
    ] as const)
      expect((await set(key, days)).json).toMatchObject({ code: 'invalid_input' })
  })
})
