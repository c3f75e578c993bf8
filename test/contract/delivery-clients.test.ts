import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { longestUserAgent } from '#kernel/user-agent.ts'
import { hour, minute } from '#kernel/clock.ts'
import type { App } from '#src/app.ts'
import { newMember, type Person } from '../clients.ts'
import { configServer, setSurface, signInClient, workspaceApp } from '../oauth.ts'
import { openWorld, startWorld, type World, type WorldOptions } from '../world.ts'

const member = '/member/codex/config/bundle'
const wham = '/backend-api/wham/config/bundle'
const codex = '/api/codex/config/bundle'
const text = (name: string) => `allowed_sandbox_modes = ["read-only"]\n# ${name}\n`

/** Enough of any answer for these tests; the server itself has checked it against its schema. */
interface Loose {
  readonly id: string
  readonly name: string
  readonly route: string
  readonly revision: number
  readonly version: number
  readonly fetches: number
  readonly userAgent: string
  readonly lastFetched: unknown
  readonly items: readonly Loose[]
}

describe('a signed-in client', () => {
  let world: World
  let ada: Person
  beforeEach(async () => {
    world = await startWorld()
    ada = await newMember(world, 'ada@acme.example')
  })
  afterEach(() => world.close())

  async function ok(method: string, path: string, body?: unknown): Promise<Loose> {
    const answer = await world.admin(method, path, body)
    expect(answer.status, answer.text).toBeLessThan(300)
    return answer.json as Loose
  }
  async function policy(name: string): Promise<string> {
    const { id } = await ok('POST', '/api/v1/policies', { name, text: text(name) })
    const draft = await ok('GET', `/api/v1/policies/${id}/draft`)
    await ok('POST', `/api/v1/policies/${id}/publish`, {
      message: 'first',
      draftRevision: draft.revision,
    })
    return id
  }
  async function setDefault(policyId: string | null) {
    const { revision } = await ok('GET', '/api/v1/rules')
    await ok('PUT', '/api/v1/rules/default', { policyId, expectedRevision: revision })
  }
  /** Members of the group get the policy. */
  async function groupWith(policyId: string): Promise<string> {
    const { id } = await ok('POST', '/api/v1/groups', { name: 'Developers' })
    const { revision } = await ok('GET', '/api/v1/rules')
    await ok('PUT', '/api/v1/rules', {
      rules: [{ groupId: id, policyId }],
      expectedRevision: revision,
    })
    return id
  }
  const signInAs = async (
    program: typeof configServer | typeof workspaceApp,
    cookie = ada.cookie,
  ) => {
    const answer = await signInClient(world, cookie, program)
    expect(answer.status, answer.text).toBe(200)
    return answer.json as {
      access_token: string
      refresh_token: string
      id_token: string
    }
  }
  const ask = (path: string, token: string, headers: Record<string, string> = {}, method = 'GET') =>
    world.call(method, path, { key: token, headers })
  const served = async (path: string, token: string): Promise<string> => {
    const answer = await ask(path, token)
    expect(answer.status, answer.text).toBe(200)
    return (answer.json.requirements_toml?.enterprise_managed[0].name ?? 'nothing') as string
  }
  const code = async (path: string, token: string, headers = {}) => {
    const { status, json } = await ask(path, token, headers)
    return [status, json.error?.code ?? json.code] as const
  }

  it('gets what its member’s groups decide, on both ways in, and follows the groups', async () => {
    await setDefault(await policy('Baseline'))
    const developers = await groupWith(await policy('Developers'))
    const own = await signInAs(configServer)
    const ours = await signInAs(workspaceApp)
    await expect.poll(() => served(member, own.access_token)).toBe('Baseline v1')
    expect(await served(wham, ours.access_token)).toBe('Baseline v1')
    await ok('POST', `/api/v1/groups/${developers}/members`, { add: [ada.id] })
    for (const [path, { access_token }] of [
      [member, own],
      [wham, ours],
      [codex, ours],
    ] as const)
      await expect.poll(() => served(path, access_token)).toBe('Developers v1')

    const { headers } = await ask(member, own.access_token)
    const again = await ask(member, own.access_token, {
      'if-none-match': headers.get('etag') ?? '',
    })
    expect([again.status, again.text]).toEqual([304, ''])
    await setDefault(null)
    await ok('POST', `/api/v1/groups/${developers}/members`, { remove: [ada.id] })
    await expect.poll(async () => (await ask(member, own.access_token)).text).toBe('{}')
  })

  it('is refused with a token of the other way, an id token, a refresh token, or nonsense', async () => {
    const own = await signInAs(configServer)
    const ours = await signInAs(workspaceApp)
    const wrong = [
      [member, ours.access_token],
      [wham, own.access_token],
      [codex, own.access_token],
      [wham, ours.id_token],
      [member, own.refresh_token],
      [wham, ours.refresh_token],
      // A forged one: the same claims under another signature.
      [wham, `${ours.access_token.slice(0, -4)}AAAA`],
      [wham, 'a.b.c'],
      [member, 'gh_cat_nonsense'],
    ] as const
    for (const [path, token] of wrong)
      expect(await code(path, token)).toEqual([401, 'unauthenticated'])
    for (const path of [member, wham, codex]) {
      const nobody = await world.call('GET', path)
      expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([
        401,
        'Bearer realm="gatehouse"',
      ])
    }
    // And the other way round: what a client holds opens nothing of the API.
    for (const token of [own.access_token, ours.access_token, ours.id_token, own.refresh_token])
      expect(await code('/api/v1/me', token)).toEqual([401, 'unauthenticated'])
    expect(world.logged.join('')).not.toContain(ours.access_token.slice(-20))
    expect(world.logged.join('')).not.toContain(own.access_token.slice(-20))
  })

  it('has to wait when its address asks with many tokens that nobody knows; good ones go on', async () => {
    const { access_token } = await signInAs(configServer)
    const statuses = new Set<number>()
    for (let i = 0; i < 40; i++) statuses.add((await ask(member, `gh_cat_${i}`)).status)
    expect([...statuses]).toEqual([401, 429])
    const limited = await ask(member, 'gh_cat_x')
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await ask(member, access_token)).status).toBe(200)
    world.clock.advance(minute)
    expect((await ask(member, 'gh_cat_x')).status).toBe(401)
  })

  it('is refused at once when it was ended, when its member is gone, and when the token has expired', async () => {
    const own = await signInAs(configServer)
    const ours = await signInAs(workspaceApp)
    const late = await signInAs(configServer)
    const { items } = await ok('GET', '/api/v1/clients')
    const id = items.find((c) => c.route === 'workspace')?.id
    await ok('DELETE', `/api/v1/clients/${id}`)
    expect(await code(wham, ours.access_token)).toEqual([401, 'sign_in_ended'])
    expect((await ask(member, own.access_token)).status).toBe(200)

    const grace = await newMember(world, 'grace@acme.example')
    const hers = await signInAs(configServer, grace.cookie)
    expect((await ask(member, hers.access_token)).status).toBe(200)
    const { version } = await ok('GET', `/api/v1/members/${grace.id}`)
    await ok('DELETE', `/api/v1/members/${grace.id}?version=${version}`)
    await expect.poll(async () => (await ask(member, hers.access_token)).status).toBe(401)

    world.clock.advance(8 * hour)
    expect(await code(member, late.access_token)).toEqual([401, 'sign_in_ended'])
  })

  it('is refused, and let in again, as its member is suspended and the surface turned off', async () => {
    const { access_token } = await signInAs(configServer)
    const answered = () => code(member, access_token)
    await setSurface(world, 'codex_local', false, 'Ask Ada in room 4.')
    await expect.poll(answered).toEqual([403, 'surface_off'])
    expect((await ask(member, access_token)).json.error.message).toBe('Ask Ada in room 4.')
    await setSurface(world, 'codex_local', true)
    await expect.poll(answered).toEqual([200, undefined])
    const set = async (act: string) => {
      const { version } = await ok('GET', `/api/v1/members/${ada.id}`)
      await ok('POST', `/api/v1/members/${ada.id}/${act}`, { version })
    }
    await set('suspend')
    await expect.poll(answered).toEqual([403, 'member_suspended'])
    await set('activate')
    await expect.poll(answered).toEqual([200, undefined])
  })

  it('of another workspace is refused', async () => {
    const { access_token } = await signInAs(workspaceApp)
    const { id } = await ok('GET', '/api/v1/workspace')
    const as = (account: string) => code(wham, access_token, { 'chatgpt-account-id': account })
    expect((await as(id))[0]).toBe(200)
    expect(await as('ws_other')).toEqual([401, 'unauthenticated'])
  })

  it('is counted, with what it was served last, in its own list and in the lookup', async () => {
    await setDefault(await policy('Baseline'))
    const { access_token } = await signInAs(workspaceApp)
    world.clock.advance(minute)
    await ask(wham, access_token, { 'user-agent': `codex_cli_rs/0.169.0 ${'x'.repeat(400)}` })
    await ask(codex, access_token, { 'user-agent': `codex_cli_rs/0.169.0 ${'x'.repeat(400)}` })
    const shown = async () => (await ok('GET', '/api/v1/clients')).items[0]
    await expect.poll(async () => (await shown())?.fetches).toBe(2)
    const client = await shown()
    expect(client).toMatchObject({
      lastUsedAt: world.clock.now,
      served: { name: 'Baseline v1', at: world.clock.now },
    })
    expect(client?.userAgent).toHaveLength(longestUserAgent)
    expect((await ok('GET', '/api/v1/lookup?email=ada@acme.example')).lastFetched).toEqual({
      at: world.clock.now,
      version: 1,
    })
    // An orderly stop loses none: the next start knows the fetch that no second was left for.
    await ask(wham, access_token)
    await world.app.stop()
    const next = await startWorld({
      data: world.data,
      ...(world.databaseUrl === undefined ? {} : { databaseUrl: world.databaseUrl }),
    })
    expect((await next.admin('GET', '/api/v1/clients')).json.items[0].fetches).toBe(3)
    await next.close()
  })

  it('finds its account and no quota that nobody set', async () => {
    const { access_token } = await signInAs(workspaceApp)
    const own = await signInAs(configServer)
    const { id, name } = await ok('GET', '/api/v1/workspace')
    for (const base of ['/backend-api/wham', '/api/codex']) {
      expect((await ask(`${base}/accounts/check`, access_token)).json).toMatchObject({
        accounts: [
          {
            id,
            name,
            workspace_backend_origin: 'https://gatehouse.acme.example',
            account_routing_override: 'NO_CONSTRAINT',
          },
        ],
        default_account_id: id,
        account_ordering: [id],
      })
      expect((await ask(`${base}/usage`, access_token)).json).toEqual({
        plan_type: 'enterprise',
        user_id: ada.id,
        account_id: id,
        email: 'ada@acme.example',
        rate_limit: null,
        credits: null,
      })
      for (const path of [`${base}/usage`, `${base}/accounts/check`])
        expect(await code(path, own.access_token)).toEqual([401, 'unauthenticated'])
    }
  })

  it('reports events that are counted by type', async () => {
    const { access_token } = await signInAs(workspaceApp)
    const send = (path: string, events: unknown, token = access_token) =>
      world.call('POST', path, { key: token, body: { events } })
    const turn = { event_type: 'codex_turn_event', event_params: { model: 'm', nested: [1] } }
    const [a, b] = ['/backend-api/codex', '/codex'].map((p) => `${p}/analytics-events/events`)
    expect(await send(a ?? '', [turn, turn, { event_type: 'Not a name!' }])).toMatchObject({
      status: 200,
      text: '{}',
    })
    expect((await send(b ?? '', [turn])).status).toBe(200)
    expect((await send(a ?? '', [])).status).toBe(200)
    expect(
      (
        await send(
          a ?? '',
          Array.from({ length: 1001 }, () => turn),
        )
      ).status,
    ).toBe(400)
    expect((await send(a ?? '', [{}])).status).toBe(400)
    expect((await send(a ?? '', [turn], 'gh_cat_x')).status).toBe(401)
    const counted = () => countsIn(world.app)
    await expect.poll(counted).toEqual([
      ['codex_turn_event', 3],
      ['other', 1],
    ])
  })

  it('is told plainly what Gatehouse does not serve, without its body being read', async () => {
    const cases = [
      ['GET', '/backend-api/wham/settings/user', /does not serve this/],
      ['POST', '/backend-api/codex/responses', /model provider/],
      ['GET', '/api/codex/ps/plugins/installed?limit=200', /does not serve this/],
      ['PUT', '/member/anything', /does not serve this/],
      ['GET', '/codex/device/more', /does not serve this/],
    ] as const
    for (const [method, path, says] of cases) {
      const answer = await world.call(method, path)
      expect([path, answer.status, answer.json.error.code]).toEqual([path, 404, 'not_found'])
      expect(answer.json.error.message).toMatch(says)
    }
    let read = false
    const body = new ReadableStream(
      {
        pull() {
          read = true
        },
      },
      { highWaterMark: 0 },
    )
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit
    const url = 'http://gatehouse.test/backend-api/codex/responses'
    expect((await world.app.fetch(new Request(url, init))).status).toBe(404)
    expect(read).toBe(false)
    // The page where a person types a device code is not one of these.
    expect((await world.call('GET', '/codex/device')).headers.get('content-type')).not.toMatch(
      /json/,
    )
  })

  it('is known to every process on the same database within moments, and ended in each', async () => {
    const place: WorldOptions =
      world.databaseUrl === undefined ? { data: world.data } : { databaseUrl: world.databaseUrl }
    // Processes on one database seal with one key.
    const env = { GATEHOUSE_KEY_FILE: join(world.data, 'secret.key') }
    const other = await startWorld({ ...place, env })
    try {
      other.clock.now = world.clock.now
      const { access_token } = await signInAs(configServer)
      // At once, because a token that is not known is looked up.
      const first = await other.call('GET', member, { key: access_token })
      expect(first.status).toBe(200)
      const { items } = await ok('GET', '/api/v1/clients')
      await ok('DELETE', `/api/v1/clients/${items[0]?.id}`)
      await expect
        .poll(async () => (await other.call('GET', member, { key: access_token })).status)
        .toBe(401)
    } finally {
      await (world.databaseUrl === undefined ? other.app.stop() : other.close())
    }
  })
})

