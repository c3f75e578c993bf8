import { bump } from '#features/workspace/index.ts'
import { all, type Work } from '#kernel/work.ts'
import { deleteMemberships, insertMemberships } from './store.groups.ts'
import { q } from './tables.ts'

export interface ClaimedGroups {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/**
 * Puts a member into the groups that her organisation's provider names, and takes her out of the others that it decides about.
 * What a directory keeps is not touched: a group has one authority. Neither is what somebody gave her for a time: that ends by
 * itself. Asks nobody for permission; whoever connected the claim to the group was asked then.
 *
 * `decides`: every group that the provider decides about; `named`: those of them in which it says she is.
 */
export function* followClaims(
  now: number,
  memberId: string,
  decides: readonly string[],
  named: readonly string[],
): Work<ClaimedGroups> {
  if (decides.length === 0) return { added: [], removed: [] }
  const manual = yield* all(
    q.selectFrom('groups').select('id').where('id', 'in', decides).where('source', '=', 'manual'),
  )
  const ends = new Map(
    (yield* all(
      q
        .selectFrom('group_members')
        .select(['group_id', 'ends_at'])
        .where('member_id', '=', memberId),
    )).map((row) => [row.group_id, row.ends_at]),
  )
  // Over, though the job that removes it has not come by.
  const isOver = (id: string): boolean => (ends.get(id) ?? Infinity) <= now
  const ids = manual.map((row) => row.id)
  const added = ids.filter((id) => named.includes(id) && (!ends.has(id) || isOver(id)))
  const removed = ids.filter((id) => !named.includes(id) && ends.get(id) === null)
  for (const groupId of [...added, ...removed]) yield* deleteMemberships(groupId, [memberId])
  yield* insertMemberships(
    added.map((groupId) => ({ groupId, memberId })),
    now,
  )
  if (added.length + removed.length > 0) yield* bump('people')
  return { added, removed }
}
