import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { systemClock } from './clock.ts'
import { openSqlite } from './db.sqlite.ts'
import { sqliteJobsMigration } from './jobs.sqlite.ts'
import { createLog } from './log.ts'
import { migrate } from './migrate.ts'
import { all, queries, run, type Work } from './work.ts'

const q = queries<{ jobs: { id: string; name: string; payload: string; run_at: number } }>()
const job = (id: string) => ({ id, name: 'test', payload: 'null', run_at: 0 })
function* countRows(): Work<number> {
  return (yield* all(q.selectFrom('jobs').select('id'))).length
}
function busy(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until;);
}
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('nobody else on the machine may read the database and its log, whatever the folder allows', async () => {
  const db = openSqlite(join(folder, 'gatehouse.db'), { log: createLog('silent') })
  await migrate(db, [sqliteJobsMigration], systemClock)
  const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777)
  expect(modes).toEqual([0o600, 0o600, 0o600])
  await db.close()
})

it('a transaction waits for another connection without keeping the event loop', async () => {
  const path = join(folder, 'two.db')
  const [mine, other] = [0, 1].map(() => openSqlite(path, { log: createLog('silent') }))
  if (!mine || !other) throw new Error('Two were opened.')
  await migrate(mine, [sqliteJobsMigration], systemClock)
  other.raw.exec('BEGIN IMMEDIATE')
  let done = false
  const writing = mine.tx(() => run(q.deleteFrom('jobs'))).then(() => (done = true))
  // Each is a turn of the loop: it would not come to them if the thread slept until the other one has ended.
  for (let turn = 0; turn < 5; turn++) await new Promise((next) => setTimeout(next, 2))
  expect(done).toBe(false)
  other.raw.exec('COMMIT')
  await writing
  await Promise.all([mine.close(), other.close()])
})

it('after long work the next piece has a turn of its own, and so has what a commit set off', async () => {
  const db = openSqlite(join(folder, 'turns.db'), { log: createLog('silent') })
  await migrate(db, [sqliteJobsMigration], systemClock)
  let turn = 0
  const count = (): void => {
    turn++
    counting = setImmediate(count)
  }
  let counting = setImmediate(count)
  function* slow(): Work<number> {
    yield* run(q.deleteFrom('jobs'))
    busy(4)
    return turn
  }
  const heard = Promise.withResolvers<number>()
  db.listen('done', () => void db.tx(slow).then(heard.resolve))
  const turns = await Promise.all([
    ...Array.from({ length: 3 }, () => db.tx(slow)),
    db.tx(function* () {
      yield { kind: 'notify', channel: 'done', payload: '' }
      return yield* slow()
    }),
  ])
  expect(new Set([...turns, await heard.promise]).size).toBe(5)
  clearImmediate(counting)
  await db.close()
})

it('a long transaction lets others come between its statements, and nobody reads its half', async () => {
  const db = openSqlite(join(folder, 'slices.db'), { log: createLog('silent') })
  await migrate(db, [sqliteJobsMigration], systemClock)
  let turn = 0
  const count = (): void => {
    turn++
    counting = setImmediate(count)
  }
  let counting = setImmediate(count)
  const writing = db.tx(function* () {
    const from = turn
    for (let i = 0; i < 3; i++) {
      yield* run(q.insertInto('jobs').values(job(`long-${i}`)))
      busy(4)
    }
    return turn - from
  })
  const reading = db.read(countRows)
  const other = db.tx(() => run(q.insertInto('jobs').values(job('other'))))
  expect(await writing).toBeGreaterThanOrEqual(2)
  expect(await reading).toBe(3)
  await other
  expect(await db.read(countRows)).toBe(4)
  clearImmediate(counting)
  await db.close()
})

it('a long transaction that fails leaves nothing, and what waits behind it is not part of it', async () => {
  const db = openSqlite(join(folder, 'failed.db'), { log: createLog('silent') })
  await migrate(db, [sqliteJobsMigration], systemClock)
  const failing = db.tx(function* () {
    yield* run(q.insertInto('jobs').values(job('first')))
    busy(4)
    yield* run(q.insertInto('jobs').values(job('first')))
  })
  const behind = db.tx(() => run(q.insertInto('jobs').values(job('behind'))))
  await expect(failing).rejects.toMatchObject({ code: 'already_exists' })
  await behind
  expect(await db.read(countRows)).toBe(1)
  await db.close()
})
