import { permissionKeys, type Permission } from '#features/workspace/index.ts'
import type { MemberStatus, RoleKey } from '../schema.ts'
import { roles } from './builtin.ts'

/** A custom role as it reaches a member: given to herself, to one of her groups, or to everybody who has none. */
export interface Grant {
  readonly from: {
    readonly kind: 'role'
    readonly id: string
    readonly name: string
    readonly through: {
      readonly kind: 'member' | 'group' | 'default'
      readonly id: string
      readonly name: string
    }
    /** From this moment (ms) on it is not held any more: the end of the grant or of the membership. Null: for good. */
    readonly endsAt: number | null
  }
  readonly permissions: readonly Permission[]
}

interface Holder {
  readonly role: RoleKey
  readonly status: MemberStatus
}

/**
 * Using Codex oneself administers nothing: who may do it is decided by the same roles, but holding it makes no account
 * stronger than another.
 */
export const isOwnUse = (permission: Permission): boolean => permission.startsWith('codex.')

export const administrationOf = (permissions: Iterable<Permission>): readonly Permission[] =>
  [...permissions].filter((p) => !isOwnUse(p))

/** What the grants give while the surface `role_administration` is off: the built-in roles alone administer. */
export const withoutAdministration = (grants: readonly Grant[]): readonly Grant[] =>
  grants.map((grant) => ({ ...grant, permissions: grant.permissions.filter(isOwnUse) }))

/** What the member may do now: the union of her built-in role and the grants; nothing unless active. */
export function permissionsOf(member: Holder, grants: readonly Grant[]): ReadonlySet<Permission> {
  if (member.status !== 'active') return new Set()
  return potentialOf(member, grants)
}

/**
 * What the member may do as soon as the account is active. Rights that only sleep are compared by this, so that nobody
 * takes over the account of a suspended owner or of an owner who has not answered the invitation.
 */
export function potentialOf(
  member: Pick<Holder, 'role'>,
  grants: readonly Grant[],
): ReadonlySet<Permission> {
  return new Set([...roles[member.role].permissions, ...grants.flatMap((g) => g.permissions)])
}

export type Because =
  | Grant['from']
  | {
      readonly kind: 'built_in'
      readonly id: RoleKey
      readonly name: string
      readonly through: null
      readonly endsAt: null
    }

/** Every permission with all that it comes from, in the order of the permission list. */
export function explainPermissions(
  member: Holder,
  grants: readonly Grant[],
): readonly { readonly key: Permission; readonly because: readonly Because[] }[] {
  const held = permissionsOf(member, grants)
  const { key: id, name, permissions } = roles[member.role]
  const builtIn: Because = { kind: 'built_in', id, name, through: null, endsAt: null }
  return permissionKeys
    .filter((key) => held.has(key))
    .map((key) => ({
      key,
      because: [
        ...(permissions.has(key) ? [builtIn] : []),
        ...grants.filter((g) => g.permissions.includes(key)).map((g) => g.from),
      ],
    }))
}
