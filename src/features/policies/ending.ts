import { useAt } from './codex-use.ts'
import type { Ending, Snapshot } from './snapshot.ts'

/**
 * Memberships that end by themselves. The picture in memory is told when: it answers without them from that moment on, whether
 * the database answers then or not.
 */
export const inOrder = (endings: readonly Ending[]): readonly Ending[] =>
  endings.toSorted((a, b) => a.endsAt - b.endsAt)

/** The picture at this moment (ms): without the memberships and roles whose time has come. The same object when there is none. */
export function snapshotAt(known: Snapshot, now: number): Snapshot {
  const codexUse = useAt(known.codexUse, now)
  const snapshot = codexUse === known.codexUse ? known : { ...known, codexUse }
  const { ending } = snapshot
  if ((ending[0]?.endsAt ?? Infinity) > now) return snapshot
  const next = ending.findIndex(({ endsAt }) => endsAt > now)
  const [over, left] = next < 0 ? [ending, []] : [ending.slice(0, next), ending.slice(next)]
  return { ...snapshot, memberGroups: withoutThem(snapshot.memberGroups, over), ending: left }
}

/**
 * The picture as it would be if those members were not in the group for a time: what a longer stay is compared with. Who is in
 * it for good stays.
 */
export function afterTheirEnd(
  snapshot: Snapshot,
  groupId: string,
  memberIds: readonly string[],
): Snapshot {
  if (snapshot.ending.length === 0) return snapshot
  const asked = new Set(memberIds)
  const theirs = (one: Ending): boolean => one.groupId === groupId && asked.has(one.memberId)
  const over = snapshot.ending.filter(theirs)
  if (over.length === 0) return snapshot
  const ending = snapshot.ending.filter((one) => !theirs(one))
  return { ...snapshot, memberGroups: withoutThem(snapshot.memberGroups, over), ending }
}

function withoutThem(
  memberGroups: Snapshot['memberGroups'],
  over: readonly Ending[],
): Snapshot['memberGroups'] {
  const groups = new Map(memberGroups)
  for (const { memberId, groupId } of over)
    groups.set(
      memberId,
      (groups.get(memberId) ?? []).filter((id) => id !== groupId),
    )
  return groups
}
