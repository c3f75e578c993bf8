import type * as schema from './schema.ts'
import type { FileRow } from './store.files.ts'

const iso = (at: number): string => new Date(at).toISOString()

/** As programs read of a file. */
export const shownFile = (row: FileRow): schema.LogFile => ({
  object: 'compliance.log_file',
  id: row.id,
  event_type: row.event_type,
  start_time: iso(row.start_at),
  end_time: iso(row.end_at),
  lines: row.lines,
  bytes: row.bytes,
  sha256: row.sha256,
  sealed_sha256: row.sealed_sha256,
  previous_sealed_sha256: row.previous_sha256 === '' ? null : row.previous_sha256,
  erased_lines: row.erased_lines,
  deleted_at: row.deleted_at === null ? null : iso(row.deleted_at),
})

/** As the screen shows it. */
export const fileState = (row: FileRow): schema.FileState => ({
  id: row.id,
  eventType: row.event_type,
  startAt: row.start_at,
  endAt: row.end_at,
  lines: row.lines,
  bytes: row.bytes,
  sha256: row.sha256,
  sealedSha256: row.sealed_sha256,
  erasedLines: row.erased_lines,
  deletedAt: row.deleted_at,
  deletedBecause: row.deleted_because,
})
