import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { asideInThread, type Aside } from './aside.ts'
import type { note, refuse } from './aside.test.tasks.ts'
import { openSqlite, type SqliteDb } from './db.sqlite.ts'
import { createIds } from './ids.ts'
import { createSqliteJobs, sqliteJobsMigration } from './jobs.sqlite.ts'
import type { Jobs } from './jobs.ts'
import { createLog } from './log.ts'
import { migrate } from './migrate.ts'
import { behind } from './priority.ts'
import { all, queries, run } from './work.ts'

const tasks = new URL('./aside.test.tasks.ts', import.meta.url)
const q = queries<{ notes: { id: string; at: number; bytes: number } }>()
const noon = Date.UTC(2026, 0, 5, 12)
const clock = () => noon
const log = createLog('silent')
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-aside-'))
let db: SqliteDb
let jobs: Jobs
let aside: Aside

beforeAll(async () => {
  const path = join(folder, 'gatehouse.db')
  db = openSqlite(path, { log })
  jobs = createSqliteJobs(db, clock, createIds(clock), log)
  aside = asideInThread(path, { clock, log, publicUrl: 'https://gatehouse.acme.example' })
  const notes = q.schema
    .createTable('notes')
    .addColumn('id', 'text')
    .addColumn('at', 'bigint')
    .addColumn('bytes', 'bigint')
  const migration = {
    name: 'notes',
    *up() {
      yield* run(notes)
    },
  }
  await migrate(db, [sqliteJobsMigration, migration], clock)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('works in a thread on the same database, at the time of the call', async () => {
  const bytes = new Uint8Array(3)
  const id = await aside.run<typeof note>(tasks, 'note', { bytes }, { transfer: [bytes.buffer] })
  expect(bytes.length).toBe(0)
  expect(await db.read(() => all(q.selectFrom('notes').selectAll()))).toEqual([
    { id, at: noon, bytes: 3 },
  ])
  expect(await jobs.counts()).toMatchObject({ waiting: 1 })
})

it('goes behind the thread that answers, with the helpers of both', () => {
  if (process.platform !== 'linux') return
  const threads = readdirSync('/proc/self/task').map((id) => {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8')
    const [, name = '', rest = ''] = /\((.*)\) (.*)/s.exec(stat) ?? []
    return { name, main: Number(id) === process.pid, nice: Number(rest.split(' ')[16]) }
  })
  expect(threads.find(({ main }) => main)?.nice).toBeLessThan(behind)
  const helpers = threads.filter(({ name }) => name === 'V8Worker')
  expect(helpers.length).toBeGreaterThan(0)
  expect(new Set(helpers.map(({ nice }) => nice))).toEqual(new Set([behind]))
})

it('tells what went wrong as it was thrown', async () => {
  await expect(aside.run<typeof refuse>(tasks, 'refuse', undefined)).rejects.toMatchObject({
    code: 'edited_meanwhile',
    extra: { data: { received: 7 } },
  })
})

it('leaves the database whole when it ends', async () => {
  await aside.close()
  await db.close()
  // The log of the last connection that closes goes with it (sqlite.org/wal.html, section 6).
  expect(readdirSync(folder)).toEqual(['gatehouse.db'])
  await expect(aside.run<typeof refuse>(tasks, 'refuse', undefined)).rejects.toMatchObject({
    code: 'draining',
  })
})
