import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'

const q = queries<Record<string, never>>()

export const notifyMigrations: readonly Migration[] = [
  {
    name: 'notify-001-subscriptions',
    *up() {
      yield* run(
        q.schema
          .createTable('notify_subscriptions')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('member_id', 'text')
          .addColumn('endpoint_id', 'text')
          .addColumn('collection_id', 'text')
          .addColumn('page', 'text')
          .addColumn('term', 'text')
          .addColumn('rhythm', 'text', (c) => c.notNull())
          .addColumn('hour', 'bigint', (c) => c.notNull())
          .addColumn('weekday', 'bigint', (c) => c.notNull())
          .addColumn('time_zone', 'text', (c) => c.notNull())
          .addColumn('formatting', 'bigint', (c) => c.notNull())
          .addColumn('trouble', 'bigint', (c) => c.notNull())
          .addColumn('paused', 'bigint', (c) => c.notNull())
          .addColumn('revision', 'bigint', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull())
          .addColumn('next_at', 'bigint'),
      )
      for (const column of ['collection_id', 'member_id', 'endpoint_id', 'next_at'])
        yield* run(
          q.schema
            .createIndex(`notify_subscriptions_by_${column}`)
            .on('notify_subscriptions')
            .column(column),
        )
      yield* run(
        q.schema
          .createTable('notify_pending')
          .addColumn('subscription_id', 'text', (c) => c.notNull())
          .addColumn('snapshot_id', 'text', (c) => c.notNull())
          .addColumn('at', 'bigint', (c) => c.notNull())
          .addColumn('told', 'bigint', (c) => c.notNull())
          .addPrimaryKeyConstraint('notify_pending_pk', [
            'subscription_id',
            'snapshot_id',
          ] as never),
      )
      yield* run(
        q.schema
          .createTable('notify_troubles')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('run_id', 'text', (c) => c.notNull())
          .addColumn('collection_id', 'text', (c) => c.notNull())
          .addColumn('at', 'bigint', (c) => c.notNull())
          .addColumn('page', 'text')
          .addColumn('url', 'text', (c) => c.notNull())
          .addColumn('failure', 'text', (c) => c.notNull())
          .addColumn('message', 'text', (c) => c.notNull())
          .addColumn('told', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema.createIndex('notify_troubles_by_run').on('notify_troubles').column('run_id'),
      )
    },
  },
  {
    name: 'notify-001-mails',
    *up() {
      yield* run(
        q.schema
          .createTable('notify_mails')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('member_id', 'text', (c) => c.notNull())
          .addColumn('key', 'text', (c) => c.notNull())
          .addColumn('content', 'text', (c) => c.notNull())
          .addColumn('token_sealed', 'text', (c) => c.notNull())
          .addColumn('state', 'text', (c) => c.notNull())
          .addColumn('attempts', 'bigint', (c) => c.notNull())
          .addColumn('subject', 'text')
          .addColumn('error', 'text')
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('finished_at', 'bigint'),
      )
      yield* run(
        q.schema
          .createIndex('notify_mails_once')
          .unique()
          .on('notify_mails')
          .columns(['member_id', 'key']),
      )
      yield* run(
        q.schema
          .createTable('notify_feed_keys')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('member_id', 'text', (c) => c.notNull().unique())
          .addColumn('hash', 'text', (c) => c.notNull())
          .addColumn('token_sealed', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('last_used_at', 'bigint'),
      )
    },
  },
  {
    name: 'notify-001-webhooks',
    *up() {
      yield* run(
        q.schema
          .createTable('notify_endpoints')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('name_key', 'text', (c) => c.notNull().unique())
          .addColumn('kind', 'text', (c) => c.notNull())
          .addColumn('url_sealed', 'text', (c) => c.notNull())
          .addColumn('url_shown', 'text', (c) => c.notNull())
          .addColumn('secret_sealed', 'text')
          .addColumn('old_secret_sealed', 'text')
          .addColumn('old_secret_until', 'bigint')
          .addColumn('paused', 'bigint', (c) => c.notNull())
          .addColumn('disabled_at', 'bigint')
          .addColumn('failing_since', 'bigint')
          .addColumn('last_error', 'text')
          .addColumn('last_success_at', 'bigint')
          .addColumn('revision', 'bigint', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('notify_deliveries')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('endpoint_id', 'text', (c) => c.notNull())
          .addColumn('key', 'text', (c) => c.notNull())
          .addColumn('type', 'text', (c) => c.notNull())
          .addColumn('label', 'text', (c) => c.notNull())
          .addColumn('content', 'text')
          .addColumn('body', 'text')
          .addColumn('state', 'text', (c) => c.notNull())
          .addColumn('attempts', 'bigint', (c) => c.notNull())
          .addColumn('next_at', 'bigint')
          .addColumn('last_status', 'bigint')
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('finished_at', 'bigint'),
      )
      yield* run(
        q.schema
          .createIndex('notify_deliveries_once')
          .unique()
          .on('notify_deliveries')
          .columns(['endpoint_id', 'key']),
      )
      yield* run(
        q.schema
          .createTable('notify_attempts')
          .addColumn('delivery_id', 'text', (c) => c.notNull())
          .addColumn('number', 'bigint', (c) => c.notNull())
          .addColumn('at', 'bigint', (c) => c.notNull())
          .addColumn('ms', 'bigint', (c) => c.notNull())
          .addColumn('status', 'bigint')
          .addColumn('failure', 'text')
          .addColumn('message', 'text')
          .addColumn('answer', 'text', (c) => c.notNull())
          .addPrimaryKeyConstraint('notify_attempts_pk', ['delivery_id', 'number'] as never),
      )
    },
  },
]
