/**
 * What a directory does with the members and groups that it keeps (docs/decisions/0016-scim.md). It asks nobody for permission:
 * whoever connected it was asked then. Roles are out of its reach, and so is whom it does not keep.
 */
import { bump } from '#features/workspace/index.ts'
import type { AuditActor } from '#kernel/audit.ts'
import type { Ids } from '#kernel/ids.ts'
import { Problem } from '#kernel/problem.ts'
import { run, type Work } from '#kernel/work.ts'
import { nameKey } from './identity.ts'
import { changeEmail, renameMember } from './members.ts'
import { keepAnOwner } from './owners.ts'
import type { AccessPorts } from './ports.ts'
import type { Group, Member, MemberStatus } from './schema.ts'
import { potentialRightsOf } from './rights.ts'
import { roles } from './roles/builtin.ts'
import { rolesGivenTo } from './groups.ts'
import { revokeKeysOf } from './store.keys.ts'
import {
  deleteGroup,
  deleteMemberships,
  groupByName,
  insertGroups,
  insertMemberships,
  membersAmong,
  updateGroup,
  type GroupRecord,
  type Membership,
} from './store.groups.ts'
import { insertMembers, updateMember } from './store.members.ts'
import { chunks, q } from './tables.ts'

export interface ProvisionedMember {
  readonly email: string
  readonly name: string
  readonly active: boolean
}

/** A new member with the built-in role of everybody. The address must be free. */
export function* provisionMember(
  ids: Ids,
  now: number,
  { email, name, active }: ProvisionedMember,
): Work<Member> {
  const member: Member = {
    id: ids('mem'),
    email,
    name,
    role: 'member',
    status: active ? 'active' : 'suspended',
    source: 'scim',
    createdAt: now,
    updatedAt: now,
    lastSeenAt: null,
    version: 1,
  }
  yield* insertMembers([member])
  yield* bump('people', { members: [member.id] })
  return member
}

/** From now on a directory keeps them, or nobody but the admins does. */
export function* handOverMembers(ids: readonly string[], to: Member['source']): Work<void> {
  for (const part of chunks(ids))
    yield* run(q.updateTable('members').set({ source: to }).where('id', 'in', part))
}

export function* handOverGroups(ids: readonly string[], to: Group['source']): Work<void> {
  for (const part of chunks(ids))
    yield* run(q.updateTable('groups').set({ source: to }).where('id', 'in', part))
}

/**
 * Name and address as the directory has them. The address of who administers something stays: whoever decides where her password
 * links go could become her.
 */
function* changeProvisioned(
  ports: AccessPorts,
  now: number,
  before: Member,
  { email, name }: Pick<ProvisionedMember, 'email' | 'name'>,
): Work<Member> {
  let member = before
  if (email !== member.email) {
    if (yield* administers(member, now))
      throw new Problem(
        'exceeds_own_rights',
        `${member.email} administers this workspace, and a directory does not change the address of who does.`,
        { remedy: 'Take her roles away for the time of the change.' },
      )
    member = (yield* changeEmail(ports, now, member, email)).after
  }
  if (name !== member.name) member = (yield* renameMember(now, member, name)).after
  return member
}

/** Whether she may do more than everybody, apart from using Codex. */
function* administers(member: Member, now: number): Work<boolean> {
  const held = yield* potentialRightsOf(member, now)
  return [...held].some((p) => !roles.member.permissions.has(p) && !p.startsWith('codex.'))
}

export interface Ended {
  readonly touches: number
  readonly endedSessions: number
  readonly endedClients: number
  readonly revokedKeys: number
}

export const nothingEnded: Ended = {
  touches: 0,
  endedSessions: 0,
  endedClients: 0,
  revokedKeys: 0,
}

/**
 * The same as by hand: a suspended member is signed out, her keys and clients sleep; an archived one loses them. Nobody has to
 * approve it first, and the last owner stays.
 */
function* setProvisionedStatus(
  ports: AccessPorts,
  by: AuditActor,
  now: number,
  member: Member,
  status: Extract<MemberStatus, 'active' | 'suspended' | 'archived'>,
): Work<Ended> {
  if (member.status === status) return nothingEnded
  const touches = yield* ports.changeSets.reach({
    kind: status === 'active' ? 'activate_member' : 'remove_member',
    memberId: member.id,
  })
  yield* keepAnOwner(ports, member, { ...member, status })
  yield* updateMember({ ...member, status, updatedAt: now }, member.version)
  yield* bump('people', { members: [member.id] })
  if (status === 'active') return { ...nothingEnded, touches }
  return {
    touches,
    endedSessions: yield* ports.endSessions(member.id),
    endedClients: status === 'archived' ? yield* ports.endClients(member.id, now, by.label) : 0,
    revokedKeys: status === 'archived' ? yield* revokeKeysOf(member.id, now, by.label) : 0,
  }
}

