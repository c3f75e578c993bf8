import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asideInPlace, type Aside } from '#kernel/aside.ts'
import { systemClock } from '#kernel/clock.ts'
import type { SqliteDb } from '#kernel/db.sqlite.ts'
import { createIds } from '#kernel/ids.ts'
import { createLog } from '#kernel/log.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { all } from '#kernel/work.ts'
import { createIngest } from '#features/telemetry/ingest/index.ts'
import type { Order } from '#features/telemetry/ingest/order.ts'
import { seenMigration } from '#features/telemetry/ingest/seen.ts'
import { telemetryMigrations } from '#features/telemetry/migrations.ts'
import { relayMigrations } from '#features/telemetry/relay/migrations.ts'
import { settingsMigrations } from '#features/telemetry/settings/migrations.ts'
import { q } from '#features/telemetry/tables.ts'
import { openEngine, testEngine } from '../engine.ts'

// Trouble with telemetry, and where it is tried: a full disk, and no room in memory (here); a batch of 100 MB, a gzip bomb, a
// record with a million names of attributes, more records than may be, hostile strings (formulas, HTML, control characters,
// U+0000), times of zero, in 1970 and in 2100, and a clock that goes backwards (otlp-ingest.test.ts); a clock that was ahead
// (facts-store.test.ts, "goes although a clock was ahead"); kills (../trouble/otlp-kill.test.ts).

const clock = systemClock
const sender = { kind: 'member', id: 'mem_1', label: 'Ines', groupIds: [] } as const
const content = { level: 'nothing', patterns: [] } as const
const logs = readFileSync(
  join(import.meta.dirname, '../../src/features/telemetry/otlp/samples/logs.bin'),
)

let engine: Awaited<ReturnType<typeof openEngine>>
let ingest: ReturnType<typeof createIngest>
beforeEach(async () => {
  engine = await openEngine([
    ...telemetryMigrations,
    seenMigration,
    ...settingsMigrations,
    ...relayMigrations,
  ])
  const runtime = { db: engine.db, clock, ids: createIds(clock), log: createLog('silent') }
  ingest = createIngest(
    {
      runtime: runtime as unknown as Runtime,
      aside: breaking(asideInPlace(() => runtime as unknown as Runtime)),
      live: () => Promise.resolve(sender),
      policyText: () => Promise.resolve(null),
      versionNow: () => '',
    },
    { make: () => '', read: () => undefined },
    { contentFor: () => content, current: () => ({ collect: true }) as never },
  )
})
/** Ends, as a thread without memory does, over any work that has a certain token in it. */
const breaking = (aside: Aside): Aside => ({
  ...aside,
  run: (async (url, name, input, options) => {
    const { orders = [] } = input as { readonly orders?: readonly Order[] }
    if (orders.some(({ token }) => token === 'git_breaks')) throw new Error('The thread ended.')
    return await aside.run(url, name, input, options)
  }) as Aside['run'],
})
afterEach(async () => {
  await ingest.close()
  await engine.close()
})

const order = (body: Uint8Array, token = 'git_x'): Order => ({
  signal: 'logs',
  format: 'protobuf',
  body: new Uint8Array(body),
  token,
  context: {
    claims: { kind: 'client', id: 'cli_1', principalId: 'mem_1', versionId: '' },
    sender,
    receivedAt: clock(),
    content,
  },
})
const events = [
  { event_type: 'codex_thread_initialized', event_params: { thread_id: randomUUID() } },
]
const take = () => ingest.takeEvents({ id: 'cli_1', principalId: 'mem_1' }, events)
const kinds = async () =>
  (await engine.db.read(() => all(q.selectFrom('telemetry_facts').select('kind')))).map(
    ({ kind }) => kind,
  )

// On PostgreSQL it is told by its code (trouble.test.ts).
if (testEngine() === 'sqlite')
  describe('a full disk', () => {
    it('sends whoever reports away with the time to come back; then the same counts once', async () => {
      const { raw } = engine.db as SqliteDb
      const { page_count: pages } = raw.prepare('PRAGMA page_count').get() as never
      raw.exec(`PRAGMA max_page_count = ${Number(pages)}`)
      const full = { code: 'storage_full', extra: { retryAfter: 2 } }
      // Many at once: one transaction, taken back as a whole.
      const sent = await Promise.allSettled(
        Array.from({ length: 5 }, () => ingest.store(order(logs))),
      )
      for (const one of sent) expect(one).toMatchObject({ status: 'rejected', reason: full })
      const large = Array.from({ length: 2000 }, () => events[0] ?? { event_type: 'x' })
      await expect(
        ingest.takeEvents({ id: 'cli_1', principalId: 'mem_1' }, large),
      ).rejects.toMatchObject(full)
      expect(await kinds()).toEqual([])
      expect(ingest.measures()).toEqual({ requests: 0, bytes: 0, stored: 0 })

      raw.exec('PRAGMA max_page_count = 1073741823')
      await ingest.store(order(logs))
      await ingest.store(order(logs))
      expect(await kinds()).toHaveLength(31)
    })
  })

describe('analytics events', () => {
  it('that come again count once', async () => {
    await Promise.all([take(), take()])
    await take()
    expect(await kinds()).toEqual(['analytics'])
  })

  it('find no room where their client has taken all of its own', async () => {
    const hold = ingest.enter('cli_1')
    hold.add(32 * 1024 * 1024 - 2048)
    await expect(take()).rejects.toMatchObject({ code: 'rate_limited', extra: { retryAfter: 2 } })
    hold.end()
    await take()
    expect(await kinds()).toEqual(['analytics'])
  })
})

describe('a request that ends the thread', () => {
  it('takes others with it once, and is alone with it from then on', async () => {
    const [first, again, other] = await Promise.allSettled([
      ingest.store(order(logs, 'git_breaks')),
      ingest.store(order(logs, 'git_breaks')),
      ingest.store(order(logs)),
    ])
    const busy = { status: 'rejected', reason: { code: 'busy', extra: { retryAfter: 2 } } }
    expect([first, again]).toMatchObject([busy, busy])
    expect(other).toEqual({ status: 'fulfilled', value: '' })
    expect(await kinds()).toHaveLength(31)
  })
})

describe('many small requests at once', () => {
  it('are all stored, however many records each has', async () => {
    // Two bytes a record: 3,000 of them in each of ten requests, far more than one transaction takes.
    const record = (n: number) => {
      const empty = Buffer.alloc(2 * 3000, Buffer.from([0x12, 0]))
      const scope = Buffer.from([0x0a, 2, 0x0a, 0, 0x1a, 1, 0x41 + n])
      return field(0x0a, field(0x12, Buffer.concat([scope, empty])))
    }
    await Promise.all(Array.from({ length: 10 }, (_, n) => ingest.store(order(record(n)))))
    expect(await kinds()).toHaveLength(30_000)
  })
})

/** A field of bytes in protobuf, of less than 2 MiB. */
function field(tag: number, bytes: Uint8Array): Buffer {
  const { length } = bytes
  const size = [(length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14]
  return Buffer.concat([Buffer.from([tag, ...size]), bytes])
}
