import { permissionKeys, type Permission } from '#features/workspace/index.ts'
import type { MemberStatus, RoleKey } from './schema.ts'

export interface Role {
  readonly key: RoleKey
  readonly name: string
  /** What the role is for, in a sentence that screens show. */
  readonly sentence: string
  readonly permissions: ReadonlySet<Permission>
}

/** What only an owner may: the settings decide how everybody signs in and where mail comes from. */
const ownersOnly: readonly Permission[] = ['settings.manage']

/** Custom roles will add to the union of what a member holds; they never take away. */
export const roles: Readonly<Record<RoleKey, Role>> = {
  owner: {
    key: 'owner',
    name: 'Owner',
    sentence: 'May do everything, and is the only one who can make other owners.',
    permissions: new Set(permissionKeys),
  },
  admin: {
    key: 'admin',
    name: 'Admin',
    sentence: 'Runs policies, members, enrolments and keys, but not the settings of the workspace.',
    permissions: new Set(permissionKeys.filter((p) => !ownersOnly.includes(p))),
  },
  member: {
    key: 'member',
    name: 'Member',
    sentence: 'Uses the coding agent under the policy of the workspace; administers nothing.',
    permissions: new Set<Permission>(['workspace.read']),
  },
}

/** A set of permissions that comes to a member from elsewhere than her built-in role: a custom role of one of her groups. */
export interface Grant {
  readonly from: { readonly kind: string; readonly id: string; readonly name: string }
  readonly permissions: Iterable<Permission>
}

interface Holder {
  readonly role: RoleKey
  readonly status: MemberStatus
}

/** What the member may do now: the union of role and grants; nothing unless active. */
export function permissionsOf(
  member: Holder,
  grants: readonly Grant[] = [],
): ReadonlySet<Permission> {
  if (member.status !== 'active') return new Set()
  return potentialOf(member, grants)
}

/**
 * What the member may do as soon as the account is active. Rights that only sleep are compared by this, so that nobody
 * takes over the account of a suspended owner or of an owner who has not answered the invitation.
 */
export function potentialOf(
  member: Pick<Holder, 'role'>,
  grants: readonly Grant[] = [],
): ReadonlySet<Permission> {
  return new Set([...roles[member.role].permissions, ...grants.flatMap((g) => [...g.permissions])])
}

export interface Because {
  readonly kind: string
  readonly id: string
  readonly name: string
}

/** Every permission with all that it comes from, in the order of the permission list. */
export function explainPermissions(
  member: Holder,
  grants: readonly Grant[] = [],
): readonly { readonly key: Permission; readonly because: readonly Because[] }[] {
  const held = permissionsOf(member, grants)
  const role = roles[member.role]
  return permissionKeys
    .filter((key) => held.has(key))
    .map((key) => ({
      key,
      because: [
        ...(role.permissions.has(key) ? [{ kind: 'role', id: role.key, name: role.name }] : []),
        ...grants.filter((g) => new Set(g.permissions).has(key)).map((g) => g.from),
      ],
    }))
}
