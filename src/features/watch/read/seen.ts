/** What each member has looked at last, so that "changed since" can be answered. */
import type { Work } from '#kernel/work.ts'
import { seenSnapshot } from './store.snapshots.ts'

/** The newest snapshot of a collection that a member has looked at; null for a service key or who never did. */
export function* lastSeen(
  memberId: string,
  collectionId: string,
): Work<{ readonly stamp: string; readonly at: number } | null> {
  const row = yield* seenSnapshot(memberId, collectionId)
  return row ? { stamp: row.stamp, at: row.at } : null
}
