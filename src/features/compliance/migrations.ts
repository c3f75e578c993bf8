import { sql } from 'kysely'
import { minute } from '#kernel/clock.ts'
import type { Migration } from '#kernel/migrate.ts'
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import { eventTypes, typeDefaults } from './event-types.ts'
import type { ComplianceTables } from './tables.ts'

/** What the chain of the audit trail has when these run. */
interface Chain {
  audit_chain: { readonly seq: number; readonly record_id: string }
}

/** As the table was at first. */
interface First {
  compliance_types: Omit<
    ComplianceTables['compliance_types'],
    'files' | 'lines' | 'bytes' | 'deleted_files'
  >
}

const q = queries<ComplianceTables & Chain>()

export const complianceMigrations: readonly Migration[] = [
  {
    name: 'compliance-001-files',
    *up() {
      yield* run(
        q.schema
          .createTable('compliance_types')
          .addColumn('event_type', 'text', (c) => c.primaryKey())
          .addColumn('cursor', 'text', (c) => c.notNull())
          .addColumn('closed_at', 'bigint', (c) => c.notNull())
          .addColumn('window_ms', 'bigint', (c) => c.notNull())
          .addColumn('retention_days', 'bigint', (c) => c.notNull())
          .addColumn('revision', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('compliance_files')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('number', 'bigint', (c) => c.notNull().unique())
          .addColumn('event_type', 'text', (c) => c.notNull())
          .addColumn('start_at', 'bigint', (c) => c.notNull())
          .addColumn('end_at', 'bigint', (c) => c.notNull().unique())
          .addColumn('lines', 'bigint', (c) => c.notNull())
          .addColumn('bytes', 'bigint', (c) => c.notNull())
          .addColumn('sha256', 'text', (c) => c.notNull())
          .addColumn('sealed_sha256', 'text', (c) => c.notNull())
          .addColumn('previous_sha256', 'text', (c) => c.notNull())
          .addColumn('erased_lines', 'bigint', (c) => c.notNull())
          .addColumn('deleted_at', 'bigint')
          .addColumn('deleted_because', 'text'),
      )
      yield* run(
        q.schema
          .createIndex('compliance_files_by_type')
          .on('compliance_files')
          .columns(['event_type', 'end_at']),
      )
      yield* run(
        q.schema
          .createTable('compliance_chunks')
          .addColumn('file_id', 'text', (c) => c.notNull())
          .addColumn('chunk', 'bigint', (c) => c.notNull())
          .addColumn('lines', 'text', (c) => c.notNull())
          .addPrimaryKeyConstraint('compliance_chunks_pk', ['file_id', 'chunk'] as never),
      )
      yield* run(
        q.schema
          .createTable('compliance_payloads')
          .addColumn('file_id', 'text', (c) => c.notNull())
          .addColumn('line', 'bigint', (c) => c.notNull())
          .addColumn('event_type', 'text', (c) => c.notNull())
          .addColumn('event_id', 'text', (c) => c.notNull())
          .addColumn('subject_id', 'text', (c) => c.notNull())
          .addColumn('about_id', 'text', (c) => c.notNull())
          .addColumn('salt', 'text')
          .addColumn('payload', 'text')
          .addPrimaryKeyConstraint('compliance_payloads_pk', ['file_id', 'line'] as never),
      )
      // An event stands in one file of its type, whoever closes it.
      yield* run(
        q.schema
          .createIndex('compliance_payloads_by_event')
          .on('compliance_payloads')
          .columns(['event_id', 'event_type'])
          .unique(),
      )
      for (const column of ['subject_id', 'about_id'] as const)
        yield* run(
          q.schema
            .createIndex(`compliance_payloads_by_${column}`)
            .on('compliance_payloads')
            .column(column),
        )
      for (const event_type of eventTypes)
        yield* run(
          queries<First>().insertInto('compliance_types').values({
            event_type,
            cursor: '',
            closed_at: 0,
            window_ms: typeDefaults[event_type].windowMs,
            retention_days: typeDefaults[event_type].retentionDays,
            revision: 1,
          }),
        )
    },
  },
  {
    name: 'compliance-002-holds',
    *up() {
      yield* run(
        q.schema
          .createTable('compliance_holds')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('reason', 'text', (c) => c.notNull())
          .addColumn('event_type', 'text')
          .addColumn('subject_id', 'text')
          .addColumn('subject_label', 'text')
          .addColumn('from_at', 'bigint')
          .addColumn('until_at', 'bigint')
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull())
          .addColumn('released_at', 'bigint')
          .addColumn('released_by', 'text'),
      )
    },
  },
  {
    name: 'compliance-003-destinations',
    *up() {
      yield* run(
        q.schema
          .createTable('compliance_destinations')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('name_key', 'text', (c) => c.notNull().unique())
          .addColumn('kind', 'text', (c) => c.notNull())
          .addColumn('settings', 'text', (c) => c.notNull())
          .addColumn('secret_sealed', 'text')
          .addColumn('event_types', 'text', (c) => c.notNull())
          .addColumn('paused', 'bigint', (c) => c.notNull())
          .addColumn('delivered', 'bigint', (c) => c.notNull())
          .addColumn('failing_since', 'bigint')
          .addColumn('failures', 'bigint', (c) => c.notNull())
          .addColumn('last_error', 'text')
          .addColumn('last_success_at', 'bigint')
          .addColumn('busy_until', 'bigint', (c) => c.notNull())
          .addColumn('revision', 'bigint', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull()),
      )
    },
  },
  {
    name: 'compliance-004-chain-order',
    *up() {
      yield* sumsOfTypes()
      yield* run(
        q.schema
          .alterTable('compliance_files')
          .addColumn('closed_at', 'bigint', (c) => c.notNull().defaultTo(0)),
      )
      yield* run(q.updateTable('compliance_files').set((e) => ({ closed_at: e.ref('end_at') })))
      yield* run(
        q.schema
          .alterTable('compliance_destinations')
          .addColumn('busy_by', 'text', (c) => c.notNull().defaultTo('')),
      )
      for (const eventType of ['AUTH_LOG', 'AUDIT_LOG'] as const) yield* cursorInChain(eventType)
    },
  },
  {
    name: 'compliance-005-erasures',
    *up() {
      yield* run(
        q.schema
          .createTable('compliance_erasures')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('subject_id', 'text', (c) => c.notNull())
          .addColumn('reason', 'text', (c) => c.notNull())
          .addColumn('asked_at', 'bigint', (c) => c.notNull())
          .addColumn('asked_by', 'text', (c) => c.notNull())
          .addColumn('names', 'text', (c) => c.notNull())
          .addColumn('reached', 'bigint', (c) => c.notNull())
          .addColumn('files', 'bigint', (c) => c.notNull())
          .addColumn('lines', 'bigint', (c) => c.notNull())
          .addColumn('kept_lines', 'bigint', (c) => c.notNull())
          .addColumn('kept_by', 'text', (c) => c.notNull())
          .addColumn('finished_at', 'bigint'),
      )
    },
  },
]

