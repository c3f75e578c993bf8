import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'
import type { SigninTables } from './tables.ts'

const q = queries<Pick<SigninTables, 'signin_settings'>>()

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
  {
    name: 'signin-002-factors',
    *up() {
      const session = q.schema.alterTable('sessions')
      yield* run(session.addColumn('method', 'text', (c) => c.notNull().defaultTo('password')))
      yield* run(session.addColumn('second_factor', 'bigint', (c) => c.notNull().defaultTo(0)))
      yield* run(session.addColumn('owes', 'bigint', (c) => c.notNull().defaultTo(0)))
      yield* run(
        q.schema
          .createTable('passkeys')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('member_id', 'text', (c) => c.notNull().references('members.id'))
          .addColumn('credential_id', 'text', (c) => c.notNull().unique())
          .addColumn('public_key', 'text', (c) => c.notNull())
          .addColumn('sign_count', 'bigint', (c) => c.notNull())
          .addColumn('transports', 'text', (c) => c.notNull())
          .addColumn('synced', 'bigint', (c) => c.notNull())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('last_used_at', 'bigint')
          .addColumn('cloned_at', 'bigint'),
      )
      yield* run(q.schema.createIndex('passkeys_by_member').on('passkeys').column('member_id'))
      yield* run(
        q.schema
          .createTable('passkey_challenges')
          .addColumn('hash', 'text', (c) => c.primaryKey())
          .addColumn('purpose', 'text', (c) => c.notNull())
          .addColumn('bound_to', 'text', (c) => c.notNull())
          .addColumn('expires_at', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema.createIndex('challenges_by_end').on('passkey_challenges').column('expires_at'),
      )
      yield* run(
        q.schema
          .createTable('totp_secrets')
          .addColumn('member_id', 'text', (c) => c.primaryKey().references('members.id'))
          .addColumn('sealed', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('confirmed_at', 'bigint')
          .addColumn('last_step', 'bigint', (c) => c.notNull())
          .addColumn('last_used_at', 'bigint')
          .addColumn('failures', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('recovery_codes')
          .addColumn('hash', 'text', (c) => c.primaryKey())
          .addColumn('member_id', 'text', (c) => c.notNull().references('members.id'))
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('used_at', 'bigint'),
      )
      yield* run(
        q.schema.createIndex('recovery_by_member').on('recovery_codes').column('member_id'),
      )
      yield* run(
        q.schema
          .createTable('signin_settings')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('second_factor_required', 'bigint', (c) => c.notNull())
          .addColumn('changed_at', 'bigint'),
      )
      yield* run(
        q
          .insertInto('signin_settings')
          .values({ id: 'settings', second_factor_required: 0, changed_at: null }),
      )
    },
  },
]
