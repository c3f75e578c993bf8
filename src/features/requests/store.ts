import { sql } from 'kysely'
import { contains } from '#kernel/like.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { RequestTables } from './migrations.ts'
import type { RequestQuery, RequestState } from './schema.ts'

const q = queries<RequestTables>()

export type RequestRow = RequestTables['access_requests']

export function* insertRequest(row: RequestRow): Work<void> {
  yield* run(q.insertInto('access_requests').values(row))
}

export function* requestById(id: string): Work<RequestRow | undefined> {
  return yield* first(q.selectFrom('access_requests').selectAll().where('id', '=', id))
}

/** What she asked for already and nobody has decided. */
export function* openRequests(memberId: string): Work<readonly RequestRow[]> {
  return yield* all(
    q
      .selectFrom('access_requests')
      .selectAll()
      .where('member_id', '=', memberId)
      .where('state', '=', 'open')
      .orderBy('id'),
  )
}

export function* countSince(memberId: string, since: number): Work<number> {
  const row = yield* first(
    q
      .selectFrom('access_requests')
      .select((e) => e.fn.countAll<number>().as('n'))
      .where('member_id', '=', memberId)
      .where('created_at', '>', since),
  )
  return row?.n ?? 0
}

export function* countOpen(): Work<number> {
  const row = yield* first(
    q
      .selectFrom('access_requests')
      .select((e) => e.fn.countAll<number>().as('n'))
      .where('state', '=', 'open'),
  )
  return row?.n ?? 0
}

/** Out of `open`, once: false when it is decided already. Of two who decide at the same moment, one is told. */
export function* settleRequest(
  id: string,
  change: Partial<RequestRow> & { readonly state: Exclude<RequestState, 'open'> },
): Work<boolean> {
  const changed = yield* run(
    q.updateTable('access_requests').set(change).where('id', '=', id).where('state', '=', 'open'),
  )
  return changed === 1
}

/** Open ones that nobody was told of, oldest first. */
export function* untold(): Work<readonly RequestRow[]> {
  return yield* all(
    q
      .selectFrom('access_requests')
      .selectAll()
      .where('state', '=', 'open')
      .where('told_at', 'is', null)
      .orderBy('id'),
  )
}

export function* markTold(ids: readonly string[], at: number): Work<void> {
  if (ids.length > 0)
    yield* run(q.updateTable('access_requests').set({ told_at: at }).where('id', 'in', ids))
}

export function* deleteRequestsOf(memberId: string): Work<void> {
  yield* run(q.deleteFrom('access_requests').where('member_id', '=', memberId))
}

type Filter = Pick<RequestQuery, 'q' | 'state' | 'member' | 'cursor'> & {
  readonly limit: number | null
}

/** Newest first; `limit: null` gives all of them. */
export function* listRequests({ q: text, state, member, cursor, limit }: Filter): Work<{
  readonly items: readonly RequestRow[]
  readonly next: string | null
  readonly total: number
}> {
  let matching = q.selectFrom('access_requests')
  if (state !== undefined) matching = matching.where('state', '=', state)
  if (member !== undefined) matching = matching.where('member_id', '=', member)
  if (text !== undefined && text.trim() !== '')
    matching = matching.where(contains(sql.ref('search'), text.trim().toLowerCase()))
  let query = matching.selectAll().orderBy('id', 'desc')
  if (cursor !== undefined) query = query.where('id', '<', String(decodeCursor(cursor)[0]))
  if (limit !== null) query = query.limit(limit + 1)
  const rows = yield* all(query)
  const total = yield* first(matching.select((e) => e.fn.countAll<number>().as('n')))
  const shown =
    limit === null ? { items: rows, next: null } : pageOf(rows, limit, (row) => [row.id])
  return { ...shown, total: total?.n ?? 0 }
}
