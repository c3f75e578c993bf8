/** The SQL of recording: what is known of pages, and rows of snapshots and versions. */
import { sql, type ExpressionBuilder } from 'kysely'
import { all, first, queries, repeated, run, runAgain, type Work } from '#kernel/work.ts'
import type { WatchTables } from '../tables.ts'

const q = queries<WatchTables>()

export type SnapshotRow = WatchTables['watch_snapshots']
export type VersionRow = WatchTables['watch_versions']
export type CollectionRow = WatchTables['watch_collections']
export type PageRow = WatchTables['watch_pages']

/** Changes with every snapshot that comes or goes: what was read before and must still hold is compared by it. */
export function* historyToken(collectionId: string): Work<string> {
  const row = yield* first(
    q
      .selectFrom('watch_snapshots')
      .select((e) => [e.fn.countAll<number>().as('n'), e.fn.max('id').as('newest')])
      .where('collection_id', '=', collectionId)
      .where('state', '=', 'done'),
  )
  return `${row?.n ?? 0}:${row?.newest ?? ''}`
}

export function* snapshotsBetween(
  collectionId: string,
  from: number,
  to: number,
): Work<readonly SnapshotRow[]> {
  return yield* all(
    q
      .selectFrom('watch_snapshots')
      .selectAll()
      .where('collection_id', '=', collectionId)
      .where('moment', '>=', from)
      .where('moment', '<', to)
      .orderBy('moment'),
  )
}

/** The highest number that a snapshot of `[from, to)` has within its minute, 0 when there is none. */
export function* highestNumber(collectionId: string, from: number, to: number): Work<number> {
  const row = yield* first(
    q
      .selectFrom('watch_snapshots')
      .select(sql<number | null>`max(moment - at * 1000)`.as('number'))
      .where('collection_id', '=', collectionId)
      .where('moment', '>=', from)
      .where('moment', '<', to),
  )
  return row?.number ?? 0
}

export type KnownVersion = Pick<
  VersionRow,
  'id' | 'moment' | 'text_id' | 'raw_id' | 'sha256' | 'extractor' | 'kind' | 'content_type'
>

/** The newest versions of a page up to a moment, newest first, those of unfinished snapshots left out. */
export function* versionsUpTo(
  pageId: string,
  moment: number,
  limit: number,
): Work<readonly KnownVersion[]> {
  return yield* all(
    q
      .selectFrom('watch_versions')
      .innerJoin('watch_snapshots', 'watch_snapshots.id', 'watch_versions.snapshot_id')
      .select([
        'watch_versions.id as id',
        'watch_versions.moment as moment',
        'watch_versions.text_id as text_id',
        'watch_versions.raw_id as raw_id',
        'watch_versions.sha256 as sha256',
        'watch_versions.extractor as extractor',
        'watch_versions.kind as kind',
        'watch_versions.content_type as content_type',
      ])
      .where('watch_versions.page_id', '=', pageId)
      .where('watch_versions.moment', '<=', moment)
      .where('watch_snapshots.state', '=', 'done')
      .orderBy('watch_versions.moment', 'desc')
      .limit(limit),
  )
}

/** Of these pages the ones that have any version. */
export function* pagesWithVersions(pageIds: readonly string[]): Work<ReadonlySet<string>> {
  const rows = yield* all(
    q.selectFrom('watch_versions').select('page_id').distinct().where('page_id', 'in', pageIds),
  )
  return new Set(rows.map(({ page_id }) => page_id))
}

export function* pageUrl(pageId: string): Work<string | undefined> {
  return (yield* first(q.selectFrom('watch_pages').select('url').where('id', '=', pageId)))?.url
}

export function* insertSnapshot(row: SnapshotRow): Work<void> {
  yield* run(q.insertInto('watch_snapshots').values(row))
}

export function* changeSnapshot(
  id: string,
  change: Partial<Omit<SnapshotRow, 'id' | 'collection_id'>>,
): Work<void> {
  yield* run(q.updateTable('watch_snapshots').set(change).where('id', '=', id))
}

const versionColumns = [
  'id',
  'collection_id',
  'page_id',
  'snapshot_id',
  'moment',
  'text_id',
  'raw_id',
  'sha256',
  'extractor',
  'content_type',
  'kind',
  'added',
  'removed',
  'lines',
  'bytes',
  'flip_of',
  'moved',
] as const satisfies readonly (keyof VersionRow)[]

const versionInsert = repeated(
  q
    .insertInto('watch_versions')
    .values(
      Object.fromEntries(versionColumns.map((column) => [column, ''])) as unknown as VersionRow,
    ),
)

export function* insertVersion(row: VersionRow): Work<void> {
  yield* runAgain(
    versionInsert,
    versionColumns.map((column) => row[column]),
  )
}

/**
 * Sets the pages of a snapshot to what its versions say, where they are the newest ones. One statement, because a first run
 * of 10,000 pages is one snapshot.
 */
export function* setPageStates(snapshotId: string, moment: number, imported: boolean): Work<void> {
  const mine = (gone: boolean) =>
    q
      .selectFrom('watch_versions')
      .select('page_id')
      .where('snapshot_id', '=', snapshotId)
      .where('text_id', gone ? 'is' : 'is not', null)
  const newest = (e: ExpressionBuilder<WatchTables, 'watch_pages'>) =>
    e.not(
      e.exists(
        e
          .selectFrom('watch_versions as later')
          .select('later.id')
          .whereRef('later.page_id', '=', 'watch_pages.id')
          .where('later.moment', '>', moment),
      ),
    )
  yield* run(
    q
      .updateTable('watch_pages')
      .set((e) => ({
        state: 'present',
        raw_id: e
          .selectFrom('watch_versions as mine')
          .select('mine.raw_id')
          .whereRef('mine.page_id', '=', 'watch_pages.id')
          .where('mine.moment', '=', moment),
        // What the host calls unchanged is not the imported text.
        ...(imported ? { etag: null, last_modified: null, raw_sha256: null } : {}),
      }))
      .where('id', 'in', mine(false))
      .where(newest),
  )
  yield* run(
    q
      .updateTable('watch_pages')
      .set({ state: 'gone', raw_id: null })
      .where('id', 'in', mine(true))
      .where(newest),
  )
}

/** Snapshots that were begun and never finished. */
export function* unfinishedSnapshots(collectionId: string): Work<readonly SnapshotRow[]> {
  return yield* all(
    q
      .selectFrom('watch_snapshots')
      .selectAll()
      .where('state', '=', 'writing')
      .where('collection_id', '=', collectionId),
  )
}

/** Deletes up to `limit` versions of a snapshot; how many there were. */
export function* deleteVersionsOf(snapshotId: string, limit: number): Work<number> {
  const some = q
    .selectFrom('watch_versions')
    .select('id')
    .where('snapshot_id', '=', snapshotId)
    .limit(limit)
  return yield* run(q.deleteFrom('watch_versions').where('id', 'in', some))
}

export function* deleteSnapshot(id: string): Work<void> {
  yield* run(q.deleteFrom('watch_snapshots').where('id', '=', id))
}
