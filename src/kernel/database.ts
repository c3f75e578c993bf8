import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { asideInPlace, asideInThread, type Aside } from './aside.ts'
import type { Clock } from './clock.ts'
import type { Db } from './db.ts'
import { openPostgres } from './db.postgres.ts'
import { checkpointsBeside } from './db.sqlite.checkpoints.ts'
import { openSqlite } from './db.sqlite.ts'
import type { Ids } from './ids.ts'
import type { Jobs } from './jobs.ts'
import { createPostgresJobs } from './jobs.postgres.ts'
import { createSqliteJobs, sqliteJobsMigration } from './jobs.sqlite.ts'
import type { Log } from './log.ts'
import type { Migration } from './migrate.ts'
import type { Pool } from './pool.ts'
import type { Problem } from './problem.ts'
import type { Runtime } from './runtime.ts'

export interface Database {
  readonly db: Db
  readonly jobs: Jobs
  /** `runtime`: of this process, once there is one. */
  readonly aside: (runtime: () => Runtime) => Aside
  /** What the engine wants done beside the requests while it serves them. Returns the way to stop. */
  readonly tend: (pool: Pool) => () => void
  /** What the engine's own adapters need in the database. */
  readonly migrations: readonly Migration[]
}

/** The only place that chooses the engine. */
export function openDatabase(
  at: {
    readonly url: string | undefined
    readonly file: string
    /** Why a missing file may not be made (kernel/db.sqlite.ts). */
    readonly missing?: () => Problem | undefined
  },
  parts: { readonly clock: Clock; readonly ids: Ids; readonly log: Log },
): Database {
  if (at.url !== undefined) {
    const db = openPostgres(at.url, { log: parts.log })
    return {
      db,
      jobs: createPostgresJobs(db, parts.log),
      aside: asideInPlace,
      tend: () => () => undefined,
      migrations: [],
    }
  }
  mkdirSync(dirname(at.file), { recursive: true, mode: 0o700 })
  const db = openSqlite(at.file, {
    log: parts.log,
    ...(at.missing && { missing: at.missing }),
  })
  return {
    db,
    jobs: createSqliteJobs(db, parts.clock, parts.ids, parts.log),
    aside: (runtime) => asideInThread(at.file, runtime()),
    tend: (pool) => checkpointsBeside(db, pool, parts.log),
    migrations: [sqliteJobsMigration],
  }
}
