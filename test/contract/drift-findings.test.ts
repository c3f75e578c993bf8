import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settingsView, type Finding, type Settings } from '#features/drift/schema.ts'
import { hour, minute } from '#kernel/clock.ts'
import { startDrifting, waits, type Drifting } from '../drifting.ts'
import type { World } from '../world.ts'

let world: World
let versionId: string
let clientId: string
let json: Drifting['json']
let start: Drifting['start']
let judge: Drifting['judge']
let clients: Drifting['clients']
let findings: Drifting['findings']
let one: Drifting['one']
let open: Drifting['open']

beforeAll(async () => {
  const drifting = await startDrifting()
  ;({ world, clientId, json, start, judge, clients, findings, one, open } = drifting)
  versionId = await drifting.versionId()
})
afterAll(() => world.close())

describe('drift', () => {
  it('knows nobody before anything was reported', async () => {
    expect(await clients()).toMatchObject({ items: [], total: 0 })
    expect(await findings()).toMatchObject({ items: [], total: 0 })
  })

  it('shows a client in agreement that reports what its policy allows', async () => {
    await start()
    await judge()
    await expect.poll(async () => (await clients('?state=agrees')).total, waits).toBe(1)
    const shown = await one()
    expect(shown).toMatchObject({
      kind: 'client',
      refId: clientId,
      host: 'ada-laptop',
      principal: { kind: 'member', label: 'ada@acme.example' },
      state: 'agrees',
      open: 0,
      served: { name: 'Strict v1', versionId },
      version: '0.169.0',
      findings: [],
    })
    expect(shown.checks.map((c) => [c.key, c.outcome])).toEqual([
      ['approval', 'agrees'],
      ['sandbox', 'agrees'],
      ['servers', 'agrees'],
      ['sign_in', 'agrees'],
      ['fetch', 'agrees'],
      ['version', 'agrees'],
    ])
    expect(shown.checks[0]?.versions).toEqual([{ id: versionId, name: 'Strict v1' }])
    expect(shown.conversations).toMatchObject([
      { served: 'Strict v1', approval: 'on-request', sandbox: 'read-only', signIn: 'Chatgpt' },
    ])
  })

  it('shows what its policy forbids, each value once, with since when', async () => {
    const at = world.clock.now
    await start({
      approval_policy: 'never',
      sandbox_policy: 'danger-full-access',
      mcp_servers: 'codex_apps, docs, scraper',
      auth_mode: 'ApiKey',
    })
    await judge()
    await open([
      ['approval', 'never'],
      ['sandbox', 'danger-full-access'],
      ['servers', 'scraper'],
      ['sign_in', 'ApiKey'],
    ])
    world.clock.advance(minute)
    await start({ approval_policy: 'never' })
    await judge()
    await expect
      .poll(async () => (await findings('?key=approval')).items.map((f) => f.seenAt), waits)
      .toEqual([world.clock.now])
    const [approval] = (await findings('?key=approval')).items
    expect(approval).toMatchObject({
      client: 'ada@acme.example on ada-laptop',
      allowed: 'on-request',
      reported: 'never',
      versions: [{ id: versionId, name: 'Strict v1' }],
      since: at,
      acknowledged: null,
    })
    expect(await clients('?state=disagrees&q=ADA-lap')).toMatchObject({ total: 1 })
    expect(await clients('?key=version')).toMatchObject({ total: 0 })
    expect(await clients('?key=sandbox')).toMatchObject({ total: 1 })
  })

  it('says so on the overview', async () => {
    const overview = (await json('GET', '/api/v1/overview')) as {
      figures: { key: string; value: number }[]
      alarms: { key: string; message: string }[]
    }
    expect(overview.figures).toContainEqual(
      expect.objectContaining({ key: 'drift', value: 1, link: '/drift?state=disagrees' }),
    )
    await expect
      .poll(async () => {
        const { alarms } = (await json('GET', '/api/v1/overview')) as typeof overview
        return alarms.map(({ key }) => key)
      }, waits)
      .toContain('drift')
  })

  it('lets a person say why it may stay: it is then not counted, and what is new is', async () => {
    const all = (await findings('?state=open')).items
    for (const { id } of all)
      await json('POST', `/api/v1/drift/findings/${id}/acknowledge`, {
        reason: 'A trial, until May',
      })
    const again = await world.admin(
      'POST',
      `/api/v1/drift/findings/${(all[0] as Finding).id}/acknowledge`,
      { reason: 'Once more' },
    )
    expect([again.status, again.json.code]).toEqual([409, 'wrong_state'])
    expect((await one()).state).toBe('acknowledged')
    expect(await findings('?state=open')).toMatchObject({ total: 0 })
    expect(await findings('?state=acknowledged')).toMatchObject({ total: 4 })
    const { items } = (await json('GET', '/api/v1/activity?action=drift.acknowledge')) as {
      items: { after: unknown; target: unknown }[]
    }
    expect(items).toHaveLength(4)
    expect(items.map(({ after }) => after)).toContainEqual({
      reported: 'never',
      allowed: 'on-request',
      reason: 'A trial, until May',
    })
    await start({ approval_policy: 'untrusted' })
    await judge()
    await expect.poll(async () => (await one()).state, waits).toBe('disagrees')
    expect(await findings('?state=open')).toMatchObject({
      total: 1,
      items: [{ key: 'approval', reported: 'untrusted' }],
    })
  })

  it('closes by itself when a day of activity agrees', async () => {
    world.clock.advance(26 * hour)
    await start()
    await judge()
    await expect.poll(async () => (await findings('?state=closed')).total, waits).toBe(5)
    // A machine that has just woken reports before it asks again.
    await open([])
    world.clock.advance(20 * minute)
    await start()
    await judge()
    // Only that nothing was fetched since yesterday is left.
    await open([['fetch', 'active 1581 minutes after the last fetch']])
    const [left] = (await findings('?state=open')).items
    expect(left?.since).toBe(world.clock.now - 26 * hour - 20 * minute + 74 * minute)
    expect((await findings('?state=closed')).items[0]?.closedBecause).toBe('agrees')
  })

  it('holds clients to a version floor and judges all of them again', async () => {
    const before = settingsView.parse(await json('GET', '/api/v1/drift/settings'))
    expect(before).toMatchObject({ revision: 0, versionFloor: null, webhookId: null, mail: false })
    const set = (more: Partial<Settings>) =>
      world.admin('PUT', '/api/v1/drift/settings', {
        revision: before.revision,
        versionFloor: null,
        signIn: null,
        webhookId: null,
        mailTo: [],
        ...more,
      })
    const bad = await set({ versionFloor: 'new', webhookId: 'whk_none' })
    expect([bad.status, (bad.json.errors as { field: string }[]).map((e) => e.field)]).toEqual([
      400,
      ['versionFloor', 'webhookId'],
    ])
    const done = await set({ versionFloor: '0.170.0-alpha.2' })
    expect(done.status, done.text).toBe(200)
    expect((await set({})).json.code).toBe('edited_meanwhile')
    await expect
      .poll(async () => (await findings('?key=version')).items, waits)
      .toMatchObject([{ allowed: '0.170.0-alpha.2 or newer', reported: '0.169.0' }])
  })

  it('exports both lists', async () => {
    const csv = await world.admin('GET', '/api/v1/drift/clients?format=csv')
    expect(csv.headers.get('content-type')).toContain('text/csv')
    expect(csv.text).toContain('ada@acme.example,client,ada-laptop,disagrees')
    const all = await world.admin('GET', '/api/v1/drift/findings?format=json')
    expect(JSON.parse(all.text)).toHaveLength(7)
    const paged = await findings('?limit=3')
    expect(paged.total).toBe(7)
    const next = await findings(`?limit=3&cursor=${paged.next ?? ''}`)
    expect(new Set([...paged.items, ...next.items].map(({ id }) => id)).size).toBe(6)
  })

  it('looks at nobody whose sign-in has ended', async () => {
    const ended = await world.admin('DELETE', `/api/v1/clients/${clientId}`)
    expect(ended.status).toBe(204)
    const { id } = await one()
    await judge('drift.judge-open')
    await expect.poll(async () => (await clients()).total, waits).toBe(0)
    // Its findings lead to its page for as long as they are kept.
    expect(await clients('?state=ended')).toMatchObject({ items: [{ id, open: 0 }] })
    expect(await json('GET', `/api/v1/drift/clients/${id}`)).toMatchObject({ state: 'ended' })
    const { items } = await findings('?state=closed')
    expect(
      items
        .filter((f) => f.closedBecause === 'ended')
        .map((f) => f.key)
        .sort(),
    ).toEqual(['fetch', 'version'])
  })
})
