import { sql } from 'kysely'
import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'

const q = queries<Record<string, never>>()

export const deliveryMigrations: readonly Migration[] = [
  {
    name: 'delivery-001-enrolments',
    *up() {
      yield* run(
        q.schema
          .createTable('enrolments')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('name_key', 'text', (c) => c.notNull())
          .addColumn('group_id', 'text', (c) => c.references('groups.id'))
          .addColumn('version', 'bigint', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull())
          .addColumn('revoked_at', 'bigint')
          .addColumn('revoked_by', 'text'),
      )
      // A name is free again once its enrolment is revoked.
      yield* run(
        q.schema
          .createIndex('enrolments_name')
          .on('enrolments')
          .column('name_key')
          .unique()
          .where(sql.ref('revoked_at'), 'is', null),
      )
      yield* run(q.schema.createIndex('enrolments_by_group').on('enrolments').columns(['group_id']))
      yield* run(
        q.schema
          .createTable('enrolment_keys')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('enrolment_id', 'text', (c) => c.notNull().references('enrolments.id'))
          .addColumn('hash', 'text', (c) => c.notNull().unique())
          .addColumn('prefix', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull())
          .addColumn('ends_at', 'bigint')
          .addColumn('ended_at', 'bigint'),
      )
      yield* run(
        q.schema
          .createIndex('enrolment_keys_by_enrolment')
          .on('enrolment_keys')
          .columns(['enrolment_id']),
      )
    },
  },
  {
    name: 'delivery-002-fetches',
    *up() {
      yield* run(
        q.schema
          .createTable('fetches')
          .addColumn('id', 'text', (c) => c.notNull().unique())
          .addColumn('enrolment_id', 'text', (c) => c.notNull().references('enrolments.id'))
          .addColumn('key_id', 'text', (c) => c.notNull().references('enrolment_keys.id'))
          .addColumn('day', 'bigint', (c) => c.notNull())
          .addColumn('status', 'bigint', (c) => c.notNull())
          // Empty where no policy was served: a null would not be equal to itself in the key.
          .addColumn('version_id', 'text', (c) => c.notNull())
          .addColumn('policy_id', 'text', (c) => c.notNull())
          .addColumn('served', 'text', (c) => c.notNull())
          .addColumn('count', 'bigint', (c) => c.notNull())
          .addColumn('first_at', 'bigint', (c) => c.notNull())
          .addColumn('last_at', 'bigint', (c) => c.notNull())
          .addPrimaryKeyConstraint('fetches_key', [
            'enrolment_id',
            'key_id',
            'day',
            'status',
            'version_id',
          ]),
      )
      yield* run(
        q.schema.createIndex('fetches_by_time').on('fetches').columns(['enrolment_id', 'last_at']),
      )
      yield* run(
        q.schema
          .createTable('fetch_addresses')
          .addColumn('enrolment_id', 'text', (c) => c.notNull().references('enrolments.id'))
          .addColumn('address', 'text', (c) => c.notNull())
          .addColumn('hour', 'bigint', (c) => c.notNull())
          .addColumn('count', 'bigint', (c) => c.notNull())
          .addPrimaryKeyConstraint('fetch_addresses_key', ['enrolment_id', 'hour', 'address']),
      )
      yield* run(
        q.schema.createIndex('fetch_addresses_by_hour').on('fetch_addresses').columns(['hour']),
      )
    },
  },
  {
    // Who was given one version, for its rollout.
    name: 'delivery-003-fetches-by-version',
    *up() {
      yield* run(
        q.schema
          .createIndex('fetches_by_version')
          .on('fetches')
          .columns(['version_id', 'enrolment_id']),
      )
    },
  },
]
