/** The SQL of retention. */
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { WatchTables } from '../tables.ts'
import type { SnapshotRow } from './store.ts'

const q = queries<WatchTables>()

/** The newest snapshot not after a time, where there are older ones: what they knew is folded into it. */
export function* baselineAt(collectionId: string, until: number): Work<SnapshotRow | undefined> {
  const [base, older] = yield* all(
    q
      .selectFrom('watch_snapshots')
      .selectAll()
      .where('collection_id', '=', collectionId)
      .where('state', '=', 'done')
      .where('at', '<=', until)
      .orderBy('moment', 'desc')
      .limit(2),
  )
  return older === undefined ? undefined : base
}

/** Pages that have versions before a moment. */
export function* pagesBefore(
  collectionId: string,
  moment: number,
  limit: number,
): Work<readonly string[]> {
  const rows = yield* all(
    q
      .selectFrom('watch_versions')
      .select('page_id')
      .distinct()
      .where('collection_id', '=', collectionId)
      .where('moment', '<', moment)
      .limit(limit),
  )
  return rows.map(({ page_id }) => page_id)
}

/** The page's text at the snapshot becomes a version of that snapshot; what was before it goes. */
export function* foldPage(pageId: string, base: SnapshotRow): Work<void> {
  const newest = yield* first(
    q
      .selectFrom('watch_versions')
      .select(['id', 'text_id'])
      .where('page_id', '=', pageId)
      .where('moment', '<=', base.moment)
      .orderBy('moment', 'desc')
      .limit(1),
  )
  if (newest === undefined) return
  const older = q
    .deleteFrom('watch_versions')
    .where('page_id', '=', pageId)
    .where('moment', '<=', base.moment)
  // A page that was gone by then was never there.
  if (newest.text_id === null) yield* run(older)
  else {
    yield* run(older.where('id', '!=', newest.id))
    yield* run(
      q
        .updateTable('watch_versions')
        .set({ snapshot_id: base.id, moment: base.moment, moved: null, flip_of: null })
        .where('id', '=', newest.id),
    )
  }
}

/** How many snapshots before a moment went, at most `limit`. */
export function* dropSnapshotsBefore(
  collectionId: string,
  moment: number,
  limit: number,
): Work<number> {
  const some = q
    .selectFrom('watch_snapshots')
    .select('id')
    .where('collection_id', '=', collectionId)
    .where('state', '=', 'done')
    .where('moment', '<', moment)
    .limit(limit)
  return yield* run(q.deleteFrom('watch_snapshots').where('id', 'in', some))
}

/** Versions that have bytes and are not their page's newest, oldest first: the newest bytes say whether a page changed. */
const spareRaws = (collectionId: string) =>
  q
    .selectFrom('watch_versions as v')
    .select('v.id')
    .where('v.collection_id', '=', collectionId)
    .where('v.raw_id', 'is not', null)
    .where((e) =>
      e.exists(
        e
          .selectFrom('watch_versions as later')
          .select('later.id')
          .whereRef('later.page_id', '=', 'v.page_id')
          .whereRef('later.moment', '>', 'v.moment'),
      ),
    )
    .orderBy('v.moment')

export function* dropRawsBefore(collectionId: string, before: number, limit: number): Work<number> {
  const some = spareRaws(collectionId)
    .where('v.moment', '<', before * 1000)
    .limit(limit)
  return yield* run(q.updateTable('watch_versions').set({ raw_id: null }).where('id', 'in', some))
}

export function* dropOldestRaws(collectionId: string, limit: number): Work<number> {
  return yield* run(
    q
      .updateTable('watch_versions')
      .set({ raw_id: null })
      .where('id', 'in', spareRaws(collectionId).limit(limit)),
  )
}

const idsAtOnce = 500

export function* textsInUse(ids: readonly string[]): Work<ReadonlySet<string>> {
  const used = new Set<string>()
  for (let at = 0; at < ids.length; at += idsAtOnce)
    for (const { text_id } of yield* all(
      q
        .selectFrom('watch_versions')
        .select('text_id')
        .distinct()
        .where('text_id', 'in', ids.slice(at, at + idsAtOnce)),
    ))
      if (text_id !== null) used.add(text_id)
  return used
}

/** Of versions, and of pages: what was fetched last is compared with what is fetched next. */
export function* rawsInUse(
  collectionId: string,
  ids: readonly string[],
): Work<ReadonlySet<string>> {
  const used = new Set<string>()
  for (let at = 0; at < ids.length; at += idsAtOnce) {
    const some = ids.slice(at, at + idsAtOnce)
    const versions = yield* all(
      q.selectFrom('watch_versions').select('raw_id').distinct().where('raw_id', 'in', some),
    )
    const pages = yield* all(
      q
        .selectFrom('watch_pages')
        .select('raw_id')
        .where('collection_id', '=', collectionId)
        .where('raw_id', 'in', some),
    )
    for (const { raw_id } of [...versions, ...pages]) if (raw_id !== null) used.add(raw_id)
  }
  return used
}
