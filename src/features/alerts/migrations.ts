import { sql } from 'kysely'
import type { Migration } from '#kernel/migrate.ts'
import { run } from '#kernel/work.ts'
import { q } from './tables.ts'

export const alertMigrations: readonly Migration[] = [
  {
    name: 'alerts-001-alerts',
    *up() {
      yield* run(
        q.schema
          .createTable('alerts')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('revision', 'bigint', (c) => c.notNull())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('rule', 'text', (c) => c.notNull())
          .addColumn('of', 'text', (c) => c.notNull())
          .addColumn('value', 'text', (c) => c.notNull())
          .addColumn('exact', 'bigint', (c) => c.notNull())
          .addColumn('webhook_id', 'text')
          .addColumn('mail_to', 'text', (c) => c.notNull())
          .addColumn('quiet_until', 'bigint')
          .addColumn('judged_period', 'bigint')
          .addColumn('judged_at', 'bigint')
          .addColumn('last', 'text')
          .addColumn('why', 'text')
          .addColumn('currency', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull())
          .addColumn('deleted_at', 'bigint'),
      )
      yield* run(
        q.schema
          .createTable('alert_firings')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('alert_id', 'text', (c) => c.notNull())
          .addColumn('rule_revision', 'bigint', (c) => c.notNull())
          .addColumn('period', 'bigint', (c) => c.notNull())
          .addColumn('value', 'text', (c) => c.notNull())
          .addColumn('amount', 'text', (c) => c.notNull())
          .addColumn('began_at', 'bigint', (c) => c.notNull())
          .addColumn('ended_at', 'bigint')
          .addColumn('ended_because', 'text')
          .addColumn('told_at', 'bigint')
          // A period is told once, whatever its figure does afterwards.
          .addUniqueConstraint('alert_firings_once', ['alert_id', 'period', 'rule_revision']),
      )
      // Whoever judges at the same moment opens nothing twice.
      yield* run(
        q.schema
          .createIndex('alert_firings_open')
          .on('alert_firings')
          .column('alert_id')
          .unique()
          .where(sql.ref('ended_at'), 'is', null),
      )
    },
  },
]
