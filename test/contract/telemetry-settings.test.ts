import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parse } from 'smol-toml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compose } from '#requirements/compose/index.ts'
import { createIngestTokens } from '#features/telemetry/token.ts'
import { relayWork, type RelayItem } from '#features/telemetry/index.ts'
import { newMember, type Person } from '../clients.ts'
import { keyWith, publish } from '../company.ts'
import { startWorld, type World } from '../world.ts'

let world: World
let person: Person
let key: string
let enrolmentId: string
let collector: Awaited<ReturnType<typeof startCollector>>
const path = '/api/v1/telemetry/settings'

beforeAll(async () => {
  collector = await startCollector()
  world = await startWorld({ env: { GATEHOUSE_OUTBOUND_EXCEPTIONS: collector.host } })
  person = await newMember(world, 'ines@acme.example')
  const made = await world.admin('POST', '/api/v1/enrolments', { name: 'Fleet', groupId: null })
  ;({
    key,
    enrolment: { id: enrolmentId },
  } = made.json)
})
afterAll(async () => {
  await world.close()
  await collector.close()
})

/** Enough of any answer for these tests; the server has checked it against its schema. */
type Loose = Record<string, any> // eslint-disable-line @typescript-eslint/no-explicit-any

const page = async () => (await world.admin('GET', path)).json as Loose

/** The present settings with something else in them. */
async function change(more: object, as?: string) {
  const { changedAt: _at, changedBy: _by, relay, ...present } = (await page()).settings as Loose
  const body = { ...present, relay: relay && { url: relay.url }, ...more }
  return as === undefined
    ? world.admin('PUT', path, body)
    : world.call('PUT', path, { key: as, body })
}
const changed = async (more: object) => {
  const answer = await change(more)
  expect(answer.status, answer.text).toBe(200)
  return answer.json as Loose
}
const fetched = async (headers = {}) =>
  world.call('GET', `/c/${key}/codex/config/bundle`, { headers })
const fragments = async () =>
  ((await fetched()).json.requirements_toml?.enterprise_managed ?? []) as {
    id: string
    contents: string
  }[]

describe('collecting telemetry', () => {
  it('is off until somebody turns it on, and nothing is delivered', async () => {
    expect((await page()).settings).toMatchObject({
      version: 0,
      collect: false,
      content: { level: 'nothing' },
    })
    expect(await fragments()).toEqual([])
    expect((await world.admin('GET', '/api/v1/telemetry/block')).json).toEqual({ block: null })
  })

  it('delivers a fragment behind the policy, with a token that says whose it is', async () => {
    const after = await changed({ collect: true, environment: 'Acme "prod"' })
    expect(after.reach).toMatchObject({ members: 2, enrolments: 1 })
    const [only] = await fragments()
    const { otel } = parse(only?.contents ?? '') as { otel: Loose }
    expect(otel).toMatchObject({
      environment: 'Acme "prod"',
      log_user_prompt: false,
      tool_result: { max_bytes: 0 },
      trace_exporter: 'none',
      metrics_exporter: 'none',
      exporter: {
        'otlp-http': {
          endpoint: 'https://gatehouse.acme.example/otlp/v1/logs',
          protocol: 'binary',
        },
      },
    })
    const bearer = otel.exporter['otlp-http'].headers.authorization as string
    const tokens = createIngestTokens({ secrets: world.app.runtime.secrets })
    expect(tokens.read(bearer.replace('Bearer ', ''))).toEqual({
      kind: 'enrolment',
      id: enrolmentId,
      principalId: enrolmentId,
      versionId: '',
    })
    // The token opens nothing but what takes telemetry in.
    const headers = { authorization: bearer }
    expect((await world.call('GET', '/api/v1/members', { headers })).status).toBe(401)
    expect(world.logged.join('\n')).not.toContain(bearer.slice(-22))
  })

  it('gives the same answer again as long as nothing changes, and another one after a change', async () => {
    const etag = (await fetched()).headers.get('etag') ?? ''
    expect((await fetched({ 'if-none-match': etag })).status).toBe(304)
    await changed({ metrics: true })
    expect((await fetched({ 'if-none-match': etag })).status).toBe(200)
  })

  it('stands behind the policy, whose own [otel] wins key by key', async () => {
    const text = '[otel]\nenvironment = "mine"\nmetrics_exporter = "none"\n'
    const policyId = (await world.admin('POST', '/api/v1/policies', { name: 'Own', text })).json
      .id as string
    const published = await publish(world, policyId, text, 'first')
    expect(published.status, published.text).toBe(201)
    const { revision } = (await world.admin('GET', '/api/v1/rules')).json
    const set = await world.admin('PUT', '/api/v1/rules/default', {
      policyId,
      expectedRevision: revision,
    })
    expect(set.status, set.text).toBe(200)
    const named = async () => (await fragments()).map(({ id }) => id)
    await expect.poll(named).toEqual([policyId, 'gatehouse-telemetry'])
    const both = await fragments()
    const { document } = compose(
      both.map(({ id, contents }) => ({ kind: 'delivered' as const, name: id, text: contents })),
    )
    expect(document).toMatchObject({
      otel: { environment: 'mine', metrics_exporter: 'none', log_user_prompt: false },
    })
    expect(document).toHaveProperty('otel.exporter.otlp-http')
  })

  it('is written down with how many it reaches, and refused to who may not', async () => {
    const recorded = await world.admin('GET', '/api/v1/activity?action=telemetry.change')
    const items = recorded.json.items as Loose[]
    expect(items.at(-1)).toMatchObject({
      before: { collect: false },
      after: { collect: true },
      touches: 3,
    })
    const asMember = await world.call('GET', path, { cookie: person.cookie })
    expect(asMember.status).toBe(403)
    const stale = await change({ version: 0 })
    expect(stale).toMatchObject({ status: 409, json: { code: 'edited_meanwhile' } })
  })
})

