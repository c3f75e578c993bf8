import type { AuditTables } from '#kernel/audit.ts'
import type { Migration } from '#kernel/migrate.ts'
import { first, queries, run } from '#kernel/work.ts'
import type { AuditChainTables } from './tables.ts'

const q = queries<AuditChainTables & AuditTables>()

export const auditChainMigrations: readonly Migration[] = [
  {
    name: 'audit-001-chain',
    *up() {
      yield* run(
        q.schema
          .createTable('audit_chain')
          .addColumn('seq', 'bigint', (c) => c.primaryKey())
          .addColumn('record_id', 'text', (c) => c.notNull().unique())
          .addColumn('salt', 'text', (c) => c.notNull())
          .addColumn('commitment', 'text', (c) => c.notNull())
          .addColumn('link', 'text', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('audit_lease')
          .addColumn('id', 'bigint', (c) => c.primaryKey())
          .addColumn('holder', 'text', (c) => c.notNull())
          .addColumn('until', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('audit_keys')
          .addColumn('key', 'text', (c) => c.primaryKey())
          .addColumn('sealed', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('audit_checkpoints')
          .addColumn('records', 'bigint', (c) => c.primaryKey())
          .addColumn('link', 'text', (c) => c.notNull())
          .addColumn('at', 'bigint', (c) => c.notNull())
          .addColumn('key', 'text', (c) => c.notNull())
          .addColumn('text', 'text', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('audit_settings')
          .addColumn('id', 'bigint', (c) => c.primaryKey())
          .addColumn('inherited', 'bigint', (c) => c.notNull())
          .addColumn('begun_at', 'bigint')
          .addColumn('mail_to', 'text', (c) => c.notNull())
          .addColumn('webhooks', 'text', (c) => c.notNull())
          .addColumn('revision', 'bigint', (c) => c.notNull()),
      )
      const before = yield* first(
        q.selectFrom('audit_records').select((e) => e.fn.countAll<number>().as('n')),
      )
      yield* run(
        q.insertInto('audit_settings').values({
          id: 1,
          inherited: before?.n ?? 0,
          begun_at: null,
          mail_to: '[]',
          webhooks: '[]',
          revision: 1,
          // Its later columns have defaults.
        } as AuditChainTables['audit_settings']),
      )
      yield* run(
        q.schema
          .createTable('audit_sends')
          .addColumn('records', 'bigint', (c) => c.notNull())
          .addColumn('outlet', 'text', (c) => c.notNull())
          .addColumn('state', 'text', (c) => c.notNull())
          .addColumn('at', 'bigint', (c) => c.notNull())
          .addColumn('message', 'text')
          .addPrimaryKeyConstraint('audit_sends_pk', ['records', 'outlet']),
      )
      yield* run(
        q.schema
          .createTable('audit_verifications')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('state', 'text', (c) => c.notNull())
          .addColumn('started_at', 'bigint', (c) => c.notNull())
          .addColumn('started_by', 'text', (c) => c.notNull())
          .addColumn('total', 'bigint', (c) => c.notNull())
          .addColumn('checked', 'bigint', (c) => c.notNull())
          .addColumn('finished_at', 'bigint')
          .addColumn('troubles', 'bigint', (c) => c.notNull())
          .addColumn('findings', 'text', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('audit_uses')
          .addColumn('kind', 'text', (c) => c.notNull())
          .addColumn('id', 'text', (c) => c.notNull())
          .addColumn('day', 'bigint', (c) => c.notNull())
          .addColumn('address', 'text', (c) => c.notNull())
          .addPrimaryKeyConstraint('audit_uses_pk', ['kind', 'id', 'day', 'address']),
      )
    },
  },
  {
    name: 'audit-002-archives',
    *up() {
      yield* run(
        q.schema
          .alterTable('audit_settings')
          .addColumn('archives', 'text', (c) => c.notNull().defaultTo('[]')),
      )
      yield* run(
        q.schema
          .alterTable('audit_verifications')
          .addColumn('heard_at', 'bigint', (c) => c.notNull().defaultTo(0)),
      )
      yield* run(
        q.schema
          .createTable('audit_erased')
          .addColumn('seq', 'bigint', (c) => c.primaryKey())
          .addColumn('at', 'bigint', (c) => c.notNull()),
      )
      // Only kept a use from being told of twice on a day: the first of each credential is told once more.
      yield* run(q.schema.dropTable('audit_uses'))
      yield* run(
        q.schema
          .createTable('audit_token_uses')
          .addColumn('kind', 'text', (c) => c.notNull())
          .addColumn('id', 'text', (c) => c.notNull())
          .addColumn('address', 'text', (c) => c.notNull())
          .addColumn('since', 'bigint', (c) => c.notNull())
          .addPrimaryKeyConstraint('audit_token_uses_pk', ['kind', 'id', 'address', 'since']),
      )
      yield* run(
        q.schema.createIndex('audit_token_uses_by_time').on('audit_token_uses').columns(['since']),
      )
    },
  },
]
