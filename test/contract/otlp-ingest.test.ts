import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { day, hour, minute } from '#kernel/clock.ts'
import { all, first, queries } from '#kernel/work.ts'
import { createIngestTokens, type TelemetryTables } from '#features/telemetry/index.ts'
import { startWorld, type Answer, type World } from '#test/world.ts'

const samples = join(import.meta.dirname, '../../src/features/telemetry/otlp/samples')
const sample = (name: string) => readFileSync(join(samples, name))
const protobuf = 'application/x-protobuf'
const q = queries<
  Pick<TelemetryTables, 'telemetry_facts'> & { telemetry_requests: { key: string } }
>()

// One for all: its thread takes a second to start. Each test has an enrolment, and with it a sender, of its own.
let world: World
let token: string
let enrolmentId: string
let before: Counts

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())
let tests = 0
beforeEach(async () => {
  const name = `laptops ${++tests}`
  const made = await world.admin('POST', '/api/v1/enrolments', { name, groupId: null })
  enrolmentId = made.json.enrolment.id as string
  token = tokenOf({})
  before = await totals()
})

const tokenOf = (claims: { readonly id?: string; readonly versionId?: string }) =>
  createIngestTokens(world.app.runtime).make({
    kind: 'enrolment',
    id: enrolmentId,
    principalId: enrolmentId,
    versionId: '',
    ...claims,
  })

interface Sent extends Answer {
  readonly bytes: Uint8Array
}

