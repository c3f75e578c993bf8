import { first, queries, run, type Work } from '#kernel/work.ts'
import type { NotifyTables } from '../tables.ts'

const q = queries<NotifyTables>()

export type FeedKeyRow = NotifyTables['notify_feed_keys']

export function* feedKeyById(id: string): Work<FeedKeyRow | undefined> {
  return yield* first(q.selectFrom('notify_feed_keys').selectAll().where('id', '=', id))
}

export function* feedKeyOf(memberId: string): Work<FeedKeyRow | undefined> {
  return yield* first(
    q.selectFrom('notify_feed_keys').selectAll().where('member_id', '=', memberId),
  )
}

/** The address before ends with it. */
export function* replaceFeedKey(row: FeedKeyRow): Work<void> {
  yield* deleteFeedKey(row.member_id)
  yield* run(q.insertInto('notify_feed_keys').values(row))
}

/** How many there were: 0 or 1. */
export function* deleteFeedKey(memberId: string): Work<number> {
  return yield* run(q.deleteFrom('notify_feed_keys').where('member_id', '=', memberId))
}

export function* setFeedKeyUsed(id: string, at: number): Work<void> {
  yield* run(q.updateTable('notify_feed_keys').set({ last_used_at: at }).where('id', '=', id))
}
