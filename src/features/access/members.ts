import { bump, type Permission } from '#features/workspace/index.ts'
import type { Ids } from '#kernel/ids.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Actor } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { emailKey } from './identity.ts'
import { demand } from './may.ts'
import { keepAnOwner } from './owners.ts'
import type { AccessPorts } from './ports.ts'
import { permissionsOf, potentialOf, roles } from './roles.ts'
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

/** The member as the one who acts. The session's own facts (id, time of the password) are added by sign-in. */
export function actorFor(member: Member): Actor<Permission> {
  return {
    kind: 'session',
    id: member.id,
    label: member.email,
    permissions: permissionsOf(member),
    role: member.role,
  }
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
export function* managed(actor: Acting, id: string, version: number): Work<Member> {
  const member = found(yield* memberById(id), 'member')
  refuseOutdated(member, version)
  demand(actor, { kind: 'manage_member', holds: potentialOf(member) })
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
  demand(actor, { kind: 'change_role', holds: potentialOf(before), role: given.role })
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

export interface StatusChanged extends Changed<Member> {
  readonly touches: number
  readonly endedSessions: number
  readonly revokedKeys: number
}

/**
 * Suspending and archiving end all sessions in the same transaction; archiving also revokes the keys she made. Keys of a
 * suspended member sleep, because a key never holds more than its maker holds now.
 */
export function* changeStatus(
  ports: AccessPorts,
  actor: Acting,
  now: number,
  change: StatusChange,
): Work<StatusChanged> {
  const before = yield* managed(actor, change.id, change.version)
  refuseSelf(actor, before)
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
  )
  yield* keepAnOwner(ports, before, { ...before, status: change.status })
  const after = yield* save(now, before, { status: change.status })
  const endedSessions = change.status === 'active' ? 0 : yield* ports.endSessions(before.id)
  const revokedKeys =
    change.status === 'archived' ? yield* revokeKeysOf(before.id, now, actor.label) : 0
  return { before, after, touches, endedSessions, revokedKeys }
}

/** Removes the member for good: memberships, sessions, password. Keys stay listed, revoked, with the name of their maker. */
export function* removeMember(
  ports: AccessPorts,
  actor: Acting,
  now: number,
  given: { readonly id: string; readonly version: number; readonly changeSet?: string | undefined },
): Work<Omit<StatusChanged, 'after'>> {
  const before = yield* managed(actor, given.id, given.version)
  refuseSelf(actor, before)
  const { touches } = yield* ports.changeSets.touch(
    { kind: 'remove_member', memberId: before.id },
    given.changeSet,
  )
  yield* keepAnOwner(ports, before, undefined)
  const endedSessions = yield* ports.endSessions(before.id)
  const revokedKeys = yield* revokeKeysOf(before.id, now, actor.label)
  yield* ports.forget(before.id)
  yield* deleteMember(before.id)
  yield* bump('people')
  return { before, touches, endedSessions, revokedKeys }
}

function* save(
  now: number,
  before: Member,
  change: Partial<Pick<Member, 'name' | 'email' | 'role' | 'status'>>,
): Work<Member> {
  const after: Member = { ...before, ...change, updatedAt: now, version: before.version + 1 }
  if (!(yield* updateMember(after, before.version)))
    throw editedMeanwhile(found(yield* memberById(before.id), 'member'))
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
