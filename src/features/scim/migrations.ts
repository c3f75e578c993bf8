import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'

const q = queries<Record<string, never>>()

export const migrations: readonly Migration[] = [
  {
    name: 'scim-001-directories',
    *up() {
      yield* run(
        q.schema
          .createTable('scim_directories')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('name_key', 'text', (c) => c.notNull().unique())
          .addColumn('provider', 'text', (c) => c.notNull())
          .addColumn('adopts', 'bigint', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull())
          .addColumn('updated_at', 'bigint', (c) => c.notNull())
          .addColumn('version', 'bigint', (c) => c.notNull())
          .addColumn('disconnected_at', 'bigint'),
      )
      yield* run(
        q.schema
          .createTable('scim_tokens')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('directory_id', 'text', (c) => c.notNull().references('scim_directories.id'))
          .addColumn('secret_hash', 'text', (c) => c.notNull())
          .addColumn('prefix', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull())
          .addColumn('expires_at', 'bigint')
          .addColumn('last_used_at', 'bigint')
          .addColumn('revoked_at', 'bigint'),
      )
      yield* run(
        q.schema.createIndex('scim_tokens_by_directory').on('scim_tokens').column('directory_id'),
      )
    },
  },
  {
    // No foreign key to members and groups: another feature deletes them, and says so through a port.
    name: 'scim-002-resources',
    *up() {
      yield* run(
        q.schema
          .createTable('scim_users')
          .addColumn('member_id', 'text', (c) => c.primaryKey())
          .addColumn('directory_id', 'text', (c) => c.notNull().references('scim_directories.id'))
          .addColumn('user_name', 'text', (c) => c.notNull())
          .addColumn('user_name_key', 'text')
          .addColumn('external_id', 'text')
          .addColumn('active', 'bigint', (c) => c.notNull())
          .addColumn('display_key', 'text')
          .addColumn('given_key', 'text')
          .addColumn('family_key', 'text')
          .addColumn('document', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('updated_at', 'bigint', (c) => c.notNull())
          .addColumn('version', 'bigint', (c) => c.notNull())
          .addColumn('deleted_at', 'bigint'),
      )
      yield* run(
        q.schema
          .createIndex('scim_users_by_name')
          .on('scim_users')
          .columns(['directory_id', 'user_name_key'])
          .unique(),
      )
      yield* run(
        q.schema
          .createIndex('scim_users_by_external_id')
          .on('scim_users')
          .columns(['directory_id', 'external_id']),
      )
      yield* run(
        q.schema
          .createIndex('scim_users_in_order')
          .on('scim_users')
          .columns(['directory_id', 'member_id']),
      )
      yield* run(
        q.schema
          .createTable('scim_emails')
          .addColumn('member_id', 'text', (c) => c.notNull())
          .addColumn('position', 'bigint', (c) => c.notNull())
          .addColumn('value_key', 'text', (c) => c.notNull())
          .addColumn('type_key', 'text')
          .addColumn('is_primary', 'bigint', (c) => c.notNull())
          .addPrimaryKeyConstraint('scim_emails_pk', ['member_id', 'position'] as never),
      )
      yield* run(q.schema.createIndex('scim_emails_by_value').on('scim_emails').column('value_key'))
      yield* run(
        q.schema
          .createTable('scim_groups')
          .addColumn('group_id', 'text', (c) => c.primaryKey())
          .addColumn('directory_id', 'text', (c) => c.notNull().references('scim_directories.id'))
          .addColumn('display_key', 'text', (c) => c.notNull())
          .addColumn('external_id', 'text')
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('updated_at', 'bigint', (c) => c.notNull())
          .addColumn('version', 'bigint', (c) => c.notNull()),
      )
      for (const column of ['display_key', 'external_id', 'group_id'])
        yield* run(
          q.schema
            .createIndex(`scim_groups_by_${column}`)
            .on('scim_groups')
            .columns(['directory_id', column]),
        )
    },
  },
  {
    name: 'scim-003-log',
    *up() {
      yield* run(
        q.schema
          .createTable('scim_log')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('directory_id', 'text', (c) => c.notNull().references('scim_directories.id'))
          .addColumn('at', 'bigint', (c) => c.notNull())
          .addColumn('method', 'text', (c) => c.notNull())
          .addColumn('resource', 'text', (c) => c.notNull())
          .addColumn('target_id', 'text')
          .addColumn('target_label', 'text', (c) => c.notNull())
          .addColumn('search', 'text', (c) => c.notNull())
          .addColumn('status', 'bigint', (c) => c.notNull())
          .addColumn('outcome', 'text', (c) => c.notNull())
          .addColumn('detail', 'text', (c) => c.notNull())
          .addColumn('before', 'text')
          .addColumn('after', 'text')
          .addColumn('request_id', 'text', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createIndex('scim_log_by_directory')
          .on('scim_log')
          .columns(['directory_id', 'id']),
      )
      yield* run(q.schema.createIndex('scim_log_by_time').on('scim_log').column('at'))
    },
  },
]
