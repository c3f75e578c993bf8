import { bump, type Permission } from '#features/workspace/index.ts'
import type { Ids } from '#kernel/ids.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Actor } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { emailKey } from './identity.ts'
import { demand } from './may.ts'
import { refuseOwned } from './owned.ts'
import { keepAnOwner } from './owners.ts'
import type { AccessPorts } from './ports.ts'
import { demandOver, potentialRightsOf } from './rights.ts'
import { roles } from './roles/builtin.ts'
import type { Member, MemberStatus, RoleKey } from './schema.ts'
import { revokeKeysOf } from './store.keys.ts'
import {
  deleteMember,
  insertMembers,
  memberByEmail,
  memberById,
  setLastSeen,
  updateMember,
} from './store.members.ts'

export type Acting = Pick<Actor<Permission>, 'kind' | 'id' | 'label' | 'permissions'>

/** Both sides of a change, as the audit record wants them. */
export interface Changed<T> {
  readonly before: T
  readonly after: T
}

export interface NewMember {
  readonly email: string
  readonly name: string
  readonly role: RoleKey
  readonly status: Extract<MemberStatus, 'active' | 'invited'>
}

/** Adds a member. `already_exists` (with the member's id) when the address is taken. Asks nobody for permission. */
export function* createMember(ids: Ids, now: number, given: NewMember): Work<Member> {
  const email = given.email.trim()
  yield* refuseTaken(email)
  const member: Member = {
    id: ids('mem'),
    email,
    name: given.name.trim(),
    role: given.role,
    status: given.status,
    source: 'manual',
    createdAt: now,
    updatedAt: now,
    lastSeenAt: null,
    version: 1,
  }
  yield* insertMembers([member])
  if (member.role !== 'member') yield* bump('roles')
  yield* bump('people')
  return member
}

/** An invited member has chosen a password: she is active from now on. Name only where one is given. */
export function* activateMember(now: number, id: string, name = ''): Work<Member> {
  const before = found(yield* memberById(id), 'member')
  if (before.status !== 'invited')
    throw new Problem('wrong_state', 'This account is not waiting for an invitation.', {
      remedy: 'Sign in, or ask an admin for a new invitation.',
    })
  const trimmed = name.trim()
  return yield* save(now, before, {
    status: 'active',
    ...(trimmed === '' ? {} : { name: trimmed }),
  })
}

const seenEvery = 60_000

/** Remembers that the member was here; written at most once a minute. */
export function* sawMember(member: Pick<Member, 'id' | 'lastSeenAt'>, now: number): Work<void> {
  if (member.lastSeenAt === null || now - member.lastSeenAt >= seenEvery)
    yield* setLastSeen(member.id, now)
}

/** Finds the member of an act, in the version that the actor has seen, and refuses accounts stronger than the own one. */
export function* managed(actor: Acting, now: number, id: string, version: number): Work<Member> {
  const member = found(yield* memberById(id), 'member')
  refuseOutdated(member, version)
  yield* demandOver(actor, member, now)
  return member
}

/** The own row, in the version that was seen. Nobody needs a permission for the own name. */
export function* managedSelf(actor: Acting, version: number): Work<Member> {
  const member = found(yield* memberById(actor.id), 'member')
  refuseOutdated(member, version)
  return member
}

export function* renameMember(now: number, before: Member, name: string): Work<Changed<Member>> {
  return { before, after: yield* save(now, before, { name: name.trim() }) }
}

/**
 * The address is where password links go: changing it is as good as signing in, so `managed` comes first. Links that went to
 * the former address open nothing any more: it may have been a stranger's.
 */
export function* changeEmail(
  ports: AccessPorts,
  now: number,
  before: Member,
  email: string,
): Work<Changed<Member>> {
  const trimmed = email.trim()
  if (emailKey(trimmed) !== emailKey(before.email)) {
    yield* refuseTaken(trimmed)
    yield* ports.endLinks(before.id)
  }
  return { before, after: yield* save(now, before, { email: trimmed }) }
}

export function* changeRole(
  ports: AccessPorts,
  actor: Acting,
  now: number,
  given: { readonly id: string; readonly role: RoleKey; readonly version: number },
): Work<Changed<Member>> {
  const before = found(yield* memberById(given.id), 'member')
  refuseOutdated(before, given.version)
  const holds = yield* potentialRightsOf(before, now)
  demand(actor, { kind: 'change_role', holds, role: given.role })
  yield* keepAnOwner(ports, before, { ...before, role: given.role })
  const after = yield* save(now, before, { role: given.role })
  return { before, after }
}

export interface StatusChange {
  readonly id: string
  readonly version: number
  readonly status: Extract<MemberStatus, 'active' | 'suspended' | 'archived'>
  readonly changeSet?: string | undefined
}

