import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'

const q = queries<Record<string, never>>()

export const watchMigrations: readonly Migration[] = [
  {
    name: 'watch-001-collections',
    *up() {
      yield* run(
        q.schema
          .createTable('watch_collections')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('vendor', 'text', (c) => c.notNull())
          .addColumn('product', 'text', (c) => c.notNull())
          .addColumn('set_name', 'text', (c) => c.notNull())
          .addColumn('language', 'text', (c) => c.notNull())
          .addColumn('path', 'text', (c) => c.notNull().unique())
          .addColumn('title', 'text', (c) => c.notNull())
          .addColumn('settings', 'text', (c) => c.notNull())
          .addColumn('revision', 'bigint', (c) => c.notNull())
          .addColumn('paused', 'bigint', (c) => c.notNull())
          .addColumn('visibility', 'text', (c) => c.notNull())
          .addColumn('policy_documentation', 'bigint', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull())
          .addColumn('next_run_at', 'bigint')
          .addColumn('last_run_at', 'bigint')
          .addColumn('deleted_at', 'bigint'),
      )
      yield* run(
        q.schema
          .createIndex('watch_collections_due')
          .on('watch_collections')
          .columns(['paused', 'next_run_at']),
      )
    },
  },
  {
    name: 'watch-001-pages',
    *up() {
      yield* run(
        q.schema
          .createTable('watch_pages')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('collection_id', 'text', (c) => c.notNull().references('watch_collections.id'))
          .addColumn('path', 'text', (c) => c.notNull())
          .addColumn('url', 'text', (c) => c.notNull())
          .addColumn('title', 'text')
          .addColumn('source_id', 'text')
          .addColumn('state', 'text', (c) => c.notNull())
          .addColumn('etag', 'text')
          .addColumn('last_modified', 'text')
          .addColumn('checked_at', 'bigint')
          .addColumn('raw_id', 'text')
          .addColumn('raw_sha256', 'text')
          .addColumn('fetch_url', 'text')
          .addColumn('format', 'text')
          .addColumn('failing_since', 'bigint')
          .addColumn('failures', 'bigint', (c) => c.notNull())
          .addColumn('failure_kind', 'text')
          .addColumn('failure_message', 'text')
          .addColumn('missing_runs', 'bigint', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createIndex('watch_pages_path')
          .on('watch_pages')
          .columns(['collection_id', 'path'])
          .unique(),
      )
    },
  },
  {
    name: 'watch-001-snapshots',
    *up() {
      yield* run(
        q.schema
          .createTable('watch_snapshots')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('collection_id', 'text', (c) => c.notNull().references('watch_collections.id'))
          .addColumn('at', 'bigint', (c) => c.notNull())
          .addColumn('moment', 'bigint', (c) => c.notNull())
          .addColumn('stamp', 'text', (c) => c.notNull())
          .addColumn('state', 'text', (c) => c.notNull())
          .addColumn('kind', 'text', (c) => c.notNull())
          .addColumn('run_id', 'text')
          .addColumn('import_key', 'text')
          .addColumn('note', 'text')
          .addColumn('added', 'bigint', (c) => c.notNull())
          .addColumn('removed', 'bigint', (c) => c.notNull())
          .addColumn('pages', 'bigint', (c) => c.notNull())
          .addColumn('new_pages', 'bigint', (c) => c.notNull())
          .addColumn('gone_pages', 'bigint', (c) => c.notNull())
          .addColumn('quiet_pages', 'bigint', (c) => c.notNull())
          .addColumn('flipped_pages', 'bigint', (c) => c.notNull())
          .addColumn('told', 'bigint', (c) => c.notNull().defaultTo(0)),
      )
      yield* run(
        q.schema
          .createIndex('watch_snapshots_stamp')
          .on('watch_snapshots')
          .columns(['collection_id', 'stamp'])
          .unique(),
      )
      yield* run(
        q.schema
          .createIndex('watch_snapshots_moment')
          .on('watch_snapshots')
          .columns(['collection_id', 'moment'])
          .unique(),
      )
    },
  },
  {
    name: 'watch-001-versions',
    *up() {
      yield* run(
        q.schema
          .createTable('watch_versions')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('collection_id', 'text', (c) => c.notNull().references('watch_collections.id'))
          .addColumn('page_id', 'text', (c) => c.notNull().references('watch_pages.id'))
          .addColumn('snapshot_id', 'text', (c) => c.notNull().references('watch_snapshots.id'))
          .addColumn('moment', 'bigint', (c) => c.notNull())
          .addColumn('text_id', 'text')
          .addColumn('raw_id', 'text')
          .addColumn('sha256', 'text')
          .addColumn('extractor', 'text', (c) => c.notNull())
          .addColumn('content_type', 'text')
          .addColumn('kind', 'text', (c) => c.notNull())
          .addColumn('added', 'bigint', (c) => c.notNull())
          .addColumn('removed', 'bigint', (c) => c.notNull())
          .addColumn('lines', 'bigint', (c) => c.notNull())
          .addColumn('bytes', 'bigint', (c) => c.notNull())
          .addColumn('flip_of', 'text')
          .addColumn('moved', 'text'),
      )
      yield* run(
        q.schema
          .createIndex('watch_versions_of_page')
          .on('watch_versions')
          .columns(['page_id', 'moment'])
          .unique(),
      )
      yield* run(
        q.schema
          .createIndex('watch_versions_of_snapshot')
          .on('watch_versions')
          .columns(['snapshot_id']),
      )
      yield* run(
        q.schema
          .createIndex('watch_versions_in_time')
          .on('watch_versions')
          .columns(['collection_id', 'moment']),
      )
      // What nothing refers to any more is asked by these (retention).
      yield* run(
        q.schema.createIndex('watch_versions_of_text').on('watch_versions').columns(['text_id']),
      )
      yield* run(
        q.schema.createIndex('watch_versions_of_raw').on('watch_versions').columns(['raw_id']),
      )
    },
  },
  {
    name: 'watch-001-runs',
    *up() {
      yield* run(
        q.schema
          .createTable('watch_runs')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('collection_id', 'text', (c) => c.notNull().references('watch_collections.id'))
          .addColumn('cause', 'text', (c) => c.notNull())
          .addColumn('state', 'text', (c) => c.notNull())
          .addColumn('started_at', 'bigint', (c) => c.notNull())
          .addColumn('finished_at', 'bigint')
          .addColumn('total', 'bigint', (c) => c.notNull())
          .addColumn('checked', 'bigint', (c) => c.notNull())
          .addColumn('not_modified', 'bigint', (c) => c.notNull())
          .addColumn('changed', 'bigint', (c) => c.notNull())
          .addColumn('failures', 'bigint', (c) => c.notNull())
          .addColumn('snapshot_id', 'text')
          .addColumn('message', 'text')
          .addColumn('started_by', 'text')
          .addColumn('beat_at', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createIndex('watch_runs_of_collection')
          .on('watch_runs')
          .columns(['collection_id', 'id']),
      )
    },
  },
  {
    name: 'watch-001-failures',
    *up() {
      yield* run(
        q.schema
          .createTable('watch_failures')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('collection_id', 'text', (c) => c.notNull().references('watch_collections.id'))
          .addColumn('run_id', 'text', (c) => c.notNull())
          .addColumn('page_id', 'text', (c) => c.references('watch_pages.id'))
          .addColumn('url', 'text', (c) => c.notNull())
          .addColumn('at', 'bigint', (c) => c.notNull())
          .addColumn('kind', 'text', (c) => c.notNull())
          .addColumn('status', 'bigint')
          .addColumn('message', 'text', (c) => c.notNull())
          .addColumn('remedy', 'text', (c) => c.notNull())
          .addColumn('in_a_row', 'bigint', (c) => c.notNull())
          .addColumn('mended', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createIndex('watch_failures_of_collection')
          .on('watch_failures')
          .columns(['collection_id', 'id']),
      )
      yield* run(
        q.schema
          .createIndex('watch_failures_of_page')
          .on('watch_failures')
          .columns(['page_id', 'id']),
      )
    },
  },
  {
    name: 'watch-001-secrets',
    *up() {
      yield* run(
        q.schema
          .createTable('watch_secrets')
          .addColumn('collection_id', 'text', (c) => c.notNull().references('watch_collections.id'))
          .addColumn('origin', 'text', (c) => c.notNull())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('sealed', 'text', (c) => c.notNull())
          .addColumn('set_at', 'bigint', (c) => c.notNull())
          .addColumn('set_by', 'text', (c) => c.notNull())
          .addPrimaryKeyConstraint('watch_secrets_key', ['collection_id', 'origin', 'name']),
      )
    },
  },
  {
    name: 'watch-001-exceptions',
    *up() {
      yield* run(
        q.schema
          .createTable('watch_exceptions')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('target', 'text', (c) => c.notNull().unique())
          .addColumn('note', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull()),
      )
    },
  },
  {
    name: 'watch-001-seen',
    *up() {
      yield* run(
        q.schema
          .createTable('watch_seen')
          .addColumn('member_id', 'text', (c) => c.notNull())
          .addColumn('collection_id', 'text', (c) => c.notNull().references('watch_collections.id'))
          .addColumn('moment', 'bigint', (c) => c.notNull())
          .addColumn('at', 'bigint', (c) => c.notNull())
          .addPrimaryKeyConstraint('watch_seen_key', ['member_id', 'collection_id']),
      )
    },
  },
  {
    name: 'watch-001-imports',
    *up() {
      yield* run(
        q.schema
          .createTable('watch_imports')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('collection_id', 'text', (c) => c.notNull().references('watch_collections.id'))
          .addColumn('origin', 'text', (c) => c.notNull())
          .addColumn('state', 'text', (c) => c.notNull())
          .addColumn('total', 'bigint')
          .addColumn('received', 'bigint', (c) => c.notNull())
          .addColumn('versions', 'bigint', (c) => c.notNull())
          .addColumn('last_key', 'text')
          .addColumn('last_at', 'bigint')
          .addColumn('left_out', 'bigint', (c) => c.notNull())
          .addColumn('started_at', 'bigint', (c) => c.notNull())
          .addColumn('finished_at', 'bigint')
          .addColumn('message', 'text'),
      )
      yield* run(
        q.schema
          .createIndex('watch_imports_origin')
          .on('watch_imports')
          .columns(['collection_id', 'origin'])
          .unique(),
      )
      yield* run(
        q.schema
          .createTable('watch_import_files')
          .addColumn('collection_id', 'text', (c) => c.notNull().references('watch_collections.id'))
          .addColumn('file', 'text', (c) => c.notNull())
          .addColumn('page', 'text', (c) => c.notNull())
          .addColumn('present', 'bigint', (c) => c.notNull())
          .addPrimaryKeyConstraint('watch_import_files_key', ['collection_id', 'file']),
      )
      yield* run(
        q.schema
          .createIndex('watch_import_files_of_page')
          .on('watch_import_files')
          .columns(['collection_id', 'page']),
      )
    },
  },
]
