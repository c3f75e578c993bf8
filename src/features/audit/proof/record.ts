/**
 * A record as the chain holds it. What is committed to is one line of JSON whose bytes are made here and nowhere else, so that
 * an export carries the very bytes that were hashed, and whoever checks it needs to parse nothing.
 */
import { hash } from 'node:crypto'

/** A row of `audit_records`. */
export interface RecordRow {
  readonly id: string
  readonly at: number
  readonly actor_kind: string
  readonly actor_id: string
  readonly actor_label: string
  readonly action: string
  readonly target_kind: string
  readonly target_id: string
  readonly target_label: string
  readonly touches: number | null
  /** JSON of `{before, after}`, as the act wrote it. */
  readonly detail: string
  readonly request_id: string | null
  readonly ip: string | null
}

/**
 * The salt makes the commitment say nothing about a record that is not shown: without it, who knows what a record may say
 * could try all of it. `detail` goes in last and as it stands: everything before it is quoted, so that no two rows give the
 * same text.
 */
export function recordText(salt: string, row: RecordRow): string {
  const head = JSON.stringify({
    salt,
    id: row.id,
    at: row.at,
    actor: { kind: row.actor_kind, id: row.actor_id, label: row.actor_label },
    action: row.action,
    target: { kind: row.target_kind, id: row.target_id, label: row.target_label },
    touches: row.touches,
    requestId: row.request_id,
    ip: row.ip,
  })
  return `${head.slice(0, -1)},"detail":${row.detail}}`
}

/** SHA-256, hexadecimal, of the text of a record with its salt. */
export const commitmentOf = (text: string | Uint8Array): string => hash('sha256', text)

/** What is committed to where a record was gone before it could be linked: its place stays, and no record fits it. */
export const goneText = (salt: string, id: string): string =>
  JSON.stringify({ salt, id, gone: true })
