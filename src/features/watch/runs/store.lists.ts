import { sql, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { contains } from '#kernel/like.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { all, first, queries, type Work } from '#kernel/work.ts'
import type * as schema from '../schema.ts'
import type { WatchTables } from '../tables.ts'

const q = queries<WatchTables>()

interface Page<T> {
  readonly items: T[]
  readonly next: string | null
  readonly total: number
}

/** Rows of a download: more runs or failures than a person reads. */
const mostDownloaded = 100_000

const runRows = (collectionId: string) =>
  q
    .selectFrom('watch_runs')
    .leftJoin('watch_snapshots', 'watch_snapshots.id', 'watch_runs.snapshot_id')
    .selectAll('watch_runs')
    .select('watch_snapshots.stamp as stamp')
    .where('watch_runs.collection_id', '=', collectionId)

export function* runView(collectionId: string, id: string): Work<schema.Run | undefined> {
  const row = yield* first(runRows(collectionId).where('watch_runs.id', '=', id))
  return row && viewOfRun(row)
}

/** Newest first. With a `format` everything, else one page. */
export function* runsPage(
  collectionId: string,
  query: z.output<typeof schema.runQuery>,
): Work<Page<schema.Run>> {
  const text = query.q?.trim().toLowerCase() ?? ''
  let rows = runRows(collectionId)
  if (text !== '')
    rows = rows.where((e) =>
      e.or([
        contains(sql`lower(coalesce(watch_runs.message, ''))`, text),
        contains(sql`watch_runs.state`, text),
        contains(sql`watch_runs.cause`, text),
      ]),
    )
  const total = yield* first(rows.clearSelect().select((e) => e.fn.countAll<number>().as('n')))
  if (query.cursor !== undefined)
    rows = rows.where('watch_runs.id', '<', String(decodeCursor(query.cursor)[0]))
  const limit = query.format === undefined ? query.limit : mostDownloaded
  const got = yield* all(rows.orderBy('watch_runs.id', 'desc').limit(limit + 1))
  const { items, next } = pageOf(got, limit, (row) => [row.id])
  return { items: items.map(viewOfRun), next, total: total?.n ?? 0 }
}

const viewOfRun = (
  row: WatchTables['watch_runs'] & { readonly stamp: string | null },
): schema.Run => ({
  id: row.id,
  cause: row.cause,
  state: row.state,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  total: row.total,
  checked: row.checked,
  notModified: row.not_modified,
  changed: row.changed,
  failures: row.failures,
  snapshot: row.stamp,
  message: row.message,
  startedBy: row.started_by,
})

/** The latest first. With a `format` everything, else one page. */
export function* failuresPage(
  collectionId: string,
  query: z.output<typeof schema.failureQuery>,
): Work<Page<schema.Failure>> {
  const text = query.q?.trim().toLowerCase() ?? ''
  let rows = q
    .selectFrom('watch_failures')
    .leftJoin('watch_pages', 'watch_pages.id', 'watch_failures.page_id')
    .selectAll('watch_failures')
    .select('watch_pages.path as page')
    .where('watch_failures.collection_id', '=', collectionId)
  if (query.kind !== undefined) rows = rows.where('watch_failures.kind', '=', query.kind)
  if (query.open !== undefined) rows = rows.where('watch_failures.mended', '=', query.open ? 0 : 1)
  if (text !== '')
    rows = rows.where((e) =>
      e.or([
        contains(sql`lower(watch_failures.url)`, text),
        contains(sql`lower(watch_failures.message)`, text),
        contains(sql`lower(coalesce(watch_pages.path, ''))`, text),
      ]),
    )
  const total = yield* first(rows.clearSelect().select((e) => e.fn.countAll<number>().as('n')))
  if (query.cursor !== undefined) {
    const [at, id] = decodeCursor(query.cursor)
    rows = rows.where(
      sql<SqlBool>`(watch_failures.at < ${at} or (watch_failures.at = ${at} and watch_failures.id < ${id}))`,
    )
  }
  const limit = query.format === undefined ? query.limit : mostDownloaded
  const got = yield* all(
    rows
      .orderBy('watch_failures.at', 'desc')
      .orderBy('watch_failures.id', 'desc')
      .limit(limit + 1),
  )
  const { items, next } = pageOf(got, limit, (row) => [row.at, row.id])
  return { items: items.map(viewOfFailure), next, total: total?.n ?? 0 }
}

const viewOfFailure = (
  row: WatchTables['watch_failures'] & { readonly page: string | null },
): schema.Failure => ({
  id: row.id,
  at: row.at,
  runId: row.run_id,
  page: row.page,
  url: row.url,
  kind: row.kind as schema.FailureKind,
  status: row.status,
  message: row.message,
  remedy: row.remedy,
  inARow: row.in_a_row,
  mended: row.mended === 1,
})