/** Counted once here, and kept by whoever writes, empties or erases a file. */
function* sumsOfTypes(): Work<void> {
  const sums = ['files', 'lines', 'bytes', 'deleted_files'] as const
  for (const column of sums)
    yield* run(
      q.schema
        .alterTable('compliance_types')
        .addColumn(column, 'bigint', (c) => c.notNull().defaultTo(0)),
    )
  const rows = yield* all(
    q
      .selectFrom('compliance_files')
      .groupBy(['event_type', sql`deleted_at is null`])
      .select((e) => [
        'event_type',
        e.fn.min('deleted_at').as('deleted_at'),
        e.fn.countAll<number>().as('files'),
        e.fn.sum<number | string>('lines').as('lines'),
        e.fn.sum<number | string>('bytes').as('bytes'),
      ]),
  )
  for (const { event_type, deleted_at, files, lines, bytes } of rows)
    yield* run(
      q
        .updateTable('compliance_types')
        .set(
          deleted_at === null
            ? { files, lines: Number(lines), bytes: Number(bytes) }
            : { deleted_files: files },
        )
        .where('event_type', '=', event_type),
    )
}

/** A cursor was a time before; ids of records begin with theirs. What was written since is left out by its id. */
function* cursorInChain(eventType: string): Work<void> {
  const row = yield* first(
    q.selectFrom('compliance_types').select('cursor').where('event_type', '=', eventType),
  )
  if (!row || row.cursor === '') return
  const from = Math.max(0, Number(row.cursor) - 10 * minute)
  const found = yield* first(
    q
      .selectFrom('audit_chain')
      .select((e) => e.fn.min<number | null>('seq').as('seq'))
      .where('record_id', '>=', `aud_${from.toString(16).padStart(12, '0')}`),
  )
  const last = yield* first(
    q.selectFrom('audit_chain').select((e) => e.fn.max<number | null>('seq').as('seq')),
  )
  const cursor = found?.seq == null ? (last?.seq ?? 0) : found.seq - 1
  yield* run(
    q
      .updateTable('compliance_types')
      .set({ cursor: String(cursor) })
      .where('event_type', '=', eventType),
  )
}
