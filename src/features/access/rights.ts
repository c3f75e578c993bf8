import { surfaceByKey, type Permission } from '#features/workspace/index.ts'
import { found } from '#kernel/problem.ts'
import type { Actor } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { demand } from './may.ts'
import {
  administrationOf,
  isOwnUse,
  permissionsOf,
  potentialOf,
  withoutAdministration,
  type Grant,
} from './roles/held.ts'
import { defaultGrant, grantsByGroups, grantsToGroup, ownGrants } from './roles/store.grants.ts'
import type { Member } from './schema.ts'
import { groupById } from './store.groups.ts'
import { memberById } from './store.members.ts'

/**
 * Every custom role that reaches the member at this moment: given to her, to one of her groups, or the default role where
 * neither gives one. A grant that has ended is not among them, whether or not it was cleared away. Says nothing of her
 * built-in role, and nothing of surfaces that are off.
 */
export function* grantsOf(memberId: string, now: number): Work<readonly Grant[]> {
  const member = yield* memberById(memberId)
  const given = [
    ...(yield* ownGrants(memberId, member?.email ?? memberId, now)),
    ...(yield* grantsByGroups(memberId, now)),
  ]
  if (given.length > 0) return given
  const fallback = yield* defaultGrant()
  return fallback ? [fallback] : []
}

/** What joining the group gives. */
export function* grantsOfGroup(groupId: string, now: number): Work<readonly Grant[]> {
  return yield* grantsToGroup(found(yield* groupById(groupId), 'group'), now)
}

/** The same as a set: what `join_group` and `map_claim` ask about (may.ts). */
export function* permissionsOfGroup(groupId: string, now: number): Work<ReadonlySet<Permission>> {
  return new Set((yield* grantsOfGroup(groupId, now)).flatMap((g) => g.permissions))
}

/** What the default role gives to somebody who was given no other; empty when there is none. */
export function* defaultPermissions(): Work<readonly Permission[]> {
  return (yield* defaultGrant())?.permissions ?? []
}

/** The grants as far as they count now: while roles may not administer, only the use of Codex is left of them. */
export function* countingGrants(memberId: string, now: number): Work<readonly Grant[]> {
  const grants = yield* grantsOf(memberId, now)
  const administers = grants.some((g) => !g.permissions.every(isOwnUse))
  if (!administers || (yield* surfaceByKey('role_administration')).on) return grants
  return withoutAdministration(grants)
}

/** What the member may do now; nothing unless she is there and active. */
export function* rightsOf(memberId: string, now: number): Work<ReadonlySet<Permission>> {
  const member = yield* memberById(memberId)
  return member ? permissionsOf(member, yield* countingGrants(member.id, now)) : new Set()
}

/** What she could do as soon as nothing is asleep: neither her account nor a surface. Who decides about her is held to this. */
export function* potentialRightsOf(
  member: Pick<Member, 'id' | 'role'>,
  now: number,
): Work<ReadonlySet<Permission>> {
  return potentialOf(member, yield* grantsOf(member.id, now))
}

/** The member as the one who acts. The session's own facts (id, time of the password) are added by sign-in. */
export function* actorOf(member: Member, now: number): Work<Actor<Permission>> {
  return {
    kind: 'session',
    id: member.id,
    label: member.email,
    permissions: permissionsOf(member, yield* countingGrants(member.id, now)),
    role: member.role,
  }
}

/**
 * Whatever decides about an account or opens it (may.ts, `manage_member`). Throws `forbidden` or `exceeds_own_rights`; call it
 * before every such act, also from other features: links that set a password, taking a second factor away.
 */
export function* demandOver(
  actor: Pick<Actor<Permission>, 'permissions'>,
  member: Pick<Member, 'id' | 'role'>,
  now: number,
): Work<void> {
  demand(actor, { kind: 'manage_member', holds: yield* potentialRightsOf(member, now) })
}

/** Before anybody is made a member: her built-in role, and what the default role would make an administrator of. */
export function* demandAdding(
  actor: Pick<Actor<Permission>, 'permissions'>,
  role: Member['role'],
): Work<void> {
  demand(actor, {
    kind: 'add_member',
    role,
    grants: administrationOf(yield* defaultPermissions()),
  })
}
