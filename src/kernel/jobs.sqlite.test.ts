import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { systemClock } from './clock.ts'
import { openSqlite } from './db.sqlite.ts'
import { createIds } from './ids.ts'
import { createSqliteJobs, sqliteJobsMigration } from './jobs.sqlite.ts'
import { createLog } from './log.ts'
import { migrate } from './migrate.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-jobs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('a schedule outlives a moment in which nothing can be written', async () => {
  const logged: string[] = []
  const log = createLog('error', { write: (line: string) => void logged.push(line) })
  const db = openSqlite(join(folder, 'gatehouse.db'), { log })
  const jobs = createSqliteJobs(db, systemClock, createIds(systemClock), log)
  await migrate(db, [sqliteJobsMigration], systemClock)
  let ran = 0
  const tick = {
    name: 'tick',
    handle() {
      ran++
      return Promise.resolve()
    },
  }
  await jobs.start([tick], [{ job: 'tick', cron: '* * * * * *' }])
  const patience = { timeout: 15_000 }
  db.raw.exec('PRAGMA query_only = 1')
  await vi.waitFor(
    () => expect(logged.join('')).toContain('a scheduled job could not be enqueued'),
    patience,
  )
  db.raw.exec('PRAGMA query_only = 0')
  await vi.waitFor(() => expect(ran).toBeGreaterThan(0), patience)
  await jobs.stop(1000)
  await db.close()
})
