import type { ImportState } from '../schema.ts'
import type { ImportRow } from './store.ts'

export const importView = (row: ImportRow): ImportState => ({
  id: row.id,
  origin: row.origin,
  state: row.state,
  total: row.total,
  received: row.received,
  versions: row.versions,
  leftOut: row.left_out,
  last: row.last_key,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  message: row.message,
})
