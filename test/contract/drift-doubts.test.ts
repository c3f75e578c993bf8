import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { settingsView, type SettingsView } from '#features/drift/schema.ts'
import { countUntold } from '#features/drift/store.findings.ts'
import { day, hour, minute } from '#kernel/clock.ts'
import { publish } from '../company.ts'
import { startDrifting, waits, type Drifting } from '../drifting.ts'
import { isSigned, openReceiver, type Receiver } from '../told.ts'
import type { World } from '../world.ts'

// What a client may do to be judged by something else than what it ran with, and how often people are told.

let receiver: Receiver
let drifting: Drifting
let world: World
let secret: string

const loose = { sandbox_policy: 'danger-full-access' }
const found = [['sandbox', 'danger-full-access']] as const
const settings = async (): Promise<SettingsView> =>
  settingsView.parse(await drifting.json('GET', '/api/v1/drift/settings'))
const set = async (webhookId: string | null) => {
  const { revision, versionFloor, signIn, mailTo } = await settings()
  const change = { revision, versionFloor, signIn, mailTo, webhookId }
  return settingsView.parse(await drifting.json('PUT', '/api/v1/drift/settings', change))
}

beforeAll(async () => {
  receiver = await openReceiver()
  drifting = await startDrifting({ GATEHOUSE_OUTBOUND_EXCEPTIONS: receiver.host })
  world = drifting.world
  const made = (await drifting.json('POST', '/api/v1/webhooks', {
    name: 'Watch',
    kind: 'signed',
    url: receiver.url,
  })) as { endpoint: { id: string }; secret: string }
  secret = made.secret
  await set(made.endpoint.id)
})
afterAll(async () => {
  await world.close()
  await receiver.close()
})
/** Each begins with a client of which a day of activity agrees, but for fetches: it makes none. */
beforeEach(async () => {
  world.clock.advance(2 * day)
  await drifting.start()
  await drifting.judge()
  await open([])
})
const open = (expected: readonly (readonly [string, string])[]) => drifting.open(expected, 'fetch')

describe('a client', () => {
  it('is judged by when its report was received, however far its clock is behind', async () => {
    const { start, judge } = drifting
    await start({ ...loose, 'event.timestamp': new Date(world.clock.now - 40 * day).toISOString() })
    await judge()
    await open(found)
  })

  it('does not wash a loose start away by going on strictly', async () => {
    const { start, judge } = drifting
    await start({ ...loose, 'conversation.id': 'resumed' })
    await judge()
    await open(found)
    world.clock.advance(minute)
    await start({ 'conversation.id': 'resumed' })
    await judge()
    await expect
      .poll(
        async () => (await drifting.findings('?state=open&key=sandbox')).items[0]?.seenAt,
        waits,
      )
      .toBe(world.clock.now)
    // Both in one request are told apart as well.
    world.clock.advance(2 * day)
    await start({ ...loose, 'conversation.id': 'both' })
    await start({ 'conversation.id': 'both' })
    await judge()
    await expect
      .poll(async () => (await drifting.findings('?state=open')).items.map((f) => f.key), waits)
      .toContain('sandbox')
  })

  it('may have run under each version that it was served around then', async () => {
    const { start, judge, fetchPolicy, policyId } = drifting
    const first = await drifting.versionId()
    const serve = async (text: string, message: string) => {
      const published = await publish(world, policyId, text, message)
      expect(published.status, published.text).toBeLessThan(300)
      const before = await drifting.versionId()
      // What is published is served, and what was served is written, a moment later.
      await expect
        .poll(async () => {
          await fetchPolicy()
          return await drifting.versionId()
        }, waits)
        .not.toBe(before)
    }
    await serve('allowed_sandbox_modes = ["read-only", "danger-full-access"]\n', 'looser')
    await start({}, first)
    await judge()
    await expect.poll(async () => (await drifting.one()).served?.name, waits).toBe('Strict v2')
    world.clock.advance(30 * minute)
    await start(loose, first)
    await judge()
    world.clock.advance(30 * minute)
    await serve('allowed_sandbox_modes = ["read-only"]\n', 'strict again')
    await start({ sandbox_policy: 'read-only' }, first)
    await judge()
    await expect
      .poll(async () => (await drifting.one()).given.map(({ name }) => name), waits)
      .toEqual(['Strict v3', 'Strict v2', 'Strict v1'])
    await open([])
  })

  it('that says ever new things is bounded', async () => {
    const { start, judge } = drifting
    for (let n = 0; n < 30; n++) await start({ mcp_servers: `scraper-${n}` })
    await judge()
    await expect.poll(async () => (await drifting.one()).open, waits).toBeGreaterThanOrEqual(30)
    expect(await drifting.findings('?state=open')).toMatchObject({ total: 20 })
  })
})