describe('what is kept', () => {
  it('is said to the member in the words that hold for her', async () => {
    const group = (await world.admin('POST', '/api/v1/groups', { name: 'Careful' })).json
      .id as string
    const own = async () =>
      (await world.call('GET', '/api/v1/me/telemetry', { cookie: person.cookie })).json as Loose
    await changed({ content: { level: 'redacted', patterns: ['(?i)secret\\w*'] } })
    expect(await own()).toMatchObject({ collect: true, level: 'redacted', patterns: 1 })
    await changed({ groups: [{ groupId: group, level: 'commands' }] })
    expect((await own()).level).toBe('redacted')
    await world.admin('POST', `/api/v1/groups/${group}/members`, { add: [person.id] })
    await expect.poll(async () => (await own()).level as unknown).toBe('commands')
    // Something of what tools put out would be kept of others, so clients send it.
    expect((await fragments()).at(-1)?.contents).not.toContain('tool_result')
  })

  it('refuses what cannot be: a bad pattern, an unknown group, prompts where they would not be kept', async () => {
    const field = async (more: object) => (await change(more)).json.errors?.[0]?.field as unknown
    expect(await field({ content: { level: 'redacted', patterns: ['ok', '(?=x)'] } })).toBe(
      'content.patterns.1',
    )
    expect(await field({ groups: [{ groupId: 'grp_x', level: 'all' }] })).toBe('groups.0.groupId')
    expect(await field({ logUserPrompt: true })).toBe('logUserPrompt')
    expect(await field({ relay: { url: 'https://u:p@collector.example' } })).toBe('relay.url')
  })
})

describe('who may only manage telemetry', () => {
  const relay = (url: string) => ({ relay: { url, headers: {} } })

  it('keeps less and passes nothing on, and is refused what keeps more or sends it elsewhere', async () => {
    const key = await keyWith(world, 'telemetry.manage')
    await changed({ content: { level: 'redacted', patterns: ['a', 'b'] } })
    const refused: readonly [object, string][] = [
      [{ collect: false }, 'Turning telemetry on and off'],
      [{ content: { level: 'all', patterns: ['a', 'b'] } }, 'Keeping more'],
      [{ content: { level: 'redacted', patterns: ['a'] } }, 'Keeping more'],
      [relay('https://collector.example'), 'Passing telemetry on'],
    ]
    for (const [more, said] of refused) {
      const answer = await change(more, key)
      expect([answer.status, answer.json.code]).toEqual([403, 'forbidden'])
      expect(answer.json.detail).toContain(said)
    }
    expect((await page()).settings.content).toEqual({ level: 'redacted', patterns: ['a', 'b'] })
    expect((await change({ content: { level: 'nothing', patterns: [] } }, key)).status).toBe(200)
    expect((await change({ environment: 'lab' }, key)).status).toBe(200)
  })
})

