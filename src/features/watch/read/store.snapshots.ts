import { sql } from 'kysely'
import { contains } from '#kernel/like.ts'
import { decodeCursor } from '#kernel/page.ts'
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { WatchTables } from '../tables.ts'
import type { SnapshotRow } from './load.ts'

const q = queries<WatchTables>()

export interface SnapshotFilter {
  readonly text: string
  readonly since?: number | undefined
  readonly until?: number | undefined
  /** With steps in which nothing was announced. */
  readonly quiet: boolean
}

function matching(collectionId: string, filter: SnapshotFilter) {
  let query = q
    .selectFrom('watch_snapshots')
    .where('collection_id', '=', collectionId)
    .where('state', '=', 'done')
  if (filter.since !== undefined) query = query.where('at', '>=', filter.since)
  if (filter.until !== undefined) query = query.where('at', '<', filter.until)
  if (!filter.quiet)
    query = query.where((e) => e.or([e('pages', '>', 0), e('kind', 'in', ['first', 'boundary'])]))
  if (filter.text !== '')
    query = query.where((e) =>
      e.or([
        contains(sql.ref('stamp'), filter.text),
        contains(sql`lower(coalesce(note, ''))`, filter.text),
      ]),
    )
  return query
}

/** Snapshots, newest first, one more than `limit` when there are more; `limit: null` gives all of them. */
export function* listSnapshots(
  collectionId: string,
  filter: SnapshotFilter,
  cursor: string | undefined,
  limit: number | null,
): Work<readonly SnapshotRow[]> {
  let query = matching(collectionId, filter).selectAll().orderBy('moment', 'desc')
  if (cursor !== undefined) query = query.where('moment', '<', Number(decodeCursor(cursor)[0]))
  if (limit !== null) query = query.limit(limit + 1)
  return yield* all(query)
}

export function* countSnapshots(collectionId: string, filter: SnapshotFilter): Work<number> {
  const row = yield* first(
    matching(collectionId, filter).select((e) => e.fn.countAll<number>().as('n')),
  )
  return row?.n ?? 0
}

/** Boundaries after `a` and up to `b`, oldest first: where the extractor changed and history could not follow. */
export function* boundariesBetween(
  collectionId: string,
  a: number,
  b: number,
): Work<readonly SnapshotRow[]> {
  return yield* all(
    q
      .selectFrom('watch_snapshots')
      .selectAll()
      .where('collection_id', '=', collectionId)
      .where('state', '=', 'done')
      .where('kind', '=', 'boundary')
      .where('moment', '>', a)
      .where('moment', '<=', b)
      .orderBy('moment'),
  )
}

/** The newest snapshot that a member has looked at. */
export function* seenSnapshot(
  memberId: string,
  collectionId: string,
): Work<SnapshotRow | undefined> {
  return yield* first(
    q
      .selectFrom('watch_seen')
      .innerJoin('watch_snapshots', (join) =>
        join
          .onRef('watch_snapshots.collection_id', '=', 'watch_seen.collection_id')
          .onRef('watch_snapshots.moment', '<=', 'watch_seen.moment'),
      )
      .selectAll('watch_snapshots')
      .where('watch_seen.member_id', '=', memberId)
      .where('watch_seen.collection_id', '=', collectionId)
      .where('watch_snapshots.state', '=', 'done')
      .orderBy('watch_snapshots.moment', 'desc')
      .limit(1),
  )
}

/** Never goes back: an old step that is opened again does not make newer ones unseen. */
export function* markSeen(seen: WatchTables['watch_seen']): Work<void> {
  yield* run(
    q
      .insertInto('watch_seen')
      .values(seen)
      .onConflict((c) =>
        c
          .columns(['member_id', 'collection_id'])
          .doUpdateSet({ moment: seen.moment, at: seen.at })
          .where('watch_seen.moment', '<', seen.moment),
      ),
  )
}
