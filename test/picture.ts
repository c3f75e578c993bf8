import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { all, queries } from '#kernel/work.ts'
import { testEngine } from './engine.ts'
import type { World } from './world.ts'

/** Jobs come and go by themselves, records are linked and put into files, and what clients report is judged; everything else is what somebody has done. */
const ofItself =
  /^(jobs?|job_|pgboss|schedules|sqlite_|audit_(chain|waiting|lease|token_uses|checkpoints)|compliance_|drift_progress)/
/** That somebody was refused, or called with a key, is recorded; it is what the trail is for. */
const noted = /^(access\.deny|key\.use|directory\.use-token|access-token\.use|enrolment\.use-key)/

async function tables(world: World): Promise<readonly string[]> {
  const rows = await world.app.runtime.db.read(() =>
    all(
      testEngine() === 'postgres'
        ? queries<{ 'information_schema.tables': { table_name: string; table_schema: string } }>()
            .selectFrom('information_schema.tables')
            .select('table_name as name')
            .where('table_schema', '=', 'public')
        : queries<{ sqlite_master: { name: string; type: string } }>()
            .selectFrom('sqlite_master')
            .select('name')
            .where('type', '=', 'table'),
    ),
  )
  return rows
    .map(({ name }) => name)
    .filter((name) => !ofItself.test(name))
    .sort()
}

/** Everything in the database, as one hash for each table: two that are equal mean that nothing was written. */
export async function picture(world: World): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {}
  for (const name of await tables(world)) {
    const rows = await world.app.runtime.db.read(() =>
      all(
        queries<Record<string, object>>()
          .selectFrom(sql`${sql.table(name)}`.as('t'))
          .selectAll(),
      ),
    )
    const lines = rows
      .filter((row) => name !== 'audit_records' || !noted.test((row as { action: string }).action))
      .map((row) => JSON.stringify(row, plain))
      .sort()
    found[name] = createHash('sha256').update(lines.join('\n')).digest('hex')
  }
  return found
}
const plain = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value
