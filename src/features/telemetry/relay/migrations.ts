import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'

const q = queries<{ telemetry_relay_state: { id: number } }>()

export const relayMigrations: readonly Migration[] = [
  {
    name: 'telemetry-relay-001',
    *up() {
      yield* run(
        q.schema
          .createTable('telemetry_relay')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('received_at', 'bigint', (c) => c.notNull())
          .addColumn('signal', 'text', (c) => c.notNull())
          .addColumn('content_type', 'text', (c) => c.notNull())
          .addColumn('bytes', 'bigint', (c) => c.notNull())
          .addColumn('body', 'bytea', (c) => c.notNull()),
      )
      // One row. Sums beside the rows: counting a full outbox for each request would read all of it.
      yield* run(
        q.schema
          .createTable('telemetry_relay_state')
          .addColumn('id', 'bigint', (c) => c.primaryKey())
          .addColumn('waiting', 'bigint', (c) => c.notNull().defaultTo(0))
          .addColumn('waiting_bytes', 'bigint', (c) => c.notNull().defaultTo(0))
          .addColumn('delivered', 'bigint', (c) => c.notNull().defaultTo(0))
          .addColumn('lost', 'bigint', (c) => c.notNull().defaultTo(0))
          .addColumn('last_lost_at', 'bigint')
          .addColumn('last_loss', 'text')
          .addColumn('failures', 'bigint', (c) => c.notNull().defaultTo(0))
          .addColumn('failing_since', 'bigint')
          .addColumn('last_error', 'text')
          .addColumn('last_success_at', 'bigint')
          .addColumn('next_at', 'bigint', (c) => c.notNull().defaultTo(0))
          .addColumn('leased_until', 'bigint', (c) => c.notNull().defaultTo(0)),
      )
      yield* run(q.insertInto('telemetry_relay_state').values({ id: 1 }))
    },
  },
]
