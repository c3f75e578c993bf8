import type { Clock } from './clock.ts'
import type { Db } from './db.ts'
import { Problem } from './problem.ts'
import { all, queries, run, type Work } from './work.ts'

/** One step forward of the schema. There is no way back but a backup: `up` may not be changed once released. */
export interface Migration {
  /** `<feature>-<number>-<what>`; the identity by which it is known to have run. */
  readonly name: string
  readonly up: () => Work<void>
}

interface Tables {
  migrations: { name: string; applied_at: number }
}
const q = queries<Tables>()

/** Any constant will do; it only has to be the same in every process of ours. */
const lockKey = 4_711_070

/**
 * Applies what is missing, in the given order, in one transaction under one lock, so that several processes may start at
 * once and a failure leaves nothing half done. Returns the names it applied.
 */
export async function migrate(
  db: Db,
  migrations: readonly Migration[],
  clock: Clock,
): Promise<readonly string[]> {
  return db.exclusively(lockKey, () => db.tx(() => applyMigrations(migrations, clock)))
}

/** The same inside a transaction of the caller's (kernel/backup.ts). */
export function* applyMigrations(
  migrations: readonly Migration[],
  clock: Clock,
): Work<readonly string[]> {
  yield* run(
    q.schema
      .createTable('migrations')
      .ifNotExists()
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('applied_at', 'bigint', (c) => c.notNull()),
  )
  const done = new Set((yield* all(q.selectFrom('migrations').select('name'))).map((r) => r.name))
  const known = new Set(migrations.map((m) => m.name))
  const unknown = [...done].filter((name) => !known.has(name))
  if (unknown.length > 0)
    throw new Problem(
      'wrong_state',
      `The database is newer than this Gatehouse: it has ${unknown.join(', ')}.`,
      {
        remedy: 'Start the newer version again, or restore a backup made by this one.',
      },
    )
  const applied: string[] = []
  for (const migration of migrations) {
    if (done.has(migration.name)) continue
    yield* migration.up()
    yield* run(q.insertInto('migrations').values({ name: migration.name, applied_at: clock() }))
    applied.push(migration.name)
  }
  return applied
}

/** The names of the migrations that have run, in their order. */
export function* appliedMigrations(): Work<readonly string[]> {
  const rows = yield* all(
    q.selectFrom('migrations').select('name').orderBy('applied_at').orderBy('name'),
  )
  return rows.map((row) => row.name)
}
