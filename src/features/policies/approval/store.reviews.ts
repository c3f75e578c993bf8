import { decodeCursor, pageOf } from '#kernel/page.ts'
import { contains } from '#kernel/like.ts'
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { ApprovalTables } from './migrations.ts'

const q = queries<ApprovalTables>()

export type ReviewRow = ApprovalTables['approval_reviews']

export function* insertReview(row: ReviewRow): Work<void> {
  yield* run(q.insertInto('approval_reviews').values(row))
}

export function* reviewById(id: string): Work<ReviewRow | undefined> {
  return yield* first(q.selectFrom('approval_reviews').selectAll().where('id', '=', id))
}

/** False: somebody else has reviewed it already. */
export function* writeReviewed(
  id: string,
  by: { readonly id: string; readonly label: string },
  at: number,
  comment: string,
): Work<boolean> {
  const changed = yield* run(
    q
      .updateTable('approval_reviews')
      .set({ reviewed_by_id: by.id, reviewed_by: by.label, reviewed_at: at, comment })
      .where('id', '=', id)
      .where('reviewed_at', 'is', null),
  )
  return changed === 1
}

/** Oldest first: what the alarms speak of. */
export function* openReviews(limit: number): Work<readonly ReviewRow[]> {
  return yield* all(
    q
      .selectFrom('approval_reviews')
      .selectAll()
      .where('reviewed_at', 'is', null)
      .orderBy('id')
      .limit(limit),
  )
}

/** With `but`: of acts that somebody else than this person did. */
export function* countOpenReviews(but?: string): Work<number> {
  let query = q.selectFrom('approval_reviews').where('reviewed_at', 'is', null)
  if (but !== undefined) query = query.where('actor_person', '!=', but)
  const row = yield* first(query.select((e) => e.fn.countAll<number>().as('n')))
  return row?.n ?? 0
}

/** Newest first. */
export function* listReviews(filter: {
  readonly q?: string | undefined
  readonly state: 'open' | 'reviewed' | 'all'
  readonly cursor?: string | undefined
  readonly limit: number | null
}) {
  let base = q.selectFrom('approval_reviews')
  if (filter.state === 'open') base = base.where('reviewed_at', 'is', null)
  if (filter.state === 'reviewed') base = base.where('reviewed_at', 'is not', null)
  const text = filter.q?.trim().toLowerCase() ?? ''
  if (text !== '')
    base = base.where((e) =>
      e.or(
        (['title', 'reason', 'actor'] as const).map((column) =>
          contains(e.fn('lower', [column]), text),
        ),
      ),
    )
  let query = base.selectAll().orderBy('id', 'desc')
  if (filter.cursor !== undefined)
    query = query.where('id', '<', String(decodeCursor(filter.cursor)[0]))
  if (filter.limit !== null) query = query.limit(filter.limit + 1)
  const rows = yield* all(query)
  const total = yield* first(base.select((e) => e.fn.countAll<number>().as('n')))
  return { ...pageOf(rows, filter.limit ?? rows.length, (row) => [row.id]), total: total?.n ?? 0 }
}
