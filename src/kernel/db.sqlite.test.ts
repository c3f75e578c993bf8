import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { systemClock } from './clock.ts'
import { openSqlite } from './db.sqlite.ts'
import { sqliteJobsMigration } from './jobs.sqlite.ts'
import { createLog } from './log.ts'
import { migrate } from './migrate.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('nobody else on the machine may read the database and its log, whatever the folder allows', async () => {
  const db = openSqlite(join(folder, 'gatehouse.db'), { log: createLog('silent') })
  await migrate(db, [sqliteJobsMigration], systemClock)
  const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777)
  expect(modes).toEqual([0o600, 0o600, 0o600])
  await db.close()
})
