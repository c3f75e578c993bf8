import { sql, type SqlBool } from 'kysely'
import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'

const q = queries<Record<string, never>>()
const index = (name: string, table: string) => q.schema.createIndex(name).on(table)

export const keepMigrations: readonly Migration[] = [
  {
    // Each row goes by its own time of receipt: one that was received while a clock was ahead holds up no other.
    name: 'telemetry-keep-001',
    *up() {
      const facts = 'telemetry_facts'
      yield* run(index('telemetry_facts_by_receipt', facts).columns(['received_at']))
      yield* run(
        index('telemetry_facts_with_content', facts)
          .columns(['received_at'])
          .where(sql.ref('content'), 'is not', sql.lit(null)),
      )
      yield* run(
        index('telemetry_facts_traced', facts)
          .columns(['received_at'])
          .where(sql.ref('kind'), 'in', sql`('span', 'metric')`),
      )
      // To try a policy on: by default there are none.
      yield* run(
        index('telemetry_facts_with_command', facts)
          .columns(['id'])
          .where(sql<SqlBool>`content is not null and program is not null`),
      )
      yield* run(
        index('telemetry_pending_calls_by_receipt', 'telemetry_pending_calls').columns([
          'received_at',
        ]),
      )
    },
  },
]
