/** What those who tell people ask: which collections there are, and which steps of them are worth an entry. */
import { all, first, queries, type Work } from '#kernel/work.ts'
import type { WatchTables } from './tables.ts'

const q = queries<WatchTables>()

export interface Followed {
  readonly id: string
  /** `vendor/product/set/language`. */
  readonly path: string
  readonly title: string
  readonly visibility: 'members' | 'public'
}

/** A collection that is being deleted is gone for everybody who asks. */
const present = () =>
  q
    .selectFrom('watch_collections')
    .select(['id', 'path', 'title', 'visibility'])
    .where('deleted_at', 'is', null)

/** Every collection by its path. */
export function* followedCollections(): Work<readonly Followed[]> {
  return yield* all(present().orderBy('path'))
}

export function* followedByPath(path: string): Work<Followed | undefined> {
  return yield* first(present().where('path', '=', path))
}

export function* followsPage(collectionId: string, page: string): Work<boolean> {
  const row = yield* first(
    q
      .selectFrom('watch_pages')
      .select('id')
      .where('collection_id', '=', collectionId)
      .where('path', '=', page),
  )
  return row !== undefined
}

export interface AnnouncedStep {
  readonly snapshotId: string
  readonly at: number
  readonly stamp: string
}

/**
 * Steps that were told, newest first; of one page where it is given. None of them comes later: not by an import, not by
 * other rules. One in which nothing but formatting is left by now is left out.
 */
export function* announcedSteps(
  collectionId: string,
  options: { readonly page?: string | undefined; readonly limit: number },
): Work<readonly AnnouncedStep[]> {
  const { page, limit } = options
  let query = q
    .selectFrom('watch_snapshots')
    .select([
      'watch_snapshots.id as snapshotId',
      'watch_snapshots.at as at',
      'watch_snapshots.stamp as stamp',
      'watch_snapshots.pages as pages',
      'watch_snapshots.added as added',
      'watch_snapshots.removed as removed',
    ])
    .where('watch_snapshots.collection_id', '=', collectionId)
    .where('watch_snapshots.state', '=', 'done')
    .where('watch_snapshots.told', '=', 1)
    .where('watch_snapshots.kind', '=', 'run')
    .where('watch_snapshots.pages', '>', 0)
  if (page !== undefined)
    query = query
      .innerJoin('watch_versions', 'watch_versions.snapshot_id', 'watch_snapshots.id')
      .innerJoin('watch_pages', 'watch_pages.id', 'watch_versions.page_id')
      .where('watch_pages.path', '=', page)
      .where('watch_versions.kind', 'in', ['new', 'gone', 'moved', 'changed'])
  return yield* all(query.orderBy('watch_snapshots.moment', 'desc').limit(limit))
}

/** host:port entries of the workspace that may be called although they are not public. */
export function* workspaceExceptions(): Work<readonly string[]> {
  const rows = yield* all(q.selectFrom('watch_exceptions').select('target'))
  return rows.map((row) => row.target)
}
