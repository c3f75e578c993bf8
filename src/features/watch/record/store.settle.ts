/** The SQL of judging again. */
import { all, first, queries, repeated, run, runAgain, type Work } from '#kernel/work.ts'
import type { JudgedStep } from '../noise/task.ts'
import type { StepKind } from '../schema.ts'
import type { WatchTables } from '../tables.ts'
import type { PageRow, SnapshotRow, VersionRow } from './store.ts'

export { changeSnapshot } from './store.ts'

const q = queries<WatchTables>()

export type PageVersion = Omit<VersionRow, 'kind'> & { readonly kind: StepKind }

export function* pageRow(id: string): Work<PageRow | undefined> {
  return yield* first(q.selectFrom('watch_pages').selectAll().where('id', '=', id))
}

/** Oldest first, those of unfinished snapshots left out. */
export function* versionsOfPage(pageId: string): Work<readonly PageVersion[]> {
  const rows = yield* all(
    q
      .selectFrom('watch_versions')
      .innerJoin('watch_snapshots', 'watch_snapshots.id', 'watch_versions.snapshot_id')
      .selectAll('watch_versions')
      .where('watch_versions.page_id', '=', pageId)
      .where('watch_snapshots.state', '=', 'done')
      .orderBy('watch_versions.moment'),
  )
  return rows as readonly PageVersion[]
}

const versionUpdate = repeated(
  q
    .updateTable('watch_versions')
    .set({ kind: '', added: 0, removed: 0, flip_of: '' })
    .where('id', '=', ''),
)

export function* judgeVersion(id: string, step: JudgedStep): Work<void> {
  yield* runAgain(versionUpdate, [step.kind, step.added, step.removed, step.flipOf, id])
}

export function* deleteVersion(id: string): Work<void> {
  yield* run(q.deleteFrom('watch_versions').where('id', '=', id))
}

export function* stepsOfSnapshot(
  snapshotId: string,
): Work<readonly Pick<PageVersion, 'kind' | 'added' | 'removed' | 'moved'>[]> {
  const rows = yield* all(
    q
      .selectFrom('watch_versions')
      .select(['kind', 'added', 'removed', 'moved'])
      .where('snapshot_id', '=', snapshotId),
  )
  return rows as readonly Pick<PageVersion, 'kind' | 'added' | 'removed' | 'moved'>[]
}

export function* snapshotRow(id: string): Work<SnapshotRow | undefined> {
  return yield* first(q.selectFrom('watch_snapshots').selectAll().where('id', '=', id))
}

/** The oldest snapshot, and those that say they are the first. */
export function* firstSnapshotId(
  collectionId: string,
): Work<{ readonly oldest: string | undefined; readonly marked: readonly string[] }> {
  const done = () =>
    q
      .selectFrom('watch_snapshots')
      .select('id')
      .where('collection_id', '=', collectionId)
      .where('state', '=', 'done')
  const oldest = yield* first(done().orderBy('moment').limit(1))
  const marked = yield* all(done().where('kind', '=', 'first'))
  return { oldest: oldest?.id, marked: marked.map(({ id }) => id) }
}

export function* rederiveVersion(
  id: string,
  change: Pick<VersionRow, 'text_id' | 'sha256' | 'extractor' | 'lines' | 'bytes'>,
): Work<void> {
  yield* run(q.updateTable('watch_versions').set(change).where('id', '=', id))
}

/** Pages behind this one, by id. */
export function* pageIdsAfter(
  collectionId: string,
  after: string,
  limit: number,
): Work<readonly string[]> {
  const rows = yield* all(
    q
      .selectFrom('watch_pages')
      .select('id')
      .where('collection_id', '=', collectionId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit),
  )
  return rows.map(({ id }) => id)
}

export function* countPages(collectionId: string): Work<number> {
  const row = yield* first(
    q
      .selectFrom('watch_pages')
      .select((e) => e.fn.countAll<number>().as('n'))
      .where('collection_id', '=', collectionId),
  )
  return row?.n ?? 0
}

/** Whether bytes are kept whose text another extractor made than the present ones. */
export function* hasOldTexts(collectionId: string, present: readonly string[]): Work<boolean> {
  const row = yield* first(
    q
      .selectFrom('watch_versions')
      .select('id')
      .where('collection_id', '=', collectionId)
      .where('raw_id', 'is not', null)
      .where('extractor', 'not in', present)
      .limit(1),
  )
  return row !== undefined
}

export function* liveCollections(): Work<readonly WatchTables['watch_collections'][]> {
  return yield* all(
    q.selectFrom('watch_collections').selectAll().where('deleted_at', 'is', null).orderBy('id'),
  )
}
