import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'

const q = queries<Record<string, never>>()

export const ssoMigrations: readonly Migration[] = [
  {
    name: 'signin-sso-001-providers',
    *up() {
      yield* run(
        q.schema
          .createTable('sso_providers')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('button', 'text', (c) => c.notNull())
          // One provider for one issuer: (issuer, subject) is who somebody is (OpenID Connect Core, section 5.7).
          .addColumn('issuer', 'text', (c) => c.notNull().unique())
          .addColumn('client_id', 'text', (c) => c.notNull())
          .addColumn('secret_sealed', 'text')
          .addColumn('scopes', 'text', (c) => c.notNull())
          .addColumn('groups_claim', 'text')
          .addColumn('just_in_time', 'bigint', (c) => c.notNull())
          .addColumn('second_factor', 'text', (c) => c.notNull())
          .addColumn('is_on', 'bigint', (c) => c.notNull())
          .addColumn('enforced', 'bigint', (c) => c.notNull())
          .addColumn('proved_at', 'bigint')
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('updated_at', 'bigint', (c) => c.notNull())
          .addColumn('version', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('sso_domains')
          // One provider for one domain: two could say different things about one address.
          .addColumn('domain', 'text', (c) => c.primaryKey())
          .addColumn('provider_id', 'text', (c) => c.notNull().references('sso_providers.id'))
          .addColumn('stated_by', 'text', (c) => c.notNull())
          .addColumn('stated_at', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('sso_mappings')
          .addColumn('provider_id', 'text', (c) => c.notNull().references('sso_providers.id'))
          .addColumn('value', 'text', (c) => c.notNull())
          // No foreign key: a directory removes its groups itself, and a value without a group does nothing.
          .addColumn('group_id', 'text', (c) => c.notNull())
          .addPrimaryKeyConstraint('sso_mappings_pk', [
            'provider_id',
            'value',
            'group_id',
          ] as never),
      )
      yield* run(
        q.schema
          .createTable('sso_links')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('provider_id', 'text', (c) => c.notNull().references('sso_providers.id'))
          .addColumn('issuer', 'text', (c) => c.notNull())
          .addColumn('subject', 'text', (c) => c.notNull())
          .addColumn('member_id', 'text', (c) => c.notNull().references('members.id'))
          .addColumn('email', 'text')
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull())
          .addColumn('last_used_at', 'bigint')
          .addUniqueConstraint('sso_links_by_subject', ['issuer', 'subject'] as never)
          .addUniqueConstraint('sso_links_by_member', ['member_id', 'provider_id'] as never),
      )
      yield* run(
        q.schema
          .createTable('sso_attempts')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('kind', 'text', (c) => c.notNull())
          .addColumn('provider_id', 'text', (c) => c.notNull().references('sso_providers.id'))
          .addColumn('state_hash', 'text', (c) => c.notNull().unique())
          .addColumn('browser_hash', 'text', (c) => c.notNull())
          .addColumn('secrets_sealed', 'text', (c) => c.notNull())
          .addColumn('next', 'text', (c) => c.notNull())
          .addColumn('session_id', 'text')
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('expires_at', 'bigint', (c) => c.notNull())
          .addColumn('used_at', 'bigint')
          .addColumn('outcome', 'text'),
      )
      yield* run(
        q.schema.createIndex('sso_attempts_by_expiry').on('sso_attempts').column('expires_at'),
      )
      yield* run(
        q.schema
          .createTable('sso_sessions')
          .addColumn('session_id', 'text', (c) => c.primaryKey())
          .addColumn('provider_id', 'text', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('sso_rule')
          .addColumn('id', 'bigint', (c) => c.primaryKey())
          .addColumn('enforced', 'bigint', (c) => c.notNull()),
      )
    },
  },
]
