import { all, queries, type Work } from '#kernel/work.ts'
import type { WatchTables } from '../tables.ts'

const q = queries<WatchTables>()

/** One version of a page, as far as when lines stood in it. */
export interface TimedText {
  readonly page_id: string
  readonly text_id: string | null
  readonly at: number
  readonly stamp: string
}

/** The versions of these pages, page by page, oldest first. */
export function* timelinesOf(
  pageIds: readonly string[],
): Work<ReadonlyMap<string, readonly TimedText[]>> {
  if (pageIds.length === 0) return new Map()
  const rows = yield* all(
    q
      .selectFrom('watch_versions')
      .innerJoin('watch_snapshots', 'watch_snapshots.id', 'watch_versions.snapshot_id')
      .select([
        'watch_versions.page_id as page_id',
        'watch_versions.text_id as text_id',
        'watch_snapshots.at as at',
        'watch_snapshots.stamp as stamp',
      ])
      .where('watch_versions.page_id', 'in', pageIds)
      .where('watch_snapshots.state', '=', 'done')
      .orderBy('watch_versions.page_id')
      .orderBy('watch_versions.moment'),
  )
  return Map.groupBy(rows, (row) => row.page_id)
}

/** Paths and titles. */
export function* namesOf(
  pageIds: readonly string[],
): Work<ReadonlyMap<string, { readonly path: string; readonly title: string | null }>> {
  if (pageIds.length === 0) return new Map()
  const rows = yield* all(
    q.selectFrom('watch_pages').select(['id', 'path', 'title']).where('id', 'in', pageIds),
  )
  return new Map(rows.map(({ id, path, title }) => [id, { path, title }]))
}