/** The name must be free. */
export function* provisionGroup(ids: Ids, now: number, name: string): Work<GroupRecord> {
  const group: GroupRecord = {
    id: ids('grp'),
    name,
    description: '',
    source: 'scim',
    createdAt: now,
    updatedAt: now,
    version: 1,
  }
  yield* insertGroups([group])
  yield* bump('people', { groups: [group.id] })
  return group
}

export function* renameProvisionedGroup(
  now: number,
  group: GroupRecord,
  name: string,
): Work<GroupRecord> {
  const taken = nameKey(name) === nameKey(group.name) ? undefined : yield* groupByName(name)
  if (taken)
    throw new Problem('already_exists', `There is a group ${taken.name} already.`, {
      remedy: 'Give it another name at the provider, or rename the other group in Gatehouse.',
      data: { groupId: taken.id },
    })
  const after = { ...group, name, updatedAt: now, version: group.version + 1 }
  yield* updateGroup(after, group.version)
  yield* bump('people', { groups: [group.id] })
  return after
}

/** Refused with `in_use` while a rule, an enrolment or a role refers to it. */
function* removeProvisionedGroup(
  ports: AccessPorts,
  now: number,
  group: GroupRecord,
  memberIds: readonly string[],
): Work<void> {
  const usedBy = [...(yield* ports.groupUsedBy(group.id)), ...(yield* rolesGivenTo(group.id, now))]
  if (usedBy.length > 0)
    throw new Problem(
      'in_use',
      `${group.name} is used by ${usedBy.map((u) => u.label).join(', ')}.`,
      { remedy: 'Take it out of there first.', data: { usedBy } },
    )
  yield* deleteGroup(group.id)
  yield* bump('people', { members: memberIds, groups: [group.id] })
}

export interface MembershipsChanged {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly touches: number
}

/** Who is in already, or is not, is passed over. Asks for no approval, and says how many are touched. */
function* changeProvisionedMembership(
  ports: AccessPorts,
  now: number,
  groupId: string,
  given: { readonly add: readonly string[]; readonly remove: readonly string[] },
): Work<MembershipsChanged> {
  const present = yield* membersAmong(groupId, [...given.add, ...given.remove])
  const added = given.add.filter((id) => !present.has(id))
  const removed = given.remove.filter((id) => present.has(id))
  if (added.length + removed.length === 0) return { added, removed, touches: 0 }
  const touches = yield* ports.changeSets.reach({
    kind: 'membership',
    groupId,
    add: added,
    remove: removed,
  })
  yield* insertMemberships(
    added.map((memberId) => ({ groupId, memberId })),
    now,
  )
  yield* deleteMemberships(groupId, removed)
  yield* bump('people', { members: [...added, ...removed] })
  return { added, removed, touches }
}

/** Takes an archived member out of the groups of her directory. */
export function* leaveGroups(memberships: readonly Membership[]): Work<void> {
  for (const { groupId, memberId } of memberships) yield* deleteMemberships(groupId, [memberId])
  if (memberships.length > 0)
    yield* bump('people', { members: memberships.map(({ memberId }) => memberId) })
}

/** The acts above that need what other features bring. */
export const createProvisioning = (ports: AccessPorts) => ({
  change: (now: number, before: Member, given: Pick<ProvisionedMember, 'email' | 'name'>) =>
    changeProvisioned(ports, now, before, given),
  setStatus: (
    by: AuditActor,
    now: number,
    member: Member,
    status: Extract<MemberStatus, 'active' | 'suspended' | 'archived'>,
  ) => setProvisionedStatus(ports, by, now, member, status),
  removeGroup: (now: number, group: GroupRecord, memberIds: readonly string[]) =>
    removeProvisionedGroup(ports, now, group, memberIds),
  changeMembership: (
    now: number,
    groupId: string,
    given: { readonly add: readonly string[]; readonly remove: readonly string[] },
  ) => changeProvisionedMembership(ports, now, groupId, given),
})
export type Provisioning = ReturnType<typeof createProvisioning>
