import type { Permission } from '#features/workspace/index.ts'
import type { Actor } from '#kernel/route.ts'
import type { Feature, Figure, Hit, Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { createKeyAuthenticator } from './authenticate.ts'
import { changeMembership, type MembershipChanged, type MembershipWish } from './groups.ts'
import type { Acting } from './members.ts'
import { endJobs, endSchedules } from './ends/end-due.ts'
import { migrations } from './migrations.ts'
import type { AccessPorts } from './ports.ts'
import { groupRoutes } from './routes.groups.ts'
import { importRoutes } from './routes.import.ts'
import { keyRoutes } from './routes.keys.ts'
import { createProvisioning, type Provisioning } from './provisioned.ts'
import { meRoutes } from './routes.me.ts'
import { memberRoutes } from './routes.members.ts'
import { giveRole } from './roles/give.ts'
import { holderRoutes } from './roles/routes.holders.ts'
import { roleRoutes } from './roles/routes.ts'
import { findRoles } from './roles/store.ts'
import { findGroups } from './store.groups.ts'
import { countByStatus, findMembers } from './store.members.ts'

export { breakGlassOwners, markBreakGlass } from './break-glass.ts'
export { followClaims, type ClaimedGroups } from './claimed-groups.ts'
export { createOperatorKey, operatorSecretLength } from './keys.ts'
export { createGroup, joinGroups, type MembershipChanged, type MembershipWish } from './groups.ts'
export { demand, mayAct, type Act, type Refusal } from './may.ts'
export {
  activateMember,
  createMember,
  memberTarget,
  sawMember,
  type Acting,
  type NewMember,
} from './members.ts'
export { emailKey, nameKey } from './identity.ts'
export type { AccessPorts, TouchingAct } from './ports.ts'
export {
  actorOf,
  demandAdding,
  demandOver,
  grantsOf,
  grantsOfGroup,
  permissionsOfGroup,
  potentialRightsOf,
  rightsOf,
} from './rights.ts'
export { roles, type Role } from './roles/builtin.ts'
export { codexUse, type UseOfCodex } from './roles/codex.ts'
export { noPermissionText, type NeededForCodex } from './roles/refusal.ts'
export type { Grant } from './roles/held.ts'
export { allRoles } from './roles/store.ts'
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
  createProvisioning,
  handOverGroups,
  handOverMembers,
  leaveGroups,
  provisionGroup,
  provisionMember,
  renameProvisionedGroup,
  nothingEnded,
  type Ended,
  type Provisioning,
} from './provisioned.ts'
export { memberIdsOfGroups, peopleAmong } from './store.among.ts'
export { makerOfKey } from './store.keys.ts'
export {
  activeHolders,
  activeOwners,
  allMembers,
  groupsOfMembers,
  memberByEmail,
  memberById,
  membersByIds,
} from './store.members.ts'
export { groupsWith, membersNamed, membersNotActive } from './subqueries.ts'

export interface Access extends Feature {
  /** The authenticator for `Authorization: Bearer` with a service key. */
  readonly authenticateKey: (
    request: Request,
    now: number,
  ) => Promise<Actor<Permission> | undefined>
  /** What a directory does with those whom it keeps. */
  readonly provisioning: Provisioning
  /** Puts members into a group and takes them out, for features that decide about it. */
  readonly changeMembership: (
    actor: Acting,
    now: number,
    given: MembershipWish,
  ) => Work<MembershipChanged>
  /** Gives a member a role that she asked for: by whoever may decide requests, and never above the own rights. */
  readonly giveRole: (
    actor: Acting,
    now: number,
    wish: {
      readonly roleId: string
      readonly memberId: string
      readonly endsAt: number | null
      readonly reason: string
      readonly requestId: string
      readonly changeSet?: string | undefined
    },
  ) => Work<{ readonly name: string; readonly endsAt: number | null; readonly touches: number }>
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
      ...meRoutes(setting),
      ...roleRoutes(setting),
      ...holderRoutes(setting),
    ],
    jobs: endJobs(runtime, ports),
    schedules: endSchedules,
    authenticateKey: createKeyAuthenticator(runtime),
    provisioning: createProvisioning(ports),
    changeMembership: (actor, now, given) => changeMembership(ports, actor, now, given),
    *giveRole(actor, now, { memberId, ...wish }) {
      const holder = { kind: 'member', id: memberId } as const
      const given = yield* giveRole(runtime.ids, ports, actor, now, { ...wish, holder })
      return { name: given.role.name, endsAt: given.endsAt, touches: given.touches }
    },
    figures,
    finders: [{ permission: 'members.read' satisfies Permission, find }],
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
  const roles = yield* findRoles(text, 5)
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
    ...roles.map((r) => ({
      kind: 'role',
      id: r.id,
      label: r.name,
      detail: `${r.permissions.length} ${r.permissions.length === 1 ? 'permission' : 'permissions'}`,
      link: `/roles/${r.id}`,
    })),
  ]
}