async function send(
  path: string,
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Sent> {
  const response = await world.app.fetch(
    new Request(`http://gatehouse.test${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
      headers: { authorization: `Bearer ${token}`, 'content-type': protobuf, ...headers },
    }),
  )
  const bytes = new Uint8Array(await response.arrayBuffer())
  const text = Buffer.from(bytes).toString()
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    text,
    json: text.startsWith('{') ? JSON.parse(text) : undefined,
  }
}
const json = { 'content-type': 'application/json' }

interface Counts {
  readonly facts: number
  readonly requests: number
}

/** What came in since the test began. */
async function counts(): Promise<Counts> {
  const { facts, requests } = await totals()
  return { facts: facts - before.facts, requests: requests - before.requests }
}

async function totals(): Promise<Counts> {
  return await world.app.runtime.db.read(function* () {
    const count = (table: 'telemetry_facts' | 'telemetry_requests') =>
      first(q.selectFrom(table).select((e) => e.fn.countAll<number>().as('count')))
    return {
      facts: Number((yield* count('telemetry_facts'))?.count),
      requests: Number((yield* count('telemetry_requests'))?.count),
    }
  })
}

/** The newest facts, in the order in which they came. */
const newest = async (count: number) =>
  (
    await world.app.runtime.db.read(() =>
      all(
        q
          .selectFrom('telemetry_facts')
          .select(['at', 'received_at', 'reported_at', 'extra'])
          .orderBy('id', 'desc')
          .limit(count),
      ),
    )
  ).toReversed()

describe('what the agent sends', () => {
  it('is taken as it comes: every signal, both formats, both addresses, packed or not', async () => {
    for (const signal of ['logs', 'metrics', 'traces'])
      for (const path of [`/otlp/v1/${signal}`, `/v1/${signal}`]) {
        const binary = await send(path, sample(`${signal}.bin`))
        expect([
          path,
          binary.status,
          binary.headers.get('content-type'),
          binary.bytes.length,
        ]).toEqual([path, 200, protobuf, 0])
        const text = await send(path, gzipSync(sample(`${signal}.json`)), {
          'content-type': 'application/json; charset=utf-8',
          'content-encoding': 'gzip',
        })
        expect([path, text.status, text.json]).toEqual([path, 200, {}])
      }
    // The second address brought the same bodies again.
    expect((await counts()).requests).toBe(6)
  })

  it('counts once when it is sent again within a day, packed or not', async () => {
    await send('/otlp/v1/logs', sample('logs.bin'))
    const once = await counts()
    expect(once.facts).toBeGreaterThan(20)
    const again = await Promise.all([
      send('/otlp/v1/logs', sample('logs.bin')),
      send('/v1/logs', gzipSync(sample('logs.bin')), { 'content-encoding': 'gzip' }),
    ])
    expect(again.map(({ status }) => status)).toEqual([200, 200])
    world.clock.advance(day - minute)
    expect((await send('/otlp/v1/logs', sample('logs.bin'))).status).toBe(200)
    expect(await counts()).toEqual(once)
    // Another token says that it is another sender; a day later nobody remembers.
    const first = token
    token = tokenOf({ versionId: 'ver_gone' })
    await send('/otlp/v1/logs', sample('logs.bin'))
    expect((await counts()).facts).toBe(2 * once.facts)
    token = first
    world.clock.advance(2 * minute)
    await send('/otlp/v1/logs', sample('logs.bin'))
    expect((await counts()).facts).toBe(3 * once.facts)
  })

  it('counts once when the clock was put back meanwhile', async () => {
    await send('/otlp/v1/logs', sample('logs.bin'))
    const once = await counts()
    world.clock.advance(-6 * hour)
    expect((await send('/otlp/v1/logs', sample('logs.bin'))).status).toBe(200)
    expect(await counts()).toEqual(once)
  })
})

describe('who may send', () => {
  it('is who has a token of ours; the error comes in the format of the request', async () => {
    const answer = await send('/otlp/v1/logs', '{}', { ...json, authorization: 'Bearer nothing' })
    expect([answer.status, answer.json.code]).toEqual([401, 16])
    expect(answer.json.message).toMatch(/ingest token/)
    const binary = await send('/v1/traces', '', { authorization: `Bearer ${token}x` })
    expect([binary.status, binary.headers.get('content-type')]).toEqual([401, protobuf])
    // google.rpc.Status: code 16 in field 1, the message in field 2.
    expect([...binary.bytes.subarray(0, 3)]).toEqual([0x08, 16, 0x12])
    expect(Buffer.from(binary.bytes).toString()).toMatch(/ingest token/)
  })

  it('is nobody any more when the enrolment is revoked, and nobody whose enrolment never was', async () => {
    expect((await send('/v1/logs', '{}', json)).status).toBe(200)
    await world.admin('POST', `/api/v1/enrolments/${enrolmentId}/revoke`)
    world.clock.advance(3000)
    const answer = await send('/v1/logs', '{}', json)
    expect([answer.status, answer.json.message]).toEqual([401, expect.stringMatching(/revoked/)])
    token = tokenOf({ id: 'enr_never' })
    expect((await send('/v1/logs', '{}', json)).status).toBe(401)
  })

  it('cannot do anything else with it', async () => {
    for (const path of ['/api/v1/me', '/api/v1/policies', '/metrics'])
      expect((await world.call('GET', path, { key: token })).status).toBe(401)
  })
})

describe('what is not taken', () => {
  it('is a body that cannot be read: not to be sent again, and nothing of it is stored', async () => {
    const cut = sample('logs.bin').subarray(0, 5000)
    const answer = await send('/otlp/v1/logs', cut)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([400, null])
    expect([...answer.bytes.subarray(0, 2)]).toEqual([0x08, 3])
    expect((await send('/otlp/v1/logs', 'nonsense', json)).json.message).toMatch(/not JSON/)
    expect((await send('/otlp/v1/logs', 'x', { 'content-encoding': 'gzip' })).status).toBe(400)
    expect(await counts()).toEqual({ facts: 0, requests: 0 })
  })

  it('does not keep what waits with it from being stored', async () => {
    const answers = await Promise.all([
      send('/v1/logs', sample('logs.bin')),
      send('/v1/logs', 'nonsense', json),
      send('/v1/logs', sample('logs.json'), json),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 200])
    expect((await counts()).requests).toBe(2)
  })

  it('is another kind of body', async () => {
    const type = await send('/v1/logs', 'x', { 'content-type': 'text/plain' })
    expect([type.status, type.json.code]).toEqual([415, 3])
    expect((await send('/v1/logs', 'x', { 'content-encoding': 'br' })).status).toBe(415)
  })

  it('is a body of 100 MB, said so before it has come', async () => {
    let pulled = 0
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1
        if (pulled > 100) controller.close()
        else controller.enqueue(new Uint8Array(1024 * 1024))
      },
    })
    const response = await world.app.fetch(
      new Request('http://gatehouse.test/otlp/v1/logs', {
        method: 'POST',
        body: stream,
        duplex: 'half',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      } as RequestInit),
    )
    expect(response.status).toBe(413)
    expect(((await response.json()) as { message: string }).message).toMatch(/16 MiB/)
    expect(pulled).toBeLessThan(25)
  })

  it('is 100 MB from one sender at once, not stored yet: the last are told when to come back', async () => {
    let end: () => void = () => undefined
    const ended = new Promise<void>((resolve) => (end = resolve))
    const slow = () => {
      let pulled = 0
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          pulled += 1
          if (pulled <= 15) controller.enqueue(new Uint8Array(1024 * 1024))
          else await ended.then(() => controller.close())
        },
      })
    }
    const upload = async () =>
      await world.app.fetch(
        new Request('http://gatehouse.test/otlp/v1/logs', {
          method: 'POST',
          body: slow(),
          duplex: 'half',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            'content-length': String(15 * 1024 * 1024),
          },
        } as RequestInit),
      )
    const uploads = Array.from({ length: 6 }, upload)
    const first = await Promise.race(uploads)
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '2'])
    // Somebody else has room all the while.
    token = tokenOf({ versionId: 'ver_other' })
    expect((await send('/v1/logs', '{}', json)).status).toBe(200)
    end()
    const answers = (await Promise.all(uploads)).map(({ status }) => status).sort()
    expect(answers).toEqual([400, 400, 429, 429, 429, 429])
  })

  it('is more records than one request may hold, in however few bytes', async () => {
    const records = Buffer.alloc(1024 * 1024, Buffer.from([0x12, 0]))
    const size = [0x80, 0x80, 0x40]
    const scope = Buffer.concat([Buffer.from([0x12, ...size]), records])
    const around = [
      (scope.length & 0x7f) | 0x80,
      ((scope.length >> 7) & 0x7f) | 0x80,
      scope.length >> 14,
    ]
    const body = Buffer.concat([Buffer.from([0x0a, ...around]), scope])
    for (const [sent, headers] of [
      [body, {}],
      [gzipSync(body), { 'content-encoding': 'gzip' }],
    ] as const) {
      const answer = await send('/v1/logs', sent, headers)
      expect([answer.status, Buffer.from(answer.bytes).toString()]).toEqual([
        413,
        expect.stringMatching(/20000 records/),
      ])
    }
    expect(await counts()).toEqual({ facts: 0, requests: 0 })
  })

  it('is a gzip bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024))
    expect(bomb.length).toBeLessThan(300_000)
    const answer = await send('/v1/logs', bomb, { 'content-encoding': 'gzip' })
    expect([answer.status, Buffer.from(answer.bytes).toString()]).toEqual([
      413,
      expect.stringMatching(/16 MiB, unpacked/),
    ])
  })

  it('is a record with a million names of attributes', async () => {
    const attributes = Array.from({ length: 1_000_001 }, (_, n) => `{"key":"${n}"}`).join(',')
    const body = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[${attributes}]}]}]}]}`
    const answer = await send('/v1/logs', gzipSync(body), { ...json, 'content-encoding': 'gzip' })
    expect([answer.status, answer.json?.message]).toEqual([413, expect.stringMatching(/at most/)])
  })
})

