import { permissionKeys, type Permission } from '#features/workspace/index.ts'
import type { RoleKey } from '../schema.ts'

export interface Role {
  readonly key: RoleKey
  readonly name: string
  /** What the role is for, in a sentence that screens show. */
  readonly sentence: string
  readonly permissions: ReadonlySet<Permission>
}

/** What only an owner may: it decides how everybody signs in, who is made a member, and where mail comes from. */
const ownersOnly: readonly Permission[] = [
  'settings.manage',
  'signin.manage',
  'directories.manage',
  'compliance.delete',
]

/** Custom roles add to the union of what a member holds; they never take away. */
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
    sentence:
      'Runs policies, members, enrolments and keys, but neither the settings of the workspace nor how people get in.',
    permissions: new Set(permissionKeys.filter((p) => !ownersOnly.includes(p))),
  },
  member: {
    key: 'member',
    name: 'Member',
    sentence:
      'Uses the coding agent under the policy of the workspace and follows collections; administers nothing.',
    permissions: new Set<Permission>(['workspace.read', 'watch.read', 'subscriptions.read']),
  },
}
