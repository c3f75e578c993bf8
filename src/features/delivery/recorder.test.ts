import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { day, hour } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { createLog } from '#kernel/log.ts'
import { Problem } from '#kernel/problem.ts'
import { all, queries, run } from '#kernel/work.ts'
import { openEngine } from '#test/engine.ts'
import { migrations as clientMigrations } from '../clients/migrations.ts'
import { deliveryMigrations } from './migrations.ts'
import { createRecorder, usesAtOnce, type Fetched } from './recorder.ts'
import { insertEnrolment, insertKey } from './store.ts'
import { fetchesPage, fetchSummaries, summaryOf } from './store.fetches.ts'

const q = queries<{ fetch_addresses: { address: string } }>()
const clients = queries<{
  members: { id: string }
  clients: Record<string, string | number>
  client_uses: { client_id: string; fetches: number; served: string }
  client_events: { event_type: string; count: number }
}>()
const groups = {
  name: 'test-groups',
  *up() {
    yield* run(
      queries<Record<string, never>>()
        .schema.createTable('groups')
        .addColumn('id', 'text', (c) => c.primaryKey()),
    )
    yield* run(clients.schema.createTable('members').addColumn('id', 'text', (c) => c.primaryKey()))
    yield* run(clients.insertInto('members').values({ id: 'mem_1' }))
  },
}
const good: Fetched = {
  enrolmentId: 'enr_1',
  keyId: 'ekt_1',
  status: 200,
  versionId: 'v1',
  policyId: 'p',
  served: 'P v1',
}