describe('a record with too many attributes', () => {
  it('is kept without the last of them, and the sender is told, each time', async () => {
    const attributes = Array.from({ length: 300 }, (_, n) => ({
      key: `k${n}`,
      value: { intValue: n },
    }))
    const body = JSON.stringify({
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ attributes }] }] }],
    })
    for (let sent = 0; sent < 2; sent += 1)
      expect((await send('/v1/logs', body, json)).json).toEqual({
        partialSuccess: { errorMessage: expect.stringMatching(/^1 records have more than 256/) },
      })
    expect(await counts()).toEqual({ facts: 1, requests: 1 })
  })
})

describe('hostile records', () => {
  const one = (attributes: readonly object[], more: object = {}) =>
    JSON.stringify({
      resourceLogs: [
        {
          resource: { attributes },
          scopeLogs: [{ logRecords: [{ attributes, body: { stringValue: 'x' }, ...more }] }],
        },
      ],
    })

  it('are kept safely: control characters, U+0000, half characters, formulas, HTML', async () => {
    const texts = [
      'a\0b',
      '\ud800',
      '=1+1',
      '<script>',
      '\u001b[2J',
      '__proto__',
      'x'.repeat(300_000),
    ]
    const attributes = [
      { key: 'event.name', value: { stringValue: 'codex.\0odd' } },
      ...texts.map((text, n) => ({
        key: n % 2 === 0 ? text : `k${n}`,
        value: { stringValue: text },
      })),
    ]
    const answer = await send('/v1/logs', one(attributes), json)
    expect([answer.status, answer.json]).toEqual([200, {}])
    expect((await counts()).facts).toBe(1)
    const [fact] = await newest(1)
    expect(fact?.extra).not.toMatch(/script|1\+1|xxx|\\u001b|\\u0000/)
    // Each of the seven is there, by its length; names that no program writes say their length as well.
    expect(JSON.parse(fact?.extra ?? '')).toMatchObject({
      k1: { length: 1 },
      k3: { length: 8 },
      k5: { length: 9 },
      '(3 characters)': { length: 3 },
      '(4 characters)': { length: 4 },
      '(300000 characters)': { length: 300_000 },
      body: 'x',
    })
  })

  it('are kept safely: times in 1970, in 2100, of nothing and of nobody’s calendar', async () => {
    for (const time of ['0', '1', `${Date.UTC(2100, 0, 1)}000000`, '18446744073709551615', '-5'])
      expect((await send('/v1/logs', one([], { timeUnixNano: time }), json)).status).toBe(200)
    expect((await counts()).facts).toBe(5)
    // All of them count when they came; what was said is kept where it is a time.
    const facts = await newest(5)
    for (const fact of facts) expect(fact.at).toBe(fact.received_at)
    expect(facts.map((fact) => fact.reported_at)).toEqual([
      0,
      0,
      Date.UTC(2100, 0, 1),
      Math.floor(2 ** 64 / 1e6),
      0,
    ])
  })

  it('are refused: nested ten thousand times, of a wrong type', async () => {
    const deep = `${'{"arrayValue":{"values":['.repeat(10_000)}{"intValue":1}${']}}'.repeat(10_000)}`
    const body = one([]).replace('"x"', '"x"').replace('{"stringValue":"x"}', deep)
    expect((await send('/v1/logs', body, json)).json.message).toMatch(/levels deep/)
    expect((await send('/v1/logs', one([{ key: 1 }]), json)).json.message).toMatch(/key must be/)
    expect(await counts()).toEqual({ facts: 0, requests: 0 })
  })
})
