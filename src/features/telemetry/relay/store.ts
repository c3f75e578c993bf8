import { minute } from '#kernel/clock.ts'
import type { Ids } from '#kernel/ids.ts'
import { all, enqueue, first, queries, run, type Work } from '#kernel/work.ts'
import type { RelayState } from '../schema.settings.ts'
import { telemetrySettings } from '../settings/store.ts'

import type { Signal } from '../otlp/records.ts'

export type { Signal } from '../otlp/records.ts'

/** One request with telemetry, as it came (unpacked). */
export interface RelayItem {
  readonly signal: Signal
  readonly contentType: string
  readonly body: Uint8Array
  readonly receivedAt: number
}

interface Tables {
  telemetry_relay: {
    id: string
    received_at: number
    signal: Signal
    content_type: string
    bytes: number
    body: Uint8Array
  }
  telemetry_relay_state: {
    id: number
    waiting: number
    waiting_bytes: number
    delivered: number
    lost: number
    last_lost_at: number | null
    last_loss: string | null
    failures: number
    failing_since: number | null
    last_error: string | null
    last_success_at: number | null
    next_at: number
    leased_until: number
  }
}
export type OutboxRow = Tables['telemetry_relay']
export type StateRow = Tables['telemetry_relay_state']
const q = queries<Tables>()

export const relayJob = 'telemetry.relay'

/** What waits for the collector takes at most this much room; at 2 kB a record a day of a thousand developers. */
export const maxBytes = 1_000_000_000

/**
 * Puts requests into the outbox, in the transaction that stores their records, so that what was accepted is passed on or counted
 * as lost, never neither. Does nothing where nothing is passed on. For whoever commits what came in, in whichever thread.
 */
export function* relayWork(ids: Ids, items: readonly RelayItem[]): Work<void> {
  const { relay } = yield* telemetrySettings()
  if (relay === null || items.length === 0) return
  const state = yield* relayStateRow()
  let { waiting_bytes } = state
  let kept = 0
  let lost = 0
  for (const { signal, contentType, body, receivedAt } of items) {
    if (waiting_bytes + body.byteLength > maxBytes) {
      lost++
      continue
    }
    waiting_bytes += body.byteLength
    kept++
    yield* run(
      q.insertInto('telemetry_relay').values({
        id: ids('rel'),
        received_at: receivedAt,
        signal,
        content_type: contentType,
        bytes: body.byteLength,
        body,
      }),
    )
  }
  yield* run(
    q.updateTable('telemetry_relay_state').set((e) => ({
      waiting: e('waiting', '+', kept),
      waiting_bytes: e('waiting_bytes', '+', waiting_bytes - state.waiting_bytes),
      lost: e('lost', '+', lost),
    })),
  )
  const last = items.at(-1)
  if (lost > 0 && last) yield* setState({ last_lost_at: last.receivedAt, last_loss: noRoom })
  // While the collector fails, the next try has its time already.
  yield* enqueue({
    name: relayJob,
    payload: null,
    dedupeKey: 'relay',
    ...(state.next_at > 0 ? { runAt: state.next_at } : {}),
  })
}

const noRoom = `More than ${maxBytes / 1e6} MB wait already.`

export function* relayStateRow(): Work<StateRow> {
  const row = yield* first(q.selectFrom('telemetry_relay_state').selectAll())
  if (!row) throw new Error('The row of the relay is missing.')
  return row
}

export function* relayState(): Work<RelayState> {
  const row = yield* relayStateRow()
  return {
    waiting: row.waiting,
    waitingBytes: row.waiting_bytes,
    maxBytes,
    delivered: row.delivered,
    lost: row.lost,
    lastLostAt: row.last_lost_at,
    lastLoss: row.last_loss,
    failingSince: row.failing_since,
    lastError: row.last_error,
    lastSuccessAt: row.last_success_at,
  }
}

export function* setState(values: Partial<Omit<StateRow, 'id'>>): Work<void> {
  yield* run(q.updateTable('telemetry_relay_state').set(values))
}

/** No pause and no lease is longer (ms): a time further ahead was written when the clock was. */
const longest = 10 * minute

/** Only one process sends, so that what came first goes first. False: another one does, or the next try is later. */
export function* takeLease(now: number, until: number): Work<boolean> {
  const taken = yield* run(
    q
      .updateTable('telemetry_relay_state')
      .set({ leased_until: until })
      .where((e) => e.or([e('leased_until', '<=', now), e('leased_until', '>', now + longest)]))
      .where((e) => e.or([e('next_at', '<=', now), e('next_at', '>', now + longest)])),
  )
  return taken > 0
}

/** Of the signals that are not left out. */
export function* oldest(leftOut: readonly Signal[]): Work<OutboxRow | undefined> {
  const rows = q.selectFrom('telemetry_relay').selectAll().orderBy('id').limit(1)
  return yield* first(leftOut.length === 0 ? rows : rows.where('signal', 'not in', leftOut))
}

/** It has arrived, or never will. */
export function* takeOut({ id, bytes }: OutboxRow): Work<boolean> {
  const gone = yield* run(q.deleteFrom('telemetry_relay').where('id', '=', id))
  if (gone === 0) return false
  yield* run(
    q.updateTable('telemetry_relay_state').set((e) => ({
      waiting: e('waiting', '-', 1),
      waiting_bytes: e('waiting_bytes', '-', bytes),
    })),
  )
  return true
}

/** Nothing is amiss. */
const well = { failures: 0, failing_since: null, last_error: null, next_at: 0 } as const

export function* countDelivered(now: number): Work<void> {
  yield* run(
    q.updateTable('telemetry_relay_state').set((e) => ({
      delivered: e('delivered', '+', 1),
      ...well,
      last_success_at: now,
    })),
  )
}

export function* countLost(now: number, why: string): Work<void> {
  yield* run(
    q.updateTable('telemetry_relay_state').set((e) => ({
      lost: e('lost', '+', 1),
      last_lost_at: now,
      last_loss: why,
      // It answers.
      ...well,
    })),
  )
}

/** The collector is another one: what the last one did says nothing about it. */
export function* startAnew(): Work<void> {
  yield* setState(well)
  yield* enqueue({ name: relayJob, payload: null, dedupeKey: 'relay' })
}

/** Nothing is passed on any more: what waits goes, and counts as lost. */
export function* emptyOutbox(now: number): Work<void> {
  yield* setState(well)
  const waiting = yield* all(q.selectFrom('telemetry_relay').select('id').limit(1))
  if (waiting.length === 0) return
  const { waiting: count, lost } = yield* relayStateRow()
  yield* run(q.deleteFrom('telemetry_relay'))
  yield* setState({
    waiting: 0,
    waiting_bytes: 0,
    lost: lost + count,
    last_lost_at: now,
    last_loss: 'The relay was turned off while they waited.',
  })
}
