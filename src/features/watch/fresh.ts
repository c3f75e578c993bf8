/** Rows as they begin: a page of which nothing is known, a run that has done nothing. */
import type { WatchTables } from './tables.ts'

type PageRow = WatchTables['watch_pages']
type RunRow = WatchTables['watch_runs']

/** What a run finds out about a page; `raw_id` is set where versions are recorded. */
export type PageState = Omit<
  PageRow,
  'id' | 'collection_id' | 'path' | 'checked_at' | 'raw_id' | 'created_at'
>

interface Place {
  readonly url: string
  readonly title: string | null
  readonly sourceId: string | null
}

export const unknownPage = ({ url, title, sourceId }: Place): PageState => ({
  state: 'expected',
  url,
  title,
  source_id: sourceId,
  etag: null,
  last_modified: null,
  raw_sha256: null,
  fetch_url: null,
  format: null,
  failing_since: null,
  failures: 0,
  failure_kind: null,
  failure_message: null,
  missing_runs: 0,
})

export const freshPage = (
  page: Place & {
    readonly id: string
    readonly collectionId: string
    readonly path: string
    readonly at: number
  },
): PageRow => ({
  ...unknownPage(page),
  id: page.id,
  collection_id: page.collectionId,
  path: page.path,
  checked_at: null,
  raw_id: null,
  created_at: page.at,
})

export const freshRun = (run: {
  readonly id: string
  readonly collectionId: string
  readonly cause: RunRow['cause']
  readonly state: RunRow['state']
  readonly at: number
  readonly total?: number
  readonly startedBy: string | null
}): RunRow => ({
  id: run.id,
  collection_id: run.collectionId,
  cause: run.cause,
  state: run.state,
  started_at: run.at,
  finished_at: null,
  total: run.total ?? 0,
  checked: 0,
  not_modified: 0,
  changed: 0,
  failures: 0,
  snapshot_id: null,
  message: null,
  started_by: run.startedBy,
  beat_at: run.at,
})
