import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { systemClock, type Clock } from '#kernel/clock.ts'
import { openDatabase, type Database } from '#kernel/database.ts'
import { createIds } from '#kernel/ids.ts'
import { createLog } from '#kernel/log.ts'
import { auditMigrations } from '#kernel/audit.ts'
import { migrate, type Migration } from '#kernel/migrate.ts'

/** One empty database of the engine under test, without any feature: for the contract of the seams themselves. */
export async function openEngine(
  migrations: readonly Migration[],
  clock: Clock = systemClock,
): Promise<Database & { readonly close: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-engine-'))
  const database = openDatabase(
    {
      url: testEngine() === 'postgres' ? await freshDatabase() : undefined,
      file: join(folder, 'gatehouse.db'),
    },
    { clock, ids: createIds(clock), log: createLog('silent') },
  )
  await migrate(database.db, [...auditMigrations, ...database.migrations, ...migrations], clock)
  return {
    ...database,
    async close() {
      await database.db.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The engine that this run of the suite is about. */
export const testEngine = (): 'sqlite' | 'postgres' =>
  process.env['GATEHOUSE_TEST_ENGINE'] === 'postgres' ? 'postgres' : 'sqlite'

let made = 0
/** A new database in the cluster that test/postgres.ts started: empty, or a copy of one that nobody is connected to. */
export async function freshDatabase(template?: string): Promise<string> {
  const base = process.env['GATEHOUSE_TEST_POSTGRES']
  if (base === undefined)
    throw new Error('Run this suite with `npm run test:postgres`: it starts PostgreSQL.')
  const name = `w_${process.pid}_${++made}`
  const client = new pg.Client({ connectionString: base })
  await client.connect()
  try {
    const copied = template === undefined ? '' : ` template ${new URL(template).pathname.slice(1)}`
    await client.query(`create database ${name}${copied}`)
  } finally {
    await client.end()
  }
  const url = new URL(base)
  url.pathname = `/${name}`
  return url.href
}
