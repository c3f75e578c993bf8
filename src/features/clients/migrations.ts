import { sql } from 'kysely'
import type { Migration } from '#kernel/migrate.ts'
import { queries, run, type Work } from '#kernel/work.ts'

const q = queries<{ client_sequence: { single: number; seq: number } }>()

export const migrations: readonly Migration[] = [
  {
    name: 'clients-001-sign-ins',
    *up() {
      yield* signIns()
      yield* requests()
    },
  },
  {
    name: 'clients-002-uses',
    *up() {
      yield* run(
        q.schema
          .createTable('client_uses')
          .addColumn('client_id', 'text', (c) => c.primaryKey().references('clients.id'))
          .addColumn('first_at', 'bigint', (c) => c.notNull())
          .addColumn('last_at', 'bigint', (c) => c.notNull())
          .addColumn('fetches', 'bigint', (c) => c.notNull())
          .addColumn('last_status', 'bigint', (c) => c.notNull())
          .addColumn('version_id', 'text', (c) => c.notNull())
          .addColumn('policy_id', 'text', (c) => c.notNull())
          .addColumn('served', 'text', (c) => c.notNull())
          .addColumn('served_at', 'bigint')
          .addColumn('ip', 'text', (c) => c.notNull())
          .addColumn('user_agent', 'text', (c) => c.notNull()),
      )
      yield* run(q.schema.createIndex('client_uses_by_time').on('client_uses').column('last_at'))
      yield* run(
        q.schema
          .createTable('client_events')
          .addColumn('client_id', 'text', (c) => c.notNull().references('clients.id'))
          .addColumn('day', 'bigint', (c) => c.notNull())
          .addColumn('event_type', 'text', (c) => c.notNull())
          .addColumn('count', 'bigint', (c) => c.notNull())
          .addPrimaryKeyConstraint('client_events_key', ['client_id', 'day', 'event_type']),
      )
    },
  },
  {
    name: 'clients-003-refusals',
    *up() {
      const codes = q.schema.alterTable('client_codes')
      yield* run(codes.addColumn('refusal_reason', 'text'))
      yield* run(codes.addColumn('refused_at', 'bigint'))
      // For the sweeps, and for what ends with its member.
      for (const table of ['client_authorizations', 'client_codes', 'client_devices'])
        yield* run(q.schema.createIndex(`${table}_by_expiry`).on(table).column('expires_at'))
      for (const table of ['client_codes', 'client_devices'])
        yield* run(q.schema.createIndex(`${table}_by_member`).on(table).column('member_id'))
    },
  },
  {
    name: 'clients-004-access-tokens',
    *up() {
      yield* clientsOfNobody()
      yield* accessTokens()
    },
  },
]

/** A service account's access token is a client of no member. SQLite cannot take `not null` off a column, so it gets a new one. */
function* clientsOfNobody(): Work<void> {
  const clients = () => q.schema.alterTable('clients')
  for (const name of ['clients_by_member', 'clients_by_end']) yield* run(q.schema.dropIndex(name))
  yield* run(clients().addColumn('member', 'text', (c) => c.references('members.id')))
  yield* run(
    queries<{ clients: { member: string | null; member_id: string } }>()
      .updateTable('clients')
      .set((e) => ({ member: e.ref('member_id') })),
  )
  yield* run(clients().dropColumn('member_id'))
  yield* run(clients().renameColumn('member', 'member_id'))
  yield* run(clients().addColumn('account_id', 'text'))
  const index = (name: string, columns: readonly string[]) =>
    run(
      q.schema
        .createIndex(name)
        .on('clients')
        .columns([...columns]),
    )
  yield* index('clients_by_member', ['member_id', 'created_at', 'id'])
  yield* index('clients_by_end', ['ended_at', 'created_at', 'id', 'member_id'])
  yield* index('clients_by_account', ['account_id', 'created_at', 'id'])
}

