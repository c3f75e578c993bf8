import { sql } from 'kysely'
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { WatchTables } from '../tables.ts'

const q = queries<WatchTables>()

export type CollectionRow = WatchTables['watch_collections']
export type SecretRow = WatchTables['watch_secrets']
export type ExceptionRow = WatchTables['watch_exceptions']

/** A collection with what lists show of its pages, snapshots and runs. */
export interface HeadRow extends CollectionRow {
  readonly pages: number
  readonly failing: number
  readonly snapshots: number
  readonly running: boolean
  readonly last: {
    readonly at: number
    readonly stamp: string
    readonly pages: number
    readonly added: number
    readonly removed: number
  } | null
}

/** Every collection by path, or only the one. A workspace has tens of them, so lists are filtered in memory. */
export function* headRows(onlyId?: string): Work<readonly HeadRow[]> {
  let rows = q.selectFrom('watch_collections').selectAll().where('deleted_at', 'is', null)
  if (onlyId !== undefined) rows = rows.where('id', '=', onlyId)
  const collections = yield* all(rows.orderBy('path'))
  const ids = collections.map((c) => c.id)
  if (ids.length === 0) return []
  const pages = byCollection(
    yield* all(
      q
        .selectFrom('watch_pages')
        .select('collection_id')
        .select((e) => [
          e.fn.countAll<number>().as('pages'),
          sql<number>`sum(case when state = 'failing' then 1 else 0 end)`.as('failing'),
        ])
        .where('collection_id', 'in', ids)
        .where('state', '!=', 'gone')
        .groupBy('collection_id'),
    ),
  )
  const newest = byCollection(
    yield* all(
      q
        .selectFrom('watch_snapshots as s')
        .innerJoin(
          q
            .selectFrom('watch_snapshots')
            .select('collection_id as of')
            .select((e) => [
              e.fn.countAll<number>().as('snapshots'),
              e.fn.max('moment').as('newest'),
            ])
            .where('collection_id', 'in', ids)
            .where('state', '=', 'done')
            .groupBy('collection_id')
            .as('n'),
          (join) => join.onRef('n.of', '=', 's.collection_id').onRef('n.newest', '=', 's.moment'),
        )
        .selectAll('s')
        .select('n.snapshots'),
    ),
  )
  const running = new Set(
    (yield* all(
      q
        .selectFrom('watch_runs')
        .select('collection_id')
        .where('collection_id', 'in', ids)
        .where('state', 'in', ['waiting', 'running']),
    )).map((r) => r.collection_id),
  )
  return collections.map((c) => {
    const last = newest.get(c.id)
    return {
      ...c,
      pages: pages.get(c.id)?.pages ?? 0,
      failing: pages.get(c.id)?.failing ?? 0,
      snapshots: last?.snapshots ?? 0,
      running: running.has(c.id),
      last: last
        ? {
            at: last.at,
            stamp: last.stamp,
            pages: last.pages,
            added: last.added,
            removed: last.removed,
          }
        : null,
    }
  })
}

const byCollection = <R extends { collection_id: string }>(
  rows: readonly R[],
): ReadonlyMap<string, R> => new Map(rows.map((r) => [r.collection_id, r]))

export function* firstSnapshot(
  collectionId: string,
): Work<{ at: number; stamp: string } | undefined> {
  return yield* first(
    q
      .selectFrom('watch_snapshots')
      .select(['at', 'stamp'])
      .where('collection_id', '=', collectionId)
      .where('state', '=', 'done')
      .orderBy('moment')
      .limit(1),
  )
}

/** The extractors that made the newest versions of the pages that stand, each once. */
export function* extractorsInUse(collectionId: string): Work<readonly string[]> {
  const rows = yield* all(
    q
      .selectFrom('watch_versions')
      .select('extractor')
      .distinct()
      .where('collection_id', '=', collectionId)
      .where('text_id', 'is not', null)
      .orderBy('extractor'),
  )
  return rows.map((r) => r.extractor)
}

export function* insertCollection(row: CollectionRow): Work<void> {
  yield* run(q.insertInto('watch_collections').values(row))
}

export function* updateCollection(
  id: string,
  change: Partial<Omit<CollectionRow, 'id'>>,
): Work<void> {
  yield* run(q.updateTable('watch_collections').set(change).where('id', '=', id))
}

/** Ends what waits or runs for a collection that is deleted. */
export function* endRuns(collectionId: string, at: number): Work<void> {
  yield* run(
    q
      .updateTable('watch_runs')
      .set({ state: 'stopped', finished_at: at, message: 'The collection was deleted.' })
      .where('collection_id', '=', collectionId)
      .where('state', 'in', ['waiting', 'running']),
  )
}

/** What is asked for each page is found out again: the settings that it followed from are others. */
export function* forgetFetchAddresses(collectionId: string): Work<void> {
  yield* run(
    q
      .updateTable('watch_pages')
      .set({ fetch_url: null, etag: null, last_modified: null })
      .where('collection_id', '=', collectionId),
  )
}

export function* secretsOf(collectionId: string): Work<readonly SecretRow[]> {
  return yield* all(
    q
      .selectFrom('watch_secrets')
      .selectAll()
      .where('collection_id', '=', collectionId)
      .orderBy('origin')
      .orderBy('name'),
  )
}

export function* deleteSecret(collectionId: string, origin: string, name: string): Work<number> {
  return yield* run(
    q
      .deleteFrom('watch_secrets')
      .where('collection_id', '=', collectionId)
      .where('origin', '=', origin)
      .where('name', '=', name),
  )
}

export function* insertSecret(row: SecretRow): Work<void> {
  yield* run(q.insertInto('watch_secrets').values(row))
}

export function* exceptionRows(): Work<readonly ExceptionRow[]> {
  return yield* all(q.selectFrom('watch_exceptions').selectAll().orderBy('target'))
}

export function* exceptionById(id: string): Work<ExceptionRow | undefined> {
  return yield* first(q.selectFrom('watch_exceptions').selectAll().where('id', '=', id))
}

export function* insertException(row: ExceptionRow): Work<void> {
  yield* run(q.insertInto('watch_exceptions').values(row))
}

export function* deleteException(id: string): Work<void> {
  yield* run(q.deleteFrom('watch_exceptions').where('id', '=', id))
}