describe('the relay', () => {
  const items = (...bodies: string[]): RelayItem[] =>
    bodies.map((body) => ({
      signal: 'logs',
      contentType: 'application/x-protobuf',
      body: Buffer.from(body),
      receivedAt: world.clock.now,
    }))
  const accept = (...bodies: string[]) =>
    world.app.runtime.db.tx(() => relayWork(world.app.runtime.ids, items(...bodies)))
  const state = async () => (await page()).relay as unknown

  it('keeps nothing while there is no collector', async () => {
    await accept('early')
    expect(await state()).toMatchObject({ waiting: 0, delivered: 0 })
  })

  it('passes on what was accepted, in order and as it came, with the headers of the organisation', async () => {
    const url = `http://${collector.host}/otel`
    await changed({ relay: { url, headers: { 'x-api-key': 'collector secret' } } })
    await accept('a\0b', 'two', 'three')
    await expect.poll(() => collector.bodies()).toEqual(['a\0b', 'two', 'three'])
    expect(collector.last()).toMatchObject({
      url: '/otel/v1/logs',
      headers: { 'content-type': 'application/x-protobuf', 'x-api-key': 'collector secret' },
    })
    await expect.poll(state).toMatchObject({ waiting: 0, waitingBytes: 0, delivered: 3, lost: 0 })
    expect(JSON.stringify(await page())).not.toContain('collector secret')
  })

  it('waits for a collector that does not answer well, and then loses nothing', async () => {
    collector.answer(503)
    await accept('four', 'five')
    await expect.poll(state).toMatchObject({
      waiting: 2,
      failingSince: world.clock.now,
      lastError: expect.stringContaining('503'),
    })
    collector.answer(200)
    world.clock.advance(10_000)
    await expect.poll(() => collector.bodies().slice(-2)).toEqual(['four', 'five'])
    await expect.poll(state).toMatchObject({ waiting: 0, failingSince: null, lost: 0 })
  })

  it('gives up only what the collector cannot read, and says so', async () => {
    collector.answer(400)
    await accept('broken')
    await expect.poll(state).toMatchObject({
      waiting: 0,
      lost: 1,
      lastLoss: expect.stringContaining('400'),
    })
    collector.answer(200)
    await expect
      .poll(async () => (await world.admin('GET', '/api/v1/overview')).text)
      .toContain('Telemetry was not passed on')
  })

  it('counts what the collector says it rejected, and goes on with the rest', async () => {
    collector.rejects('{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too old"}}')
    await accept('six')
    await expect.poll(state).toMatchObject({
      waiting: 0,
      lost: 2,
      lastLoss: expect.stringMatching(/rejected 2 records.*too old/),
    })
    collector.rejects('')
  })

  it('goes on with logs where the collector takes no metrics, and says what it does not take', async () => {
    collector.answer(404, 'metrics')
    await world.app.runtime.db.tx(() =>
      relayWork(world.app.runtime.ids, [
        ...items('m').map((item) => ({ ...item, signal: 'metrics' as const })),
        ...items('seven'),
      ]),
    )
    await expect.poll(() => collector.bodies().at(-1)).toBe('seven')
    await expect.poll(state).toMatchObject({
      waiting: 1,
      lastError: expect.stringContaining('404 to metrics'),
      failingSince: world.clock.now,
    })
    // Another address: nothing of that holds any more.
    collector.answer(200)
    await changed({ relay: { url: `http://${collector.host}/other` } })
    await expect.poll(() => collector.last()?.url).toBe('/other/v1/metrics')
    await expect.poll(state).toMatchObject({ waiting: 0, failingSince: null, lastError: null })
  })

  it('does not take its headers to another host', async () => {
    const other = await change({ relay: { url: 'https://other.example/otel' } })
    expect(other.json.errors[0].field).toBe('relay.headers')
  })
})

/** Takes OTLP as somebody else's collector does. */
async function startCollector() {
  const heard: { url: string | undefined; headers: unknown; body: string }[] = []
  let status = 200
  let only: string | undefined
  let body = ''
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const answer = only === undefined || request.url?.endsWith(only) === true ? status : 200
      if (answer === 200)
        heard.push({
          url: request.url,
          headers: request.headers,
          body: Buffer.concat(parts).toString(),
        })
      response.writeHead(answer, { 'content-type': 'application/json' }).end(body)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies: () => heard.map(({ body }) => body),
    last: () => heard.at(-1),
    /** From now on, to every signal or to one. */
    answer: (next: number, signal?: string) => {
      status = next
      only = signal
    },
    rejects: (said: string) => {
      body = said
    },
    close: () => new Promise((done) => server.close(done)),
  }
}