function* accessTokens(): Work<void> {
  yield* run(
    q.schema
      .createTable('client_access_tokens')
      .addColumn('id', 'text', (c) => c.primaryKey().references('clients.id'))
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('purpose', 'text', (c) => c.notNull())
      .addColumn('prefix', 'text', (c) => c.notNull())
      .addColumn('expires_at', 'bigint')
      .addColumn('made_by', 'text', (c) => c.notNull())
      .addColumn('replaces', 'text')
      .addColumn('warned', 'bigint'),
  )
  const tokens = 'client_access_tokens'
  yield* run(q.schema.createIndex(`${tokens}_by_end`).on(tokens).column('expires_at'))
  yield* run(q.schema.createIndex(`${tokens}_by_replaced`).on(tokens).column('replaces'))
  yield* run(
    q.schema
      .createTable('service_accounts')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('name_key', 'text', (c) => c.notNull().unique())
      .addColumn('purpose', 'text', (c) => c.notNull())
      .addColumn('owner_kind', 'text', (c) => c.notNull())
      .addColumn('owner_id', 'text', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('created_by', 'text', (c) => c.notNull())
      .addColumn('version', 'bigint', (c) => c.notNull())
      .addColumn('deleted_at', 'bigint'),
  )
  yield* run(
    q.schema
      .createTable('service_account_groups')
      .addColumn('account_id', 'text', (c) => c.notNull().references('service_accounts.id'))
      .addColumn('group_id', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('service_account_groups_key', ['account_id', 'group_id']),
  )
}

function* signIns(): Work<void> {
  yield* run(
    q.schema
      .createTable('clients')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('member_id', 'text', (c) => c.notNull().references('members.id'))
      .addColumn('route', 'text', (c) => c.notNull())
      .addColumn('flow', 'text', (c) => c.notNull())
      .addColumn('oauth_client', 'text', (c) => c.notNull())
      .addColumn('scope', 'text', (c) => c.notNull())
      .addColumn('resource', 'text')
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('created_ip', 'text', (c) => c.notNull())
      .addColumn('created_agent', 'text', (c) => c.notNull())
      .addColumn('ended_at', 'bigint')
      .addColumn('ended_by', 'text', (c) => c.notNull())
      .addColumn('end_reason', 'text'),
  )
  yield* run(
    q.schema
      .createIndex('clients_by_member')
      .on('clients')
      .columns(['member_id', 'created_at', 'id']),
  )
  // Pages of the live ones come in its order, and counts of them read nothing else.
  yield* run(
    q.schema
      .createIndex('clients_by_end')
      .on('clients')
      .columns(['ended_at', 'created_at', 'id', 'member_id']),
  )
  yield* run(q.schema.createIndex('clients_by_time').on('clients').columns(['created_at', 'id']))
  yield* run(
    q.schema
      .createTable('client_tokens')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('client_id', 'text', (c) => c.notNull().references('clients.id'))
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('hash', 'text', (c) => c.notNull().unique())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('expires_at', 'bigint', (c) => c.notNull())
      .addColumn('used_at', 'bigint')
      .addColumn('successor', 'text')
      .addColumn('successor_id', 'text')
      .addColumn('seq', 'bigint', (c) => c.notNull()),
  )
  yield* run(
    q.schema.createIndex('client_tokens_by_client').on('client_tokens').columns(['client_id']),
  )
  yield* run(q.schema.createIndex('client_tokens_by_seq').on('client_tokens').column('seq'))
  yield* run(
    q.schema.createIndex('client_tokens_by_expiry').on('client_tokens').column('expires_at'),
  )
  // The few that hold a sealed answer, for the sweep that takes it away.
  yield* run(
    q.schema
      .createIndex('client_tokens_by_successor')
      .on('client_tokens')
      .column('used_at')
      .where(sql.ref('successor'), 'is not', null),
  )
  yield* run(
    q.schema
      .createTable('client_sequence')
      .addColumn('single', 'bigint', (c) => c.primaryKey())
      .addColumn('seq', 'bigint', (c) => c.notNull()),
  )
  yield* run(q.insertInto('client_sequence').values({ single: 1, seq: 0 }))
  yield* run(
    q.schema
      .createTable('client_signing_keys')
      .addColumn('kid', 'text', (c) => c.primaryKey())
      .addColumn('public_jwk', 'text', (c) => c.notNull())
      .addColumn('sealed', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('signs_from', 'bigint', (c) => c.notNull()),
  )
}

function* requests(): Work<void> {
  yield* run(
    q.schema
      .createTable('client_authorizations')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('oauth_client', 'text', (c) => c.notNull())
      .addColumn('flow', 'text', (c) => c.notNull())
      .addColumn('redirect_uri', 'text', (c) => c.notNull())
      .addColumn('state', 'text')
      .addColumn('code_challenge', 'text', (c) => c.notNull())
      .addColumn('scope', 'text', (c) => c.notNull())
      .addColumn('resource', 'text')
      .addColumn('nonce', 'text')
      .addColumn('ip', 'text', (c) => c.notNull())
      .addColumn('user_agent', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('expires_at', 'bigint', (c) => c.notNull())
      .addColumn('decided_at', 'bigint'),
  )
  yield* run(
    q.schema
      .createTable('client_codes')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('hash', 'text', (c) => c.notNull().unique())
      .addColumn('oauth_client', 'text', (c) => c.notNull())
      .addColumn('flow', 'text', (c) => c.notNull())
      .addColumn('member_id', 'text', (c) => c.notNull().references('members.id'))
      .addColumn('redirect_uri', 'text', (c) => c.notNull())
      .addColumn('code_challenge', 'text', (c) => c.notNull())
      .addColumn('scope', 'text', (c) => c.notNull())
      .addColumn('resource', 'text')
      .addColumn('nonce', 'text')
      .addColumn('authenticated_at', 'bigint', (c) => c.notNull())
      .addColumn('refusal', 'text')
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('expires_at', 'bigint', (c) => c.notNull())
      .addColumn('used_at', 'bigint')
      .addColumn('client_id', 'text', (c) => c.references('clients.id')),
  )
  yield* run(
    q.schema
      .createTable('client_devices')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('hash', 'text', (c) => c.notNull().unique())
      .addColumn('user_code', 'text', (c) => c.notNull().unique())
      .addColumn('oauth_client', 'text', (c) => c.notNull())
      .addColumn('ip', 'text', (c) => c.notNull())
      .addColumn('user_agent', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('expires_at', 'bigint', (c) => c.notNull())
      .addColumn('decided_at', 'bigint')
      .addColumn('decision', 'text')
      .addColumn('member_id', 'text', (c) => c.references('members.id'))
      .addColumn('authenticated_at', 'bigint')
      .addColumn('code_id', 'text'),
  )
}