/** From where each state may be reached. An archived member who never answered becomes active all the same. */
const reachable: Readonly<Record<StatusChange['status'], readonly MemberStatus[]>> = {
  active: ['suspended', 'archived'],
  suspended: ['active'],
  archived: ['invited', 'active', 'suspended'],
}

const actOf = { active: 'activate', suspended: 'suspend', archived: 'edit' } as const

export interface StatusChanged extends Changed<Member> {
  readonly touches: number
  readonly endedSessions: number
  readonly endedClients: number
  readonly revokedKeys: number
}

/**
 * Suspending and archiving end all sessions in the same transaction; archiving also revokes the keys she made and signs her
 * clients out. Keys and clients of a suspended member sleep: a key never holds more than its maker holds now, and a client is
 * refused as long as she is suspended.
 */
export function* changeStatus(
  ports: AccessPorts,
  actor: Acting,
  now: number,
  change: StatusChange,
): Work<StatusChanged> {
  const before = yield* managed(actor, now, change.id, change.version)
  refuseSelf(actor, before)
  yield* refuseOwned(ports, before, actOf[change.status])
  if (!reachable[change.status].includes(before.status))
    throw new Problem(
      'wrong_state',
      `A member who is ${before.status} cannot become ${change.status}.`,
      {
        remedy: 'Reload the page to see the present state.',
      },
    )
  const { touches } = yield* ports.changeSets.touch(
    {
      kind: change.status === 'active' ? 'activate_member' : 'remove_member',
      memberId: before.id,
    },
    change.changeSet,
    { actor, now },
  )
  yield* keepAnOwner(ports, before, { ...before, status: change.status })
  const after = yield* save(now, before, { status: change.status })
  const endedSessions = change.status === 'active' ? 0 : yield* ports.endSessions(before.id)
  const leaves = change.status === 'archived'
  const endedClients = leaves ? yield* ports.endClients(before.id, now, actor.label) : 0
  const revokedKeys = leaves ? yield* revokeKeysOf(before.id, now, actor.label) : 0
  return { before, after, touches, endedSessions, endedClients, revokedKeys }
}

/** Removes the member for good: memberships, sessions, password. Keys stay listed, revoked, with the name of their maker. */
export function* removeMember(
  ports: AccessPorts,
  actor: Acting,
  now: number,
  given: { readonly id: string; readonly version: number; readonly changeSet?: string | undefined },
): Work<Omit<StatusChanged, 'after'>> {
  const before = yield* managed(actor, now, given.id, given.version)
  refuseSelf(actor, before)
  yield* refuseOwned(ports, before, 'edit')
  const { touches } = yield* ports.changeSets.touch(
    { kind: 'remove_member', memberId: before.id },
    given.changeSet,
    { actor, now },
  )
  yield* keepAnOwner(ports, before, undefined)
  const endedSessions = yield* ports.endSessions(before.id)
  const endedClients = yield* ports.endClients(before.id, now, actor.label)
  const revokedKeys = yield* revokeKeysOf(before.id, now, actor.label)
  yield* ports.forget(before.id)
  yield* deleteMember(before.id)
  yield* bump('people')
  return { before, touches, endedSessions, endedClients, revokedKeys }
}

function* save(
  now: number,
  before: Member,
  change: Partial<Pick<Member, 'name' | 'email' | 'role' | 'status'>>,
): Work<Member> {
  const after: Member = { ...before, ...change, updatedAt: now, version: before.version + 1 }
  if (!(yield* updateMember(after, before.version)))
    throw editedMeanwhile(found(yield* memberById(before.id), 'member'))
  if (after.role !== before.role) yield* bump('roles')
  yield* bump('people')
  return after
}

function refuseOutdated(member: Member, version: number): void {
  if (member.version !== version) throw editedMeanwhile(member)
}

function editedMeanwhile(current: Member): Problem {
  return new Problem('edited_meanwhile', `${current.email} was changed by somebody else.`, {
    remedy: 'Look at the present state, then decide again.',
    data: { current },
  })
}

function refuseSelf(actor: Acting, member: Member): void {
  if (actor.id === member.id)
    throw new Problem('wrong_state', 'Nobody suspends, archives or deletes the own account.', {
      remedy: 'Ask another admin to do it.',
    })
}

function* refuseTaken(email: string): Work<void> {
  const taken = yield* memberByEmail(email)
  if (taken)
    throw new Problem('already_exists', `${taken.email} is a member already (${taken.status}).`, {
      remedy:
        taken.status === 'archived'
          ? 'Open the archived member and restore it.'
          : 'Open that member instead.',
      errors: [{ field: 'email', message: 'A member with this address exists.' }],
      data: { memberId: taken.id },
    })
}

/** What an audit record keeps of a member. */
export const auditedMember = (m: Member) => ({
  email: m.email,
  name: m.name,
  role: roles[m.role].key,
  status: m.status,
})

export const memberTarget = (m: Pick<Member, 'id' | 'email'>) => ({
  kind: 'member',
  id: m.id,
  label: m.email,
})
