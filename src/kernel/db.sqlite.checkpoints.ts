/**
 * Takes the write-ahead log into the database beside the thread that answers requests. SQLite does it in the commit that makes the
 * log longer than 1,000 pages (sqlite.org/wal.html#ckpt), which took 4 to 11 ms each, up to five times a second while a provider
 * pushed its users; whoever asks at that moment waits.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { checkpoint } from './db.sqlite.checkpoints.task.ts'
import type { SqliteDb } from './db.sqlite.ts'
import type { Log } from './log.ts'
import type { Pool } from './pool.ts'

/** How often the log is looked at (ms). */
const lookEvery = 250
/** Pages of 4 KiB that are worth a checkpoint, as SQLite has it. */
const worthIt = 1000
/** The longest the log may become before a commit does it all the same: 64 MiB. */
const mostPages = 16_000

/** Returns the way to stop. */
export function checkpointsBeside(db: SqliteDb, pool: Pool, log: Log): () => void {
  const task = new URL('./db.sqlite.checkpoints.task.ts', import.meta.url)
  let running = false
  let known: DatabaseSync | undefined

  /** Pages of the log that are not in the database yet; waits for nothing (sqlite.org/pragma.html#pragma_wal_checkpoint). */
  function pagesWaiting(): number {
    try {
      const { raw } = db
      if (raw !== known) raw.exec(`PRAGMA wal_autocheckpoint = ${mostPages}`)
      known = raw
      const found = raw.prepare('PRAGMA wal_checkpoint(NOOP)').get()
      return Number(found?.['log'] ?? 0) - Number(found?.['checkpointed'] ?? 0)
    } catch {
      // Without a database there is nothing to take over.
      return 0
    }
  }

  async function look(): Promise<void> {
    if (running || pagesWaiting() < worthIt) return
    running = true
    const done = await pool.run<typeof checkpoint>(task, 'checkpoint', db.path)
    running = false
    if (!done.ok && done.kind !== 'closed')
      log.warn(
        { err: done.error },
        'the write-ahead log was not taken over; the next commits do it',
      )
  }

  const timer = setInterval(() => void look(), lookEvery)
  return () => clearInterval(timer)
}