describe('people', () => {
  it('are told at once, and of what follows together, some minutes later', async () => {
    const { start, judge } = drifting
    // First they are told of everything that was found before.
    const untold = async () => {
      world.clock.advance(11 * minute)
      await judge('drift.judge-open')
      return world.app.runtime.db.read(countUntold)
    }
    await expect.poll(untold, waits).toBe(0)
    world.clock.advance(11 * minute)
    const toldOf = (reported: string) =>
      receiver.calls.filter(({ body }) => body.includes(reported))
    await start({ approval_policy: 'never' })
    await judge()
    await expect.poll(() => toldOf('"never"').length, waits).toBe(1)
    const [call] = toldOf('"never"')
    expect(await isSigned(call!, secret)).toBe(true)
    const [client] = (await drifting.clients()).items
    expect(JSON.parse(call!.body)).toMatchObject({
      type: 'drift.found',
      more: 0,
      findings: [
        {
          client: 'ada@acme.example on ada-laptop',
          key: 'approval',
          reported: 'never',
          link: expect.stringMatching(new RegExp(`/drift/${client?.id ?? ''}$`)),
        },
      ],
    })
    await start(loose)
    await judge()
    await start({ approval_policy: 'untrusted' })
    await judge()
    await open([['approval', 'never'], ['approval', 'untrusted'], ...found])
    expect(toldOf('"untrusted"')).toEqual([])
    world.clock.advance(11 * minute)
    await judge('drift.judge-open')
    await expect.poll(() => toldOf('"untrusted"').length, waits).toBe(1)
    const together = JSON.parse(toldOf('"untrusted"')[0]?.body ?? '{}') as {
      findings: { reported: string }[]
    }
    expect(together.findings.map(({ reported }) => reported).sort()).toEqual([
      'danger-full-access',
      'untrusted',
    ])
  })

  it('who may only look are not shown who is told', async () => {
    const made = (await drifting.json('POST', '/api/v1/keys', {
      name: 'Reader',
      scopes: ['drift.read'],
    })) as { secret: string }
    const { json } = await world.call('GET', '/api/v1/drift/settings', { key: made.secret })
    expect(json).toMatchObject({ webhookId: null, webhooks: [], mailTo: [], recipients: false })
  })

  it('learn that the webhook is gone that was told', async () => {
    const { webhookId } = await settings()
    expect(webhookId).not.toBeNull()
    await drifting.json('DELETE', `/api/v1/webhooks/${webhookId ?? ''}`)
    await drifting.judge()
    await expect
      .poll(async () => {
        const { alarms } = (await drifting.json('GET', '/api/v1/overview')) as {
          alarms: { key: string }[]
        }
        return alarms.map(({ key }) => key)
      }, waits)
      .toContain('drift-webhook')
    expect(await settings()).toMatchObject({ webhookId, webhooks: [] })
    expect((await set(null)).webhookId).toBeNull()
  })

  it('whose reports are removed are not known here either', async () => {
    const { ada } = drifting
    expect((await drifting.clients(`?principal=${ada.id}`)).total).toBe(1)
    await drifting.json('DELETE', `/api/v1/telemetry/principals/${ada.id}`)
    expect((await drifting.clients(`?principal=${ada.id}`)).total).toBe(0)
    expect((await drifting.findings(`?q=${ada.id}`)).total).toBe(0)
    world.clock.advance(hour)
    await drifting.judge('drift.judge-all')
    // Also what drift read before it was removed.
    await expect
      .poll(async () => (await drifting.clients(`?principal=${ada.id}`)).total, waits)
      .toBe(0)
  })
})
