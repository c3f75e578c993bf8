import { day } from '#kernel/clock.ts'
import { sql } from 'kysely'
import { first, run, type Work } from '#kernel/work.ts'
import { q, type HistogramMeasure, type TelemetryTables } from './tables.ts'

/** Days for which each kind is kept, as the settings say. */
export interface Retention {
  readonly events: number
  readonly content: number
  readonly traces: number
  readonly sums: number
}

/** Rows that go in one transaction: some 20 ms, while ingest waits. */
const atOnce = 2000
/** A decision whose result never came. */
const pendingKept = day

/**
 * Removes a part of what has been kept long enough, text first. Each row goes by its own time of receipt, so that no other row, and
 * no clock that was wrong when one came, holds it up.
 *
 * @returns whether there may be more
 */
export function* removeExpired(retention: Retention, now: number): Work<boolean> {
  const summed = now - retention.sums * day
  return (
    (yield* dropContent(now - retention.content * day)) ||
    (yield* removeTraces(now - retention.traces * day)) ||
    (yield* removeFacts(now - retention.events * day)) ||
    (yield* removeConversations(now - retention.events * day)) ||
    (yield* removePending(now - pendingKept)) ||
    (yield* removeSums(summed))
  )
}

const received = (before: number) =>
  q.selectFrom('telemetry_facts').select('id').where('received_at', '<', before).limit(atOnce)

function* dropContent(before: number): Work<boolean> {
  const some = received(before).where('content', 'is not', null)
  const update = q.updateTable('telemetry_facts').set({ content: null })
  return (yield* run(update.where('id', 'in', some))) === atOnce
}

function* removeTraces(before: number): Work<boolean> {
  // Written out, as the index has it (keep/migrations.ts).
  const some = received(before).where(sql<boolean>`kind in ('span', 'metric')`)
  return (yield* run(q.deleteFrom('telemetry_facts').where('id', 'in', some))) === atOnce
}

function* removeFacts(before: number): Work<boolean> {
  const some = received(before)
  return (yield* run(q.deleteFrom('telemetry_facts').where('id', 'in', some))) === atOnce
}

/** Those whose facts are gone. */
function* removeConversations(before: number): Work<boolean> {
  const some = q
    .selectFrom('telemetry_conversations')
    .select('id')
    .where('last_at', '<', before)
    .where('received_at', '<', before)
    .limit(atOnce)
  return (yield* run(q.deleteFrom('telemetry_conversations').where('id', 'in', some))) === atOnce
}

function* removePending(before: number): Work<boolean> {
  const some = q
    .selectFrom('telemetry_pending_calls')
    .select('conversation')
    .where('received_at', '<', before)
    .limit(atOnce)
  const gone = yield* run(
    q
      .deleteFrom('telemetry_pending_calls')
      .where('conversation', 'in', some)
      .where('received_at', '<', before),
  )
  return gone >= atOnce
}

/** A table of sums, by the two columns that its key begins with; days end a day after they begin. */
interface Summed {
  readonly table: keyof TelemetryTables
  readonly time: 'bucket' | 'hour' | 'day'
  readonly then: 'group_set' | 'person'
  readonly ofDays?: true
  readonly measure?: HistogramMeasure
}
const histograms = ['first_token', 'api_request', 'tool_call', 'prompt'] as const
const summed: readonly Summed[] = [
  { table: 'telemetry_usage', time: 'bucket', then: 'group_set' },
  { table: 'telemetry_usage_hours', time: 'bucket', then: 'group_set' },
  { table: 'telemetry_usage_days', time: 'bucket', then: 'group_set', ofDays: true },
  { table: 'telemetry_days', time: 'day', then: 'person', ofDays: true },
  { table: 'telemetry_commands', time: 'hour', then: 'group_set' },
  { table: 'telemetry_command_people', time: 'day', then: 'person', ofDays: true },
  { table: 'telemetry_histograms', time: 'hour', then: 'group_set' },
  ...histograms.map((measure): Summed => ({
    table: 'telemetry_histogram_days',
    time: 'day',
    then: 'group_set',
    ofDays: true,
    measure,
  })),
  { table: 'telemetry_failures', time: 'hour', then: 'group_set' },
  { table: 'telemetry_failure_people', time: 'day', then: 'person', ofDays: true },
]

function* removeSums(before: number): Work<boolean> {
  for (const of of summed)
    if (yield* removeFront(of, of.ofDays ? before - day : before)) return true
  return false
}

/** The rows from the front of the key on up to some row, or all that are old enough. */
function* removeFront(of: Summed, before: number): Work<boolean> {
  const [table, time, then] = [sql.table(of.table), sql.ref(of.time), sql.ref(of.then)]
  const old = sql<boolean>`${time} < ${before}${of.measure ? sql` and measure = ${of.measure}` : sql``}`
  const row = yield* first(
    q
      .selectFrom(sql<{ at: number; by: number }>`${table}`.as('t'))
      .select([sql<number>`${time}`.as('at'), sql<number>`${then}`.as('by')])
      .where(old)
      .orderBy(time)
      .orderBy(then)
      .offset(atOnce)
      .limit(1),
  )
  const upTo = row
    ? sql<boolean>` and ${time} <= ${row.at} and (${time} < ${row.at} or ${then} <= ${row.by})`
    : sql``
  yield* run(q.deleteFrom(of.table as 'telemetry_days').where(sql<boolean>`${old}${upTo}`))
  return row !== undefined
}