describe('signed-in clients while the database is away', () => {
  it('go on from memory; a token that nobody knows is not called wrong', async () => {
    const world = await startWorld()
    try {
      const ada = await newMember(world, 'ada@acme.example')
      const token = (await signInClient(world, ada.cookie, configServer)).json
        .access_token as string
      const other = (await signInClient(world, ada.cookie, configServer)).json
        .access_token as string
      const ask = (key: string) => world.call('GET', member, { key })
      const before = await ask(token)
      const mend = breakDatabase(world)
      await expect.poll(() => world.app.state()).toBe('outage')
      world.clock.advance(5000)
      const during = await ask(token)
      expect([during.status, during.text, during.headers.get('x-gatehouse-stale')]).toEqual([
        200,
        before.text,
        '5',
      ])
      expect((await ask(other)).status).toBe(200)
      expect((await ask('gh_cat_nonsense')).status).toBe(401)
      expect((await ask(await strangersToken())).status).toBe(503)
      world.clock.advance(8 * hour)
      expect((await ask(token)).status).toBe(401)
      mend()
      await expect.poll(() => world.app.state()).toBe('serving')
    } finally {
      await world.close()
    }
  })

  it('go on after a restart from the file, which holds no token', async () => {
    const world = await startWorld()
    const ada = await newMember(world, 'ada@acme.example')
    const own = (await signInClient(world, ada.cookie, configServer)).json.access_token as string
    const ours = (await signInClient(world, ada.cookie, workspaceApp)).json.access_token as string
    const gone = (await signInClient(world, ada.cookie, workspaceApp)).json.access_token as string
    const newest = (await world.admin('GET', '/api/v1/clients')).json.items[0].id as string
    await world.admin('DELETE', `/api/v1/clients/${newest}`)
    const before = await world.call('GET', member, { key: own })
    await world.app.stop()
    const { app, clock } = openWorld({
      data: world.data,
      ...(world.databaseUrl === undefined ? {} : { databaseUrl: world.databaseUrl }),
    })
    try {
      clock.now = world.clock.now + 7000
      await app.startWithoutDatabase()
      expect(app.state()).toBe('outage')
      const ask = (path: string, token: string) =>
        app.fetch(
          new Request(`http://gatehouse.test${path}`, {
            headers: { authorization: `Bearer ${token}` },
          }),
        )
      const after = await ask(member, own)
      expect([after.status, await after.text()]).toEqual([200, before.text])
      expect(after.headers.get('x-gatehouse-stale')).toBe('7')
      expect((await ask(wham, ours)).status).toBe(200)
      expect((await ask('/backend-api/wham/accounts/check', ours)).status).toBe(200)
      expect((await ask(member, ours)).status).toBe(401)
      // It was ended before: it is not in the file, and nobody can say more now.
      expect((await ask(wham, gone)).status).toBe(503)
      clock.advance(8 * hour)
      expect((await ask(member, own)).status).toBe(401)
    } finally {
      await app.stop()
      rmSync(world.data, { recursive: true, force: true })
    }
  })
})

/** A token in good form that was never issued. */
async function strangersToken(): Promise<string> {
  const { issueToken } = await import('#kernel/tokens.ts')
  return issueToken('cat', `cat_${'0'.repeat(32)}`).token
}

async function countsIn(app: App): Promise<readonly (readonly [string, number])[]> {
  const { all, queries } = await import('#kernel/work.ts')
  const q = queries<{ client_events: { event_type: string; count: number } }>()
  const rows = await app.runtime.db.read(() =>
    all(q.selectFrom('client_events').select(['event_type', 'count']).orderBy('event_type')),
  )
  return rows.map((row) => [row.event_type, row.count] as const)
}

/** Cuts the connection: every read and transaction is refused as the engines refuse it. Returns the way to mend it. */
function breakDatabase(world: World): () => void {
  const db = world.app.runtime.db as { -readonly [K in 'read' | 'tx']: unknown }
  const whole = { read: db.read, tx: db.tx }
  db.read = db.tx = () => Promise.reject(new Error('connection refused'))
  return () => Object.assign(db, whole)
}
