import { decodeCursor, pageOf } from '#kernel/page.ts'
import { contains } from '#kernel/like.ts'
import { sql } from 'kysely'
import { all, first, run, type Work } from '#kernel/work.ts'
import { q, type LogRow } from './tables.ts'

export function* insertLog(rows: readonly LogRow[]): Work<void> {
  for (let i = 0; i < rows.length; i += 500)
    yield* run(q.insertInto('scim_log').values(rows.slice(i, i + 500)))
}

export interface LogFilter {
  readonly q?: string | undefined
  readonly outcome?: LogRow['outcome'] | undefined
  readonly cursor?: string | undefined
  readonly limit: number | null
}

/** Newest first. */
export function* listLog(
  directoryId: string,
  filter: LogFilter,
): Work<{
  readonly items: readonly LogRow[]
  readonly next: string | null
  readonly total: number
}> {
  let base = q.selectFrom('scim_log').where('directory_id', '=', directoryId)
  if (filter.outcome !== undefined) base = base.where('outcome', '=', filter.outcome)
  if (filter.q !== undefined && filter.q.trim() !== '')
    base = base.where(contains(sql.ref('search'), filter.q.trim().normalize('NFC').toLowerCase()))
  let query = base.selectAll().orderBy('id', 'desc')
  if (filter.cursor !== undefined)
    query = query.where('id', '<', String(decodeCursor(filter.cursor)[0]))
  if (filter.limit !== null) query = query.limit(filter.limit + 1)
  const rows = yield* all(query)
  const total = yield* first(base.select((e) => e.fn.countAll<number>().as('n')))
  return { ...pageOf(rows, filter.limit ?? rows.length, (r) => [r.id]), total: total?.n ?? 0 }
}

/** When each directory last asked for something, and was last refused. */
export function* lastSeen(
  directoryId: string,
): Work<{ readonly at: number | null; readonly refusedAt: number | null }> {
  const newest = q
    .selectFrom('scim_log')
    .select('at')
    .where('directory_id', '=', directoryId)
    .orderBy('id', 'desc')
    .limit(1)
  const any = yield* first(newest)
  const refused = yield* first(newest.where('outcome', '=', 'refused'))
  return { at: any?.at ?? null, refusedAt: refused?.at ?? null }
}

/** Deletes at most so many of the rows older than `before`; how many that were. */
export function* sweepLog(before: number, limit: number): Work<number> {
  return yield* run(
    q
      .deleteFrom('scim_log')
      .where('id', 'in', (e) =>
        e.selectFrom('scim_log').select('id').where('at', '<', before).limit(limit),
      ),
  )
}
