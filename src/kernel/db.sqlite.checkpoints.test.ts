import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { checkpoint } from './db.sqlite.checkpoints.task.ts'
import { checkpointsBeside } from './db.sqlite.checkpoints.ts'
import { openSqlite } from './db.sqlite.ts'
import { createLog } from './log.ts'
import { createPool } from './pool.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-checkpoints-'))
const pool = createPool({ size: 1 })
afterAll(async () => {
  await pool.close()
  rmSync(folder, { recursive: true, force: true })
})

it('a long log is taken over in another thread, and no commit does it', async () => {
  const log = createLog('silent')
  const db = openSqlite(join(folder, 'gatehouse.db'), { log })
  const waiting = (): number => {
    const found = db.raw.prepare('PRAGMA wal_checkpoint(NOOP)').get()
    return Number(found?.['log']) - Number(found?.['checkpointed'])
  }
  const stop = checkpointsBeside(db, pool, log)
  await expect
    .poll(() => db.raw.prepare('PRAGMA wal_autocheckpoint').get())
    .not.toEqual({ wal_autocheckpoint: 1000 })
  db.raw.exec('CREATE TABLE much (piece BLOB) STRICT')
  for (let i = 0; i < 30; i++) db.raw.exec('INSERT INTO much VALUES (randomblob(200000))')
  expect(waiting()).toBeGreaterThan(1400)
  await expect.poll(waiting).toBe(0)
  stop()
  await db.close()
})

it('a file that was moved away is not made anew', () => {
  const path = join(folder, 'moved.db')
  openSqlite(path, { log: createLog('silent') }).raw.exec('CREATE TABLE t (a INTEGER) STRICT')
  renameSync(path, `${path}.away`)
  expect(() => checkpoint(path)).toThrow('unable to open')
  expect(existsSync(path)).toBe(false)
})
