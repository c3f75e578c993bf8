import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'
import { roleMigrations } from './roles/migrations.ts'
import { membershipEnds } from './ends/migration.ts'

const q = queries<Record<string, never>>()

export const migrations: readonly Migration[] = [
  {
    name: 'access-001-members',
    *up() {
      yield* run(
        q.schema
          .createTable('members')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('email', 'text', (c) => c.notNull())
          .addColumn('email_key', 'text', (c) => c.notNull().unique())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('name_key', 'text', (c) => c.notNull())
          .addColumn('search', 'text', (c) => c.notNull())
          .addColumn('role', 'text', (c) => c.notNull())
          .addColumn('status', 'text', (c) => c.notNull())
          .addColumn('source', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('updated_at', 'bigint', (c) => c.notNull())
          .addColumn('last_seen_at', 'bigint')
          .addColumn('version', 'bigint', (c) => c.notNull()),
      )
      yield* run(q.schema.createIndex('members_by_name').on('members').columns(['name_key', 'id']))
      yield* run(q.schema.createIndex('members_by_role').on('members').columns(['role', 'status']))
    },
  },
  {
    name: 'access-002-groups',
    *up() {
      yield* run(
        q.schema
          .createTable('groups')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('name_key', 'text', (c) => c.notNull().unique())
          .addColumn('description', 'text', (c) => c.notNull())
          .addColumn('search', 'text', (c) => c.notNull())
          .addColumn('source', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('updated_at', 'bigint', (c) => c.notNull())
          .addColumn('version', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('group_members')
          .addColumn('group_id', 'text', (c) => c.notNull().references('groups.id'))
          .addColumn('member_id', 'text', (c) => c.notNull().references('members.id'))
          .addColumn('added_at', 'bigint', (c) => c.notNull())
          .addPrimaryKeyConstraint('group_members_pk', ['group_id', 'member_id'] as never),
      )
      yield* run(
        q.schema.createIndex('group_members_by_member').on('group_members').column('member_id'),
      )
    },
  },
  {
    // No foreign key to the maker: the row outlives a deleted member, and says by whom the key was made.
    name: 'access-003-service-keys',
    *up() {
      yield* run(
        q.schema
          .createTable('service_keys')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('search', 'text', (c) => c.notNull())
          .addColumn('secret_hash', 'text', (c) => c.notNull().unique())
          .addColumn('prefix', 'text', (c) => c.notNull())
          .addColumn('scopes', 'text', (c) => c.notNull())
          .addColumn('maker_kind', 'text', (c) => c.notNull())
          .addColumn('maker_id', 'text', (c) => c.notNull())
          .addColumn('maker_label', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('expires_at', 'bigint')
          .addColumn('last_used_at', 'bigint')
          .addColumn('revoked_at', 'bigint')
          .addColumn('revoked_by', 'text'),
      )
      yield* run(q.schema.createIndex('keys_by_maker').on('service_keys').column('maker_id'))
    },
  },
  membershipEnds,
  {
    name: 'access-005-break-glass',
    *up() {
      yield* run(
        q.schema
          .alterTable('members')
          .addColumn('break_glass', 'bigint', (c) => c.notNull().defaultTo(0)),
      )
    },
  },
  ...roleMigrations,
]
