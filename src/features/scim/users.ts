/** What a directory does with its users. Each is an act within a transaction. */
import {
  breakGlassOwners,
  groupsOfMembers,
  handOverMembers,
  leaveGroups,
  memberByEmail,
  memberById,
  memberTarget,
  nothingEnded,
  provisionMember,
  type Ended,
  type Member,
} from '#features/access/index.ts'
import type { Ids } from '#kernel/ids.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import type { Resource } from './attributes.ts'
import type { By, Done } from './done.ts'
import type { ScimPorts } from './ports.ts'
import { directoryById } from './store.directories.ts'
import { groupsAmong, groupsChanged } from './store.groups.ts'
import {
  documentIn,
  insertUser,
  setUserDeleted,
  updateUser,
  userByName,
  userOf,
  userRow,
} from './store.users.ts'
import type { UserRow } from './tables.ts'
import { readUser, type ScimUser } from './user.ts'

const taken = (detail: string, remedy: string): Problem =>
  new Problem('already_exists', detail, { remedy })

/**
 * A new user is a new member, unless the address is somebody's: then it is the same person, whom this directory had deleted, or
 * whom it may take over.
 */
export function* createUser(
  { provisioning }: ScimPorts,
  ids: Ids,
  by: By,
  given: Resource,
): Work<Done<UserRow>> {
  const { directory, now } = by
  const user = readUser(given)
  yield* refuseTakenName(by, user)
  const member = yield* memberByEmail(user.email)
  if (!member) {
    const made = yield* provisionMember(ids, now, user)
    const row = yield* insertUser(directory.id, made.id, user, now)
    return done(row, made, undefined, user, nothingEnded)
  }
  yield* refuseForeign(by, member)
  yield* handOverMembers([member.id], 'scim')
  const ended = yield* follow({ provisioning }, by, member, user)
  const row = yield* insertUser(directory.id, member.id, user, now)
  return done(row, member, { name: member.name, status: member.status }, user, ended)
}

/** Whom the directory may not make its own, each with the reason. */
function* refuseForeign({ directory }: By, member: Member): Work<void> {
  const row = yield* userRow(member.id)
  if (row?.directory_id === directory.id && row.deleted_at !== null) return
  if (row?.deleted_at === null) {
    const other = yield* directoryById(row.directory_id)
    throw taken(
      row.directory_id === directory.id
        ? `${member.email} is the address of the user ${row.user_name}.`
        : `${member.email} comes from the directory ${other?.name ?? ''}.`,
      'Each person comes from one directory and has an address of her own.',
    )
  }
  if (member.role === 'owner')
    throw taken(
      `${member.email} is an owner of this workspace, and no directory takes over an owner.`,
      'Leave her out of what is provisioned.',
    )
  if (directory.adopts === 0)
    throw taken(
      `${member.email} is a member already, and was not made by this directory.`,
      `Let ${directory.name} take over members on its page in Gatehouse, or leave her out of what is provisioned.`,
    )
}

function* refuseTakenName({ directory }: By, user: ScimUser, but?: string): Work<void> {
  const other = yield* userByName(directory.id, user.userName)
  if (other && other.member_id !== but)
    throw taken(
      `There is a user ${other.user_name} already (${other.member_id}).`,
      'Look for it by a filter on userName, and change that one.',
    )
}

/** Makes the user what `next` says: both PUT, with what was sent, and PATCH, with what comes of it. */
export function* changeUser(
  { provisioning }: ScimPorts,
  by: By,
  id: string,
  next: (before: Resource) => Resource,
  mayWrite: (row: UserRow) => void,
): Work<Done<UserRow>> {
  const row = found(yield* userOf(by.directory.id, id), 'user')
  mayWrite(row)
  const before = documentIn(row)
  const user = readUser({ active: row.active === 1, ...next(before) })
  if (JSON.stringify(user.document) === row.document) return { result: row, changed: undefined }
  const member = found(yield* memberById(id), 'user')
  yield* refuseTakenName(by, user, id)
  const holder = yield* memberByEmail(user.email)
  if (holder && holder.id !== id)
    throw taken(
      `${user.email} is the address of another member.`,
      'Each person has an address of her own.',
    )
  const changesStatus = user.active !== (row.active === 1)
  const ended = yield* follow({ provisioning }, by, member, user, changesStatus)
  const after = yield* updateUser(row, user, by.now)
  const told = done(after, member, shown(readUser(before)), user, ended)
  return changesStatus ? { ...told, settle: true } : told
}

/** The member follows the user. Where `active` stays as it was, so does she: an admin may have suspended her meanwhile. */
function* follow(
  { provisioning }: Pick<ScimPorts, 'provisioning'>,
  by: By,
  before: Member,
  user: ScimUser,
  changesStatus = true,
): Work<Ended> {
  const { directory, now } = by
  const name = user.name === '' ? before.name : user.name
  const member = yield* provisioning.change(now, before, { email: user.email, name })
  // Who was invited and has not answered is waiting for herself.
  const waits = user.active && member.status === 'invited'
  if (!changesStatus || waits) return nothingEnded
  if (!user.active) yield* refuseBreakGlass(member)
  return yield* provisioning.setStatus(
    { kind: 'scim', id: directory.id, label: directory.name },
    now,
    member,
    user.active ? 'active' : 'suspended',
  )
}

function* refuseBreakGlass(member: Member): Work<void> {
  if (member.role !== 'owner' || !(yield* breakGlassOwners()).has(member.id)) return
  throw new Problem(
    'forbidden',
    `${member.email} is an owner for emergencies, out of the reach of every directory.`,
    { remedy: 'Take the mark away in Gatehouse first.' },
  )
}

/** The member is archived, leaves the groups of the directory, and can be made anew from there. */
export function* deleteUser(
  { provisioning }: ScimPorts,
  by: By,
  id: string,
  mayWrite: (row: UserRow) => void,
): Work<Done<undefined>> {
  const { directory, now } = by
  const row = found(yield* userOf(directory.id, id), 'user')
  mayWrite(row)
  const member = found(yield* memberById(id), 'user')
  yield* refuseBreakGlass(member)
  const actor = { kind: 'scim', id: directory.id, label: directory.name }
  const ended = yield* provisioning.setStatus(actor, now, member, 'archived')
  const held = ((yield* groupsOfMembers([id])).get(id) ?? []).map((group) => group.id)
  const left = [...(yield* groupsAmong(directory.id, held))]
  yield* leaveGroups(left.map((groupId) => ({ groupId, memberId: id })))
  yield* groupsChanged(left, now)
  yield* setUserDeleted(id, now)
  // What a directory has let go is the admins' again.
  yield* handOverMembers([id], 'manual')
  const before = shown(readUser(documentIn(row)))
  const { touches, ...ends } = ended
  return {
    result: undefined,
    settle: true,
    changed: {
      target: memberTarget(member),
      before,
      after: { status: 'archived', leftGroups: left.length, ...ends },
      touches,
    },
  }
}

const shown = ({ userName, email, name, active }: ScimUser) => ({ userName, email, name, active })

function done(
  row: UserRow,
  member: Member,
  before: unknown,
  user: ScimUser,
  { touches, ...ends }: Ended,
): Done<UserRow> {
  const ended = Object.values(ends).some((n) => n > 0) ? ends : {}
  return {
    result: row,
    changed: {
      target: memberTarget({ id: member.id, email: user.email }),
      before,
      after: { ...shown(user), ...ended },
      touches,
    },
  }
}
