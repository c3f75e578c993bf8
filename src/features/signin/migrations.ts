import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'

const q = queries<Record<string, never>>()

export const migrations: readonly Migration[] = [
  {
    name: 'signin-001-credentials',
    *up() {
      yield* run(
        q.schema
          .createTable('credentials')
          .addColumn('member_id', 'text', (c) => c.primaryKey().references('members.id'))
          .addColumn('password_hash', 'text', (c) => c.notNull())
          .addColumn('changed_at', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('sessions')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('member_id', 'text', (c) => c.notNull().references('members.id'))
          .addColumn('secret_hash', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('last_seen_at', 'bigint', (c) => c.notNull())
          .addColumn('authenticated_at', 'bigint', (c) => c.notNull())
          .addColumn('ip', 'text', (c) => c.notNull())
          .addColumn('user_agent', 'text', (c) => c.notNull()),
      )
      yield* run(q.schema.createIndex('sessions_by_member').on('sessions').column('member_id'))
      yield* run(
        q.schema
          .createTable('one_time_links')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('kind', 'text', (c) => c.notNull())
          .addColumn('secret_hash', 'text', (c) => c.notNull())
          // Null for the link of the first run: there is no member yet.
          .addColumn('member_id', 'text', (c) => c.references('members.id'))
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull())
          .addColumn('expires_at', 'bigint', (c) => c.notNull())
          .addColumn('used_at', 'bigint'),
      )
      yield* run(
        q.schema.createIndex('links_by_member').on('one_time_links').columns(['member_id', 'kind']),
      )
    },
  },
]
