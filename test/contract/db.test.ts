import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { auditMigrations } from '#kernel/audit.ts'
import { Problem } from '#kernel/problem.ts'
import { all, first, notify, queries, run, type Work } from '#kernel/work.ts'
import { migrate } from '#kernel/migrate.ts'
import { openEngine } from '../engine.ts'

interface Tables {
  counters: { name: string; value: number }
}
const q = queries<Tables>()

const counters = {
  name: 'test-001-counters',
  *up(): Work<void> {
    yield* run(
      q.schema
        .createTable('counters')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('value', 'bigint', (c) => c.notNull()),
    )
  },
}

function* valueOf(name: string): Work<number | undefined> {
  return (yield* first(q.selectFrom('counters').select('value').where('name', '=', name)))?.value
}
function* insert(name: string, value: number): Work<void> {
  yield* run(q.insertInto('counters').values({ name, value }))
}
function* increment(name: string): Work<void> {
  const value = (yield* valueOf(name)) ?? 0
  yield* run(
    q
      .updateTable('counters')
      .set({ value: value + 1 })
      .where('name', '=', name),
  )
}

let engine: Awaited<ReturnType<typeof openEngine>>
beforeEach(async () => {
  engine = await openEngine([counters])
})
afterEach(() => engine.close())

describe('a database engine', () => {
  it('keeps what a transaction did, and gives integers as numbers', async () => {
    await engine.db.tx(() => insert('a', 1_767_600_000_000))
    expect(await engine.db.read(() => valueOf('a'))).toBe(1_767_600_000_000)
  })

  it('undoes the whole transaction when something in it throws', async () => {
    const failing = engine.db.tx(function* () {
      yield* insert('a', 1)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await engine.db.read(() => valueOf('a'))).toBeUndefined()
  })

  it('maps a broken unique constraint to already_exists', async () => {
    await engine.db.tx(() => insert('a', 1))
    const again = engine.db.tx(() => insert('a', 2))
    await expect(again).rejects.toMatchObject({ code: 'already_exists' })
    await expect(again).rejects.toBeInstanceOf(Problem)
  })

  it('loses no increment when twenty transactions read and write the same row at once', async () => {
    await engine.db.tx(() => insert('a', 0))
    await Promise.all(Array.from({ length: 20 }, () => engine.db.tx(() => increment('a'))))
    expect(await engine.db.read(() => valueOf('a'))).toBe(20)
  })

  it('lets an invariant over several rows hold: of two that each take the last but one, one is refused', async () => {
    await engine.db.tx(function* () {
      yield* insert('a', 1)
      yield* insert('b', 1)
    })
    const takeOne = (name: string) =>
      engine.db.tx(function* () {
        const left = yield* all(q.selectFrom('counters').selectAll().where('value', '=', 1))
        if (left.length < 2) throw new Problem('last_owner')
        yield* run(q.updateTable('counters').set({ value: 0 }).where('name', '=', name))
      })
    const results = await Promise.allSettled([takeOne('a'), takeOne('b')])
    expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('tells listeners after the commit, and nothing of what was rolled back', async () => {
    const heard: string[] = []
    const stop = engine.db.listen('test', (payload) => heard.push(payload))
    await engine.db
      .tx(function* () {
        yield* notify('test', 'undone')
        throw new Error('no')
      })
      .catch(() => undefined)
    await engine.db.tx(() => notify('test', 'done'))
    await expect.poll(() => heard).toEqual(['done'])
    stop()
  })

  it('compares text by its bytes, whatever the locale', async () => {
    await engine.db.tx(function* () {
      for (const name of ['b', 'a', 'B', 'A', 'ä', 'z']) yield* insert(name, 0)
    })
    const rows = await engine.db.read(() =>
      all(q.selectFrom('counters').select('name').orderBy('name')),
    )
    expect(rows.map((r) => r.name)).toEqual(['A', 'B', 'a', 'b', 'z', 'ä'])
  })

  it('migrates once although several processes start at the same time', async () => {
    let ran = 0
    const late = {
      name: 'test-002-late',
      *up(): Work<void> {
        ran++
        yield* run(q.schema.alterTable('counters').addColumn('note', 'text'))
      },
    }
    const known = [
      ...[...auditMigrations.map(({ name }) => name), 'kernel-002-jobs'].map((name) => ({
        name,
        *up() {},
      })),
      counters,
      late,
    ]
    await Promise.all([1, 2, 3].map(() => migrate(engine.db, known, () => 1)))
    expect(ran).toBe(1)
  })

  it('refuses a database that a newer version has migrated', async () => {
    await expect(migrate(engine.db, [], () => 1)).rejects.toMatchObject({ code: 'wrong_state' })
  })

  it('answers a closed or lost database with database_unavailable', async () => {
    await engine.db.close()
    await expect(engine.db.ping()).rejects.toMatchObject({ code: 'database_unavailable' })
    await expect(engine.db.read(() => valueOf('a'))).rejects.toMatchObject({
      code: 'database_unavailable',
    })
  })
})
