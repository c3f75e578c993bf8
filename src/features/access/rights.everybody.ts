import type { Permission } from '#features/workspace/index.ts'
import type { Work } from '#kernel/work.ts'
import { roles } from './roles/builtin.ts'
import { allRoles } from './roles/store.ts'
import { allRunningGrants, defaultGrant } from './roles/store.grants.ts'
import type { Member } from './schema.ts'
import type { HeldMembership } from './store.groups.ts'

/** What the roles of somebody hold, each for itself. */
type Held = Map<string, (readonly Permission[])[]>

/** What everybody holds, for going through all members at once: a question for each of a hundred thousand takes too long. */
export interface EverybodysRights {
  /** As `potentialRightsOf`. */
  readonly potential: (member: Pick<Member, 'id' | 'role'>) => ReadonlySet<Permission>
  /** What being in the group gives. */
  readonly ofGroup: (groupId: string) => readonly Permission[]
  readonly byDefault: readonly Permission[]
}

/** Three queries, and one pass over the memberships. */
export function* everybodysRights(
  memberships: Iterable<HeldMembership>,
  now: number,
): Work<EverybodysRights> {
  const permissions = new Map((yield* allRoles()).map((role) => [role.id, role.permissions]))
  const byDefault = (yield* defaultGrant())?.permissions ?? []
  const byGroup: Held = new Map()
  const byMember: Held = new Map()
  for (const { role_id, holder_kind, holder_id } of yield* allRunningGrants(now))
    push(holder_kind === 'group' ? byGroup : byMember, holder_id, [permissions.get(role_id) ?? []])
  for (const { memberId, groupId, endsAt } of memberships) {
    const given = byGroup.get(groupId)
    if (given && (endsAt === null || endsAt > now)) push(byMember, memberId, given)
  }
  return {
    byDefault,
    ofGroup: (id) => (byGroup.get(id) ?? []).flat(),
    potential: (member) =>
      new Set([
        ...roles[member.role].permissions,
        ...(byMember.get(member.id)?.flat() ?? byDefault),
      ]),
  }
}

function push(held: Held, id: string, more: readonly (readonly Permission[])[]): void {
  const before = held.get(id)
  if (before) before.push(...more)
  else held.set(id, [...more])
}
