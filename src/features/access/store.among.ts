import type { Touched } from '#features/workspace/index.ts'
import { all, type Work } from '#kernel/work.ts'
import type { HeldMembership } from './store.groups.ts'
import { membersByIds } from './store.members.ts'
import { chunks, q } from './tables.ts'
import type { Member } from './schema.ts'

/** Those of the members and groups that there are, with all memberships of those members. */
export function* peopleAmong({ members, groups }: Required<Touched>): Work<{
  readonly members: readonly Member[]
  readonly groups: readonly { readonly id: string; readonly name: string }[]
  readonly memberships: readonly HeldMembership[]
}> {
  const found: { id: string; name: string }[] = []
  for (const part of chunks(groups))
    found.push(
      ...(yield* all(q.selectFrom('groups').select(['id', 'name']).where('id', 'in', part))),
    )
  const memberships: HeldMembership[] = []
  for (const part of chunks(members)) {
    const rows = yield* all(
      q
        .selectFrom('group_members')
        .select(['group_id', 'member_id', 'ends_at'])
        .where('member_id', 'in', part),
    )
    for (const row of rows)
      memberships.push({ memberId: row.member_id, groupId: row.group_id, endsAt: row.ends_at })
  }
  return { members: [...(yield* membersByIds(members)).values()], groups: found, memberships }
}

/** Who is in each of the groups, in the order of being made; a group without anybody may be absent. */
export function* memberIdsOfGroups(
  groupIds: readonly string[],
): Work<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>()
  for (const part of chunks(groupIds)) {
    const rows = yield* all(
      q
        .selectFrom('group_members')
        .select(['group_id', 'member_id'])
        .where('group_id', 'in', part)
        .orderBy('group_id')
        .orderBy('member_id'),
    )
    for (const { group_id, member_id } of rows) {
      const held = found.get(group_id)
      if (held) held.push(member_id)
      else found.set(group_id, [member_id])
    }
  }
  return found
}
