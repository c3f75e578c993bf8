import type { Permission } from '#features/workspace/index.ts'
import type { Actor } from '#kernel/route.ts'
import type { Feature, Figure, Hit, Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { createKeyAuthenticator } from './authenticate.ts'
import { migrations } from './migrations.ts'
import type { AccessPorts } from './ports.ts'
import { groupRoutes } from './routes.groups.ts'
import { importRoutes } from './routes.import.ts'
import { keyRoutes } from './routes.keys.ts'
import { meRoutes } from './routes.me.ts'
import { memberRoutes } from './routes.members.ts'
import { findGroups } from './store.groups.ts'
import { countByStatus, findMembers } from './store.members.ts'

export { createOperatorKey, operatorSecretLength } from './keys.ts'
export { createGroup, joinGroups } from './groups.ts'
export { demand, mayAct, type Act, type Refusal } from './may.ts'
export {
  activateMember,
  actorFor,
  createMember,
  memberTarget,
  sawMember,
  type Acting,
  type NewMember,
} from './members.ts'
export { emailKey, nameKey } from './identity.ts'
export type { AccessPorts, TouchingAct } from './ports.ts'
export { permissionsOf, potentialOf, roles, type Grant, type Role } from './roles.ts'
export type { Group, Holding, Member, MemberStatus, RoleKey, UsedBy } from './schema.ts'
export {
  allGroups,
  allMemberships,
  groupById,
  groupByName,
  type GroupRecord,
  type Membership,
} from './store.groups.ts'
export {
  activeOwners,
  allMembers,
  groupsOfMembers,
  memberByEmail,
  memberById,
} from './store.members.ts'

export interface Access extends Feature {
  /** The authenticator for `Authorization: Bearer` with a service key. */
  readonly authenticateKey: (
    request: Request,
    now: number,
  ) => Promise<Actor<Permission> | undefined>
}

/** Members, groups, roles and service keys: who there is and what each one may do. */
export function createAccess(runtime: Runtime, ports: AccessPorts): Access {
  const setting = { runtime, ports }
  return {
    name: 'access',
    migrations,
    routes: [
      ...memberRoutes(setting),
      ...importRoutes(setting),
      ...groupRoutes(setting),
      ...keyRoutes(setting),
      ...meRoutes,
    ],
    authenticateKey: createKeyAuthenticator(runtime),
    figures,
    find,
    findPermission: 'members.read' satisfies Permission,
  }
}

function* figures(): Work<readonly Figure[]> {
  const counts = yield* countByStatus()
  return [
    { key: 'members', title: 'Active members', value: counts.get('active') ?? 0, link: '/members' },
  ]
}

function* find(text: string): Work<readonly Hit[]> {
  const members = yield* findMembers(text, 5)
  const groups = yield* findGroups(text, 5)
  return [
    ...members.map((m) => ({
      kind: 'member',
      id: m.id,
      label: m.name === '' ? m.email : m.name,
      detail: m.email,
      link: `/members/${m.id}`,
    })),
    ...groups.map((g) => ({
      kind: 'group',
      id: g.id,
      label: g.name,
      detail: `${g.members} ${g.members === 1 ? 'member' : 'members'}`,
      link: `/groups/${g.id}`,
    })),
  ]
}
