import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { PageState } from '../fresh.ts'
import type { WatchTables } from '../tables.ts'

const q = queries<WatchTables>()

export type RunRow = WatchTables['watch_runs']
export type FailureRow = WatchTables['watch_failures']
export type PageRow = WatchTables['watch_pages']
export type CollectionRow = WatchTables['watch_collections']

/** Collections whose next run is due, the longest waiting first. */
export function* dueCollections(now: number, limit: number): Work<readonly CollectionRow[]> {
  return yield* all(
    q
      .selectFrom('watch_collections')
      .selectAll()
      .where('paused', '=', 0)
      .where('next_run_at', '<=', now)
      .orderBy('next_run_at')
      .limit(limit),
  )
}

export function* setNextRun(collectionId: string, at: number | null): Work<void> {
  yield* run(
    q.updateTable('watch_collections').set({ next_run_at: at }).where('id', '=', collectionId),
  )
}

export function* insertRun(row: RunRow): Work<void> {
  yield* run(q.insertInto('watch_runs').values(row))
}

/** The run of a collection that waits or runs. */
export function* openRun(collectionId: string): Work<RunRow | undefined> {
  return yield* first(
    q
      .selectFrom('watch_runs')
      .selectAll()
      .where('collection_id', '=', collectionId)
      .where('state', 'in', ['waiting', 'running'])
      .where('cause', 'in', ['schedule', 'hand'])
      .limit(1),
  )
}

export function* runById(collectionId: string, id: string): Work<RunRow | undefined> {
  return yield* first(
    q
      .selectFrom('watch_runs')
      .selectAll()
      .where('collection_id', '=', collectionId)
      .where('id', '=', id),
  )
}

/** The oldest run that waits to be made; exports and derivations are other jobs' runs. */
export function* waitingRun(): Work<RunRow | undefined> {
  return yield* first(
    q
      .selectFrom('watch_runs')
      .selectAll()
      .where('state', '=', 'waiting')
      .where('cause', 'in', ['schedule', 'hand'])
      .orderBy('id')
      .limit(1),
  )
}

/** Runs that say they run and have not beaten since. */
export function* silentRuns(since: number): Work<readonly RunRow[]> {
  return yield* all(
    q
      .selectFrom('watch_runs')
      .selectAll()
      .where('state', '=', 'running')
      .where('cause', 'in', ['schedule', 'hand'])
      .where('beat_at', '<', since),
  )
}

/** Changes a run while it is in this state; whether it was. */
export function* changeRun(
  id: string,
  from: RunRow['state'],
  change: Partial<Omit<RunRow, 'id' | 'collection_id'>>,
): Work<boolean> {
  const changed = yield* run(
    q.updateTable('watch_runs').set(change).where('id', '=', id).where('state', '=', from),
  )
  return changed > 0
}

export function* collectionToRun(id: string): Work<CollectionRow | undefined> {
  return yield* first(
    q
      .selectFrom('watch_collections')
      .selectAll()
      .where('id', '=', id)
      .where('deleted_at', 'is', null),
  )
}

export function* ranAt(collectionId: string, at: number): Work<void> {
  yield* run(
    q.updateTable('watch_collections').set({ last_run_at: at }).where('id', '=', collectionId),
  )
}

/** The pages of a collection by their path, from the one after `after` on. */
export function* somePages(
  collectionId: string,
  after: string | null,
  limit: number,
): Work<readonly PageRow[]> {
  const pages = q.selectFrom('watch_pages').selectAll().where('collection_id', '=', collectionId)
  return yield* all(
    (after === null ? pages : pages.where('path', '>', after)).orderBy('path').limit(limit),
  )
}

export function* insertPage(row: PageRow): Work<void> {
  yield* run(q.insertInto('watch_pages').values(row))
}

export function* updatePage(id: string, state: PageState, checkedAt: number): Work<void> {
  yield* run(
    q
      .updateTable('watch_pages')
      .set({ ...state, checked_at: checkedAt })
      .where('id', '=', id),
  )
}

export function* touchPages(ids: readonly string[], checkedAt: number): Work<void> {
  yield* run(q.updateTable('watch_pages').set({ checked_at: checkedAt }).where('id', 'in', ids))
}

/** Failures that are not mended yet. */
export function* openFailures(collectionId: string): Work<readonly FailureRow[]> {
  return yield* all(
    q
      .selectFrom('watch_failures')
      .selectAll()
      .where('collection_id', '=', collectionId)
      .where('mended', '=', 0),
  )
}

export function* insertFailure(row: FailureRow): Work<void> {
  yield* run(q.insertInto('watch_failures').values(row))
}

export function* updateFailure(
  id: string,
  change: Pick<FailureRow, 'run_id' | 'url' | 'at' | 'status' | 'message' | 'remedy' | 'in_a_row'>,
): Work<void> {
  yield* run(q.updateTable('watch_failures').set(change).where('id', '=', id))
}

export function* mendFailures(ids: readonly string[]): Work<void> {
  yield* run(q.updateTable('watch_failures').set({ mended: 1 }).where('id', 'in', ids))
}

/** Ids of pages by their path, of those that exist. */
export function* pageIdsAt(
  collectionId: string,
  paths: readonly string[],
): Work<ReadonlyMap<string, string>> {
  const rows = yield* all(
    q
      .selectFrom('watch_pages')
      .select(['id', 'path'])
      .where('collection_id', '=', collectionId)
      .where('path', 'in', paths),
  )
  return new Map(rows.map((row) => [row.path, row.id]))
}