describe('recording fetches', () => {
  let engine: Awaited<ReturnType<typeof openEngine>>
  let broken = false
  let db: Db
  const now = 40 * day + 5 * hour
  beforeEach(async () => {
    broken = false
    engine = await openEngine([groups, ...deliveryMigrations, ...clientMigrations])
    // The real database, whose connection can be cut.
    db = {
      ...engine.db,
      tx: (work) =>
        broken ? Promise.reject(new Problem('database_unavailable')) : engine.db.tx(work),
    }
    await engine.db.tx(function* () {
      yield* insertEnrolment({
        id: 'enr_1',
        name: 'L',
        name_key: 'l',
        group_id: null,
        version: 1,
        created_at: 0,
        created_by: '',
        revoked_at: null,
        revoked_by: null,
      })
      yield* insertKey({
        id: 'ekt_1',
        enrolment_id: 'enr_1',
        hash: 'h',
        prefix: 'p',
        created_at: 0,
        created_by: '',
        ends_at: null,
        ended_at: null,
      })
    })
  })
  afterEach(() => engine.close())

  const recorder = () =>
    createRecorder({
      db,
      log: createLog('silent'),
      clock: () => now,
    })
  const rows = () => engine.db.read(() => fetchesPage({ enrolmentId: 'enr_1' }, undefined, 100))
  const summary = async (at = now) =>
    summaryOf(await engine.db.read(() => fetchSummaries(['enr_1'], at)), 'enr_1')

  it('sums up by day, answer and version, over several flushes and processes', async () => {
    const [a, b] = [recorder(), recorder()]
    a.note(good, '10.0.0.1', now)
    a.note(good, '10.0.0.1', now + 3)
    a.note({ ...good, versionId: 'v2', served: 'P v2' }, '10.0.0.2', now + 4)
    await a.flush()
    b.note(good, '10.0.0.3', now - 5)
    b.note({ ...good, status: 403, versionId: '', served: '' }, '10.0.0.9', now + 9)
    b.note(good, '10.0.0.1', now - day)
    await b.flush()
    expect(
      (await rows()).map((r) => [
        r.day / day,
        r.status,
        r.served,
        r.count,
        r.first_at - now,
        r.last_at - now,
      ]),
    ).toEqual([
      [40, 403, '', 1, 9, 9],
      [40, 200, 'P v2', 1, 4, 4],
      [40, 200, 'P v1', 3, -5, 3],
      [39, 200, 'P v1', 1, -day, -day],
    ])
    // A refused fetch is no fetch: neither its time nor its address counts.
    expect(await summary()).toEqual({
      lastFetchedAt: now + 4,
      fetchesToday: 4,
      fetches24h: 5,
      addresses24h: 3,
    })
    expect((await summary(now + 2 * day)).addresses24h).toBe(0)
  })

  it('keeps what a broken database did not take, and loses and doubles nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.constant('note'),
            fc.constant('flush'),
            fc.constant('break'),
            fc.constant('mend'),
          ),
          {
            maxLength: 40,
          },
        ),
        async (steps) => {
          const before = (await rows()).reduce((sum, r) => sum + r.count, 0)
          const one = recorder()
          let noted = 0
          for (const step of steps) {
            if (step === 'note') {
              one.note(good, '10.0.0.1', now + noted)
              noted++
            } else if (step === 'flush') await one.flush()
            else broken = step === 'break'
          }
          broken = false
          await one.stop()
          expect(one.waiting()).toBe(0)
          const after = (await rows()).reduce((sum, r) => sum + r.count, 0)
          expect(after - before).toBe(noted)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('forgets addresses after two days, and keeps the sums', async () => {
    const one = recorder()
    one.note(good, '10.0.0.1', now - 3 * day)
    one.note(good, '10.0.0.2', now)
    await one.flush()
    const kept = await engine.db.read(() => all(q.selectFrom('fetch_addresses').select('address')))
    expect(kept).toEqual([{ address: '10.0.0.2' }])
    expect((await rows()).map((r) => r.count)).toEqual([1, 1])
  })

  describe('of signed-in clients', () => {
    const signedIn = (count: number) =>
      engine.db.tx(function* () {
        for (let i = 0; i < count; i++)
          yield* run(
            clients.insertInto('clients').values({
              id: `cli_${i}`,
              member_id: 'mem_1',
              route: 'workspace',
              flow: 'device',
              oauth_client: '',
              scope: '',
              created_at: 0,
              created_ip: '',
              created_agent: '',
              ended_by: '',
            }),
          )
      })
    const use = (clientId: string) => ({
      clientId,
      lastStatus: 200,
      served: { policyId: 'p', versionId: 'v', name: 'P v1' },
      ip: '10.0.0.1',
      userAgent: 'codex',
    })
    const uses = () =>
      engine.db.read(() =>
        all(clients.selectFrom('client_uses').select(['client_id', 'fetches', 'served'])),
      )

    it('are written with the others, and put back when the database fails', async () => {
      await signedIn(2)
      const one = recorder()
      one.noteUse(use('cli_0'), now)
      one.noteUse(use('cli_0'), now + 1)
      one.noteUse(use('gone'), now)
      one.noteEvents('cli_1', ['codex_turn_event', 'codex_turn_event'], now)
      broken = true
      await one.flush()
      expect(one.waiting()).toBe(3)
      one.noteUse(use('cli_0'), now + 2)
      broken = false
      await one.flush()
      expect(one.waiting()).toBe(0)
      expect(await uses()).toEqual([{ client_id: 'cli_0', fetches: 3, served: 'P v1' }])
      const events = await engine.db.read(() =>
        all(clients.selectFrom('client_events').select(['event_type', 'count'])),
      )
      expect(events).toEqual([{ event_type: 'codex_turn_event', count: 2 }])
    })

    it('wait for the next flush when they are very many, and not for the next start', async () => {
      const many = usesAtOnce + 300
      await signedIn(many)
      const one = recorder()
      for (let i = 0; i < many; i++) one.noteUse(use(`cli_${i}`), now)
      await one.flush()
      expect(await uses()).toHaveLength(usesAtOnce)
      expect(one.waiting()).toBe(300)
      for (let i = 0; i < many; i++) one.noteUse(use(`cli_${i}`), now)
      await one.stop()
      expect(one.waiting()).toBe(0)
      expect((await uses()).map((row) => row.fetches)).toEqual(
        Array.from({ length: many }, () => 2),
      )
    })
  })
})
