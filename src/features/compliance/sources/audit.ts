import { linkedSince, type LinkedRecord } from '#features/audit/index.ts'
import { isAuthAct, type EventType } from '../event-types.ts'
import type { Payload } from '../line.ts'
import type { Source, SourceRow } from './source.ts'

/** Records read at once, and how often in one look: 20,000 records of the other type are passed over in some 0.1 s. */
const page = 1000
const pages = 20

/**
 * Acts as the audit trail has them: those about getting in, or all others. They are read in the order of the chain, because
 * the id of a record is made before its transaction commits, which may be an hour later or on a machine with another clock.
 */
export const auditSource = (eventType: Extract<EventType, 'AUTH_LOG' | 'AUDIT_LOG'>): Source => ({
  eventType,
  *newSince(cursor, limit) {
    const rows: SourceRow[] = []
    let at = Number(cursor)
    for (let read = 0; read < pages; read++) {
      const records = yield* linkedSince(at, page)
      for (const record of records) {
        if (isAuthAct(record.action) === (eventType === 'AUTH_LOG')) {
          if (rows.length === limit) return { rows, cursor: String(at), more: true }
          rows.push(sourceRow(record))
        }
        at = record.seq
      }
      if (records.length < page) return { rows, cursor: String(at), more: false }
    }
    return { rows, cursor: String(at), more: true }
  },
})

const sourceRow = (record: LinkedRecord): SourceRow => ({
  eventId: record.id,
  receivedAt: record.at,
  subjectId: record.actor_id,
  aboutId: record.target_id,
  payload: payloadOf(record),
  cursor: String(record.seq),
})

function payloadOf(row: LinkedRecord): Payload {
  const { before, after } = JSON.parse(row.detail) as { before?: unknown; after?: unknown }
  return {
    timestamp: new Date(row.at).toISOString(),
    actor: { type: row.actor_kind, id: row.actor_id, label: row.actor_label },
    action: row.action,
    target: { type: row.target_kind, id: row.target_id, label: row.target_label },
    before,
    after,
    touches: row.touches ?? undefined,
    request_id: row.request_id ?? undefined,
    ip: row.ip ?? undefined,
  }
}
