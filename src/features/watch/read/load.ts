/** What an address names: a collection, a snapshot, a page, and the version of a page that stood at a moment. */
import { found } from '#kernel/problem.ts'
import { all, first, queries, type Work } from '#kernel/work.ts'
import type { CollectionParams } from '../schema.ts'
import type { WatchTables } from '../tables.ts'

const q = queries<WatchTables>()

export type CollectionRow = WatchTables['watch_collections']
export type PageRow = WatchTables['watch_pages']
export type SnapshotRow = WatchTables['watch_snapshots']
export type VersionRow = WatchTables['watch_versions']

export const pathOf = ({ v, p, s, l }: CollectionParams): string => `${v}/${p}/${s}/${l}`

/** The collection of an address. Throws `not_found`. */
export function* collectionAt(params: CollectionParams): Work<CollectionRow> {
  return found(yield* collectionByPath(pathOf(params)), 'collection')
}

export function* collectionByPath(path: string): Work<CollectionRow | undefined> {
  return yield* first(q.selectFrom('watch_collections').selectAll().where('path', '=', path))
}

export function* collectionById(id: string): Work<CollectionRow | undefined> {
  return yield* first(q.selectFrom('watch_collections').selectAll().where('id', '=', id))
}

const snapshots = (collectionId: string) =>
  q
    .selectFrom('watch_snapshots')
    .selectAll()
    .where('collection_id', '=', collectionId)
    .where('state', '=', 'done')

/** A snapshot that can be seen. Throws `not_found`. */
export function* snapshotByStamp(collectionId: string, stamp: string): Work<SnapshotRow> {
  return found(yield* first(snapshots(collectionId).where('stamp', '=', stamp)), 'snapshot')
}

export function* snapshotById(id: string): Work<SnapshotRow | undefined> {
  return yield* first(
    q.selectFrom('watch_snapshots').selectAll().where('id', '=', id).where('state', '=', 'done'),
  )
}

export function* newestSnapshot(collectionId: string): Work<SnapshotRow | undefined> {
  return yield* first(snapshots(collectionId).orderBy('moment', 'desc').limit(1))
}

/** The snapshot directly before a moment: the other side of its step. */
export function* snapshotBefore(
  collectionId: string,
  moment: number,
): Work<SnapshotRow | undefined> {
  return yield* first(
    snapshots(collectionId).where('moment', '<', moment).orderBy('moment', 'desc').limit(1),
  )
}

/** A page by its path. Throws `not_found`. */
export function* pageAt(collectionId: string, path: string): Work<PageRow> {
  return found(
    yield* first(
      q
        .selectFrom('watch_pages')
        .selectAll()
        .where('collection_id', '=', collectionId)
        .where('path', '=', path),
    ),
    'page',
  )
}

/** Versions that can be seen: those whose snapshot is written to its end. */
const versions = (pageId: string) =>
  q
    .selectFrom('watch_versions')
    .innerJoin('watch_snapshots', 'watch_snapshots.id', 'watch_versions.snapshot_id')
    .selectAll('watch_versions')
    .select(['watch_snapshots.at as at', 'watch_snapshots.stamp as stamp'])
    .where('watch_versions.page_id', '=', pageId)
    .where('watch_snapshots.state', '=', 'done')

export interface DatedVersion extends VersionRow {
  readonly at: number
  readonly stamp: string
}

/** The version of a page that stood at a moment: the newest not after it. `text_id` null: the page was gone. */
export function* versionAt(pageId: string, moment: number): Work<DatedVersion | undefined> {
  return yield* first(
    versions(pageId)
      .where('watch_versions.moment', '<=', moment)
      .orderBy('watch_versions.moment', 'desc')
      .limit(1),
  )
}

/** Every version of a page up to a moment, oldest first. */
export function* versionsUntil(
  pageId: string,
  moment: number,
  limit: number,
): Work<readonly DatedVersion[]> {
  const newest = yield* all(
    versions(pageId)
      .where('watch_versions.moment', '<=', moment)
      .orderBy('watch_versions.moment', 'desc')
      .limit(limit),
  )
  return newest.toReversed()
}
