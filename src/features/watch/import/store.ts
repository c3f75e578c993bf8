/** The SQL of imports. */
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import { freshPage } from '../fresh.ts'
import type { SnapshotRow } from '../read/load.ts'
import type { WatchTables } from '../tables.ts'

const q = queries<WatchTables>()

export type ImportRow = WatchTables['watch_imports']
export type FileTable = WatchTables['watch_import_files']

export function* importByOrigin(collectionId: string, origin: string): Work<ImportRow | undefined> {
  return yield* first(
    q
      .selectFrom('watch_imports')
      .selectAll()
      .where('collection_id', '=', collectionId)
      .where('origin', '=', origin),
  )
}

export function* importById(collectionId: string, id: string): Work<ImportRow | undefined> {
  return yield* first(
    q
      .selectFrom('watch_imports')
      .selectAll()
      .where('collection_id', '=', collectionId)
      .where('id', '=', id),
  )
}

/** Newest first. */
export function* importsOf(collectionId: string): Work<readonly ImportRow[]> {
  return yield* all(
    q
      .selectFrom('watch_imports')
      .selectAll()
      .where('collection_id', '=', collectionId)
      .orderBy('id', 'desc'),
  )
}

export function* insertImport(row: ImportRow): Work<void> {
  yield* run(q.insertInto('watch_imports').values(row))
}

export function* changeImport(
  id: string,
  change: Partial<Omit<ImportRow, 'id' | 'collection_id'>>,
): Work<void> {
  yield* run(q.updateTable('watch_imports').set(change).where('id', '=', id))
}

/**
 * Goes from one number of snapshots taken in to another; false: somebody else did meanwhile. In the transaction that makes
 * the snapshots visible, so that none can be taken in twice.
 */
export function* advanceImport(
  id: string,
  from: number,
  step: {
    readonly received: number
    readonly lastKey: string
    readonly lastAt: number
    /** Added to what there is. */
    readonly versions: number
    readonly leftOut: number
  },
): Work<boolean> {
  const changed = yield* run(
    q
      .updateTable('watch_imports')
      .set((e) => ({
        received: step.received,
        last_key: step.lastKey,
        last_at: step.lastAt,
        versions: e('versions', '+', step.versions),
        left_out: e('left_out', '+', step.leftOut),
      }))
      .where('id', '=', id)
      .where('received', '=', from),
  )
  return changed === 1
}

/** Of these files, and of those that hold one of these pages. */
export function* filesOf(
  collectionId: string,
  files: readonly string[],
  pages: readonly string[],
): Work<readonly FileTable[]> {
  const found = new Map<string, FileTable>()
  const table = () =>
    q.selectFrom('watch_import_files').selectAll().where('collection_id', '=', collectionId)
  for (let at = 0; at < files.length; at += 500)
    for (const row of yield* all(table().where('file', 'in', files.slice(at, at + 500))))
      found.set(row.file, row)
  for (let at = 0; at < pages.length; at += 500)
    for (const row of yield* all(
      table()
        .where('page', 'in', pages.slice(at, at + 500))
        .where('present', '=', 1),
    ))
      found.set(row.file, row)
  return [...found.values()]
}

export function* saveFile(row: FileTable): Work<void> {
  yield* run(
    q
      .insertInto('watch_import_files')
      .values(row)
      .onConflict((c) =>
        c.columns(['collection_id', 'file']).doUpdateSet({ page: row.page, present: row.present }),
      ),
  )
}

export interface PageIds {
  readonly id: string
  readonly path: string
  readonly url: string
}

export function* pagesByPath(
  collectionId: string,
  paths: readonly string[],
): Work<readonly PageIds[]> {
  const rows: PageIds[] = []
  for (let at = 0; at < paths.length; at += 500)
    rows.push(
      ...(yield* all(
        q
          .selectFrom('watch_pages')
          .select(['id', 'path', 'url'])
          .where('collection_id', '=', collectionId)
          .where('path', 'in', paths.slice(at, at + 500)),
      )),
    )
  return rows
}

/** A page that only an import knows: nothing fetches it. */
export function* insertPage(
  page: PageIds & { readonly collectionId: string; readonly at: number },
): Work<void> {
  yield* run(
    q
      .insertInto('watch_pages')
      .values(freshPage({ ...page, title: null, sourceId: null }))
      .onConflict((c) => c.columns(['collection_id', 'path']).doNothing()),
  )
}

/** Sets the title of a page that no source brings. */
export function* titlePage(id: string, title: string): Work<void> {
  yield* run(
    q.updateTable('watch_pages').set({ title }).where('id', '=', id).where('source_id', 'is', null),
  )
}

/** Whether nothing but imported snapshots stands in the collection, none after this time. */
export function* isNewest(collectionId: string, at: number): Work<boolean> {
  const other = yield* first(
    q
      .selectFrom('watch_snapshots')
      .select('id')
      .where('collection_id', '=', collectionId)
      .where((e) => e.or([e('at', '>', at), e('import_key', 'is', null)]))
      .limit(1),
  )
  return other === undefined
}

export function* importedPageIds(collectionId: string): Work<readonly string[]> {
  const rows = yield* all(
    q
      .selectFrom('watch_pages')
      .select('id')
      .where('collection_id', '=', collectionId)
      .where('path', 'in', (e) =>
        e
          .selectFrom('watch_import_files')
          .select('page')
          .where('watch_import_files.collection_id', '=', collectionId),
      ),
  )
  return rows.map(({ id }) => id)
}

export function* pathsOfPages(ids: readonly string[]): Work<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>()
  for (let at = 0; at < ids.length; at += 500)
    for (const { id, path } of yield* all(
      q
        .selectFrom('watch_pages')
        .select(['id', 'path'])
        .where('id', 'in', ids.slice(at, at + 500)),
    ))
      paths.set(id, path)
  return paths
}

/** Snapshots after a moment, oldest first. */
export function* snapshotsAfter(
  collectionId: string,
  moment: number,
  limit: number,
): Work<readonly SnapshotRow[]> {
  return yield* all(
    q
      .selectFrom('watch_snapshots')
      .selectAll()
      .where('collection_id', '=', collectionId)
      .where('state', '=', 'done')
      .where('moment', '>', moment)
      .orderBy('moment')
      .limit(limit),
  )
}

/** Deletions first: a page that became a folder makes room. */
export function* pagesIn(
  snapshotId: string,
): Work<readonly { readonly path: string; readonly text_id: string | null }[]> {
  const rows = yield* all(
    q
      .selectFrom('watch_versions')
      .innerJoin('watch_pages', 'watch_pages.id', 'watch_versions.page_id')
      .select(['watch_pages.path as path', 'watch_versions.text_id as text_id'])
      .where('watch_versions.snapshot_id', '=', snapshotId)
      .orderBy('watch_pages.path'),
  )
  return [...rows.filter((r) => r.text_id === null), ...rows.filter((r) => r.text_id !== null)]
}
