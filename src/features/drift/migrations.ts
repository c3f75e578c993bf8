import { sql } from 'kysely'
import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'

const q = queries<{
  drift_settings: { single: number; revision: number; mail_to: string }
  drift_progress: { judged_until: number }
}>()

export const driftMigrations: readonly Migration[] = [
  {
    name: 'drift-001-findings',
    *up() {
      yield* run(
        q.schema
          .createTable('drift_clients')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('kind', 'text', (c) => c.notNull())
          .addColumn('ref_id', 'text', (c) => c.notNull())
          .addColumn('host', 'text', (c) => c.notNull())
          .addColumn('client_key', 'text', (c) => c.notNull().unique())
          .addColumn('principal_kind', 'text', (c) => c.notNull())
          .addColumn('principal_id', 'text', (c) => c.notNull())
          .addColumn('label', 'text', (c) => c.notNull())
          .addColumn('search', 'text', (c) => c.notNull())
          .addColumn('state', 'text', (c) => c.notNull())
          .addColumn('open', 'bigint', (c) => c.notNull())
          .addColumn('active_at', 'bigint', (c) => c.notNull())
          .addColumn('served', 'text', (c) => c.notNull())
          .addColumn('version_id', 'text', (c) => c.notNull())
          .addColumn('served_since', 'bigint')
          .addColumn('served_at', 'bigint')
          .addColumn('last_fetch_at', 'bigint')
          .addColumn('program', 'text', (c) => c.notNull())
          .addColumn('version', 'text', (c) => c.notNull())
          .addColumn('checks', 'text', (c) => c.notNull())
          .addColumn('judged_at', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createIndex('drift_clients_by_activity')
          .on('drift_clients')
          .columns(['active_at', 'id']),
      )
      yield* run(
        q.schema
          .createTable('drift_findings')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('client_id', 'text', (c) => c.notNull())
          .addColumn('client', 'text', (c) => c.notNull())
          .addColumn('principal_id', 'text', (c) => c.notNull())
          .addColumn('key', 'text', (c) => c.notNull())
          .addColumn('sign', 'text', (c) => c.notNull())
          .addColumn('allowed', 'text', (c) => c.notNull())
          .addColumn('reported', 'text', (c) => c.notNull())
          .addColumn('versions', 'text', (c) => c.notNull())
          .addColumn('search', 'text', (c) => c.notNull())
          .addColumn('since', 'bigint', (c) => c.notNull())
          .addColumn('opened_at', 'bigint', (c) => c.notNull())
          .addColumn('seen_at', 'bigint', (c) => c.notNull())
          .addColumn('closed_at', 'bigint')
          .addColumn('closed_because', 'text')
          .addColumn('acknowledged_at', 'bigint')
          .addColumn('acknowledged_by', 'text')
          .addColumn('acknowledged_reason', 'text'),
      )
      // Whoever judges at the same moment opens nothing twice.
      yield* run(
        q.schema
          .createIndex('drift_findings_open')
          .on('drift_findings')
          .columns(['client_id', 'sign'])
          .unique()
          .where(sql.ref('closed_at'), 'is', null),
      )
      yield* run(
        q.schema
          .createIndex('drift_findings_by_time')
          .on('drift_findings')
          .columns(['opened_at', 'id']),
      )
      yield* run(
        q.schema
          .createTable('drift_settings')
          .addColumn('single', 'bigint', (c) => c.primaryKey())
          .addColumn('revision', 'bigint', (c) => c.notNull())
          .addColumn('version_floor', 'text')
          .addColumn('sign_in', 'text')
          .addColumn('webhook_id', 'text')
          .addColumn('mail_to', 'text', (c) => c.notNull())
          .addColumn('changed_at', 'bigint')
          .addColumn('changed_by', 'text'),
      )
      yield* run(q.insertInto('drift_settings').values({ single: 1, revision: 0, mail_to: '[]' }))
      yield* run(
        q.schema
          .createTable('drift_progress')
          .addColumn('judged_until', 'bigint', (c) => c.notNull()),
      )
      yield* run(q.insertInto('drift_progress').values({ judged_until: 0 }))
    },
  },
  {
    // What clients reported and were served is remembered here, since telemetry keeps the newest start of a conversation and
    // `clients` the newest version only. Facts are read on by their numbers: a clock that is wrong hides nobody.
    name: 'drift-002-reports',
    *up() {
      yield* run(
        q.schema
          .createTable('drift_reports')
          .addColumn('client_key', 'text', (c) => c.notNull())
          .addColumn('digest', 'text', (c) => c.notNull())
          .addColumn('conversation', 'text', (c) => c.notNull())
          .addColumn('at', 'bigint', (c) => c.notNull())
          .addColumn('received_at', 'bigint', (c) => c.notNull())
          .addColumn('held_version', 'text', (c) => c.notNull())
          .addColumn('host', 'text', (c) => c.notNull())
          .addColumn('version', 'text', (c) => c.notNull())
          .addColumn('approval', 'text', (c) => c.notNull())
          .addColumn('sandbox', 'text', (c) => c.notNull())
          .addColumn('servers', 'text', (c) => c.notNull())
          .addColumn('auth_mode', 'text', (c) => c.notNull())
          .addPrimaryKeyConstraint('drift_reports_key', ['client_key', 'digest']),
      )
      yield* run(
        q.schema
          .createTable('drift_served')
          .addColumn('client_id', 'text', (c) => c.notNull())
          .addColumn('first_at', 'bigint', (c) => c.notNull())
          .addColumn('version_id', 'text', (c) => c.notNull())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('last_at', 'bigint', (c) => c.notNull())
          .addPrimaryKeyConstraint('drift_served_key', ['client_id', 'first_at', 'version_id']),
      )
      yield* run(
        sql`insert into drift_served (client_id, first_at, version_id, name, last_at)
          select ref_id, served_since, version_id, served, served_at from drift_clients
          where kind = 'client' and served_since is not null and served_at is not null`,
      )
      yield* run(q.schema.alterTable('drift_clients').dropColumn('served_since'))
      yield* run(q.schema.alterTable('drift_clients').addColumn('late_at', 'bigint'))
      for (const column of ['ref_id', 'principal_id'])
        yield* run(
          q.schema.createIndex(`drift_clients_by_${column}`).on('drift_clients').column(column),
        )
      yield* run(q.schema.alterTable('drift_findings').addColumn('told_at', 'bigint'))
      yield* run(sql`update drift_findings set told_at = opened_at`)
      yield* run(
        q.schema
          .createIndex('drift_findings_by_client')
          .on('drift_findings')
          .columns(['client_id', 'opened_at']),
      )
      for (const column of ['principal_id', 'closed_at'])
        yield* run(
          q.schema.createIndex(`drift_findings_by_${column}`).on('drift_findings').column(column),
        )
      yield* run(
        q.schema
          .createIndex('drift_findings_untold')
          .on('drift_findings')
          .column('opened_at')
          .where(sql.ref('told_at'), 'is', null),
      )
      for (const column of ['fact', 'told_at'])
        yield* run(
          q.schema
            .alterTable('drift_progress')
            .addColumn(column, 'bigint', (c) => c.notNull().defaultTo(0)),
        )
      yield* run(q.schema.alterTable('drift_progress').dropColumn('judged_until'))
    },
  },
]
