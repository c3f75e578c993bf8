/** What a directory does with its groups. Each is an act within a transaction. */
import {
  groupById,
  groupByName,
  handOverGroups,
  memberIdsOfGroups,
  permissionsOfGroup,
  provisionGroup,
  renameProvisionedGroup,
  type GroupRecord,
} from '#features/access/index.ts'
import type { Ids } from '#kernel/ids.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import type { Resource } from './attributes.ts'
import { complaint } from './complaint.ts'
import type { By, Done } from './done.ts'
import {
  externalIdOf,
  groupName,
  memberIds,
  type GroupIntent,
  type MembersIntent,
} from './group.patch.ts'
import type { ScimPorts } from './ports.ts'
import { forgetGroups, groupOf, groupRow, insertGroup, updateGroup } from './store.groups.ts'
import { usersAmong } from './store.users.ts'
import type { GroupRow } from './tables.ts'

export interface GroupAndRow {
  readonly group: GroupRecord
  readonly row: GroupRow
}

/** What PUT and POST send, in any case of the attribute names. */
export function readGroup(given: Resource): GroupIntent {
  const byKey = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]))
  return {
    name: groupName(byKey.get('displayname')),
    externalId: externalIdOf(byKey.get('externalid')),
    members: { whole: true, add: new Set(memberIds(byKey.get('members'))), remove: new Set() },
  }
}

export function* createGroup(
  { provisioning }: ScimPorts,
  ids: Ids,
  by: By,
  given: Resource,
): Work<Done<GroupAndRow>> {
  const { directory, now } = by
  const { name = '', externalId = null, members } = readGroup(given)
  const taken = yield* groupByName(name)
  if (taken) yield* refuseForeign(by, taken)
  const group = taken ?? (yield* provisionGroup(ids, now, name))
  if (taken) yield* handOverGroups([taken.id], 'scim')
  const row = yield* insertGroup(directory.id, group.id, { name, externalId }, now)
  const { add, remove } = yield* membersMeant(by, group.id, members)
  const { added, removed, touches } = yield* provisioning.changeMembership(now, group.id, {
    add,
    remove,
  })
  return {
    result: { group, row },
    ...(added.length > 0 ? { settle: true } : {}),
    changed: {
      target: { kind: 'group', id: group.id, label: name },
      ...(taken ? { before: { name: taken.name, keptBy: 'hand' } } : {}),
      after: { name, added: added.length, removed: removed.length },
      touches,
    },
  }
}

/**
 * A group that was made by hand is taken over only where that is allowed, and never one that gives rights: the directory would
 * decide who administers this workspace, and nobody has said so.
 */
function* refuseForeign({ directory, now }: By, taken: GroupRecord): Work<void> {
  const row = yield* groupRow(taken.id)
  const refuse = (detail: string, remedy: string) =>
    new Problem('already_exists', detail, { remedy })
  if (row)
    throw refuse(
      row.directory_id === directory.id
        ? `There is a group ${taken.name} already (${taken.id}).`
        : `The group ${taken.name} comes from another directory.`,
      'Give it another name.',
    )
  if (directory.adopts === 0)
    throw refuse(
      `There is a group ${taken.name} already, and it was not made by this directory.`,
      `Let ${directory.name} take over groups on its page in Gatehouse, or rename one of the two.`,
    )
  const gives = [...(yield* permissionsOfGroup(taken.id, now))]
  if (gives.length > 0)
    throw refuse(
      `The group ${taken.name} gives a role, and no directory takes over such a group.`,
      'Take the role from the group first, and give it to the group again afterwards.',
    )
}

export function* changeGroup(
  { provisioning }: ScimPorts,
  by: By,
  id: string,
  intent: GroupIntent,
  mayWrite: (row: GroupRow) => void,
): Work<Done<GroupAndRow>> {
  const { directory, now } = by
  const row = found(yield* groupOf(directory.id, id), 'group')
  mayWrite(row)
  const before = found(yield* groupById(id), 'group')
  const name = intent.name ?? before.name
  const externalId = intent.externalId === undefined ? row.external_id : intent.externalId
  const group = name === before.name ? before : yield* renameProvisionedGroup(now, before, name)
  const { add, remove } = yield* membersMeant(by, id, intent.members)
  const { added, removed, touches } = yield* provisioning.changeMembership(now, id, {
    add,
    remove,
  })
  const renamed = name !== before.name || externalId !== row.external_id
  if (!renamed && added.length + removed.length === 0)
    return { result: { group, row }, changed: undefined }
  return {
    result: { group, row: yield* updateGroup(row, { name, externalId }, now) },
    ...(added.length + removed.length > 0 ? { settle: true } : {}),
    changed: {
      target: { kind: 'group', id, label: name },
      ...(renamed ? { before: { name: before.name } } : {}),
      after: { ...(renamed ? { name } : {}), added: some(added), removed: some(removed) },
      touches,
    },
  }
}

/** A record stays small: so many ids are named, of the others only the number. */
const named = 100
const some = (ids: readonly string[]): unknown => (ids.length <= named ? ids : ids.length)

/** Who is to come and to go. Only users of the directory itself: others are out of its reach. */
function* membersMeant(
  { directory }: By,
  groupId: string,
  { whole, add, remove }: MembersIntent,
): Work<{ readonly add: readonly string[]; readonly remove: readonly string[] }> {
  const users = yield* usersAmong(directory.id, [...add])
  const unknown = [...add].filter((id) => !users.has(id))
  if (unknown.length > 0)
    throw complaint(
      'invalidValue',
      `${unknown.slice(0, 5).join(', ')} ${unknown.length === 1 ? 'is no user' : 'are no users'} of this directory.`,
    )
  if (!whole) return { add: [...add], remove: [...remove] }
  const present = (yield* memberIdsOfGroups([groupId])).get(groupId) ?? []
  const held = new Set(present)
  return {
    add: [...add].filter((id) => !held.has(id)),
    remove: present.filter((id) => !add.has(id)),
  }
}

export function* deleteGroup(
  { provisioning }: ScimPorts,
  { directory, now }: By,
  id: string,
  mayWrite: (row: GroupRow) => void,
): Work<Done<undefined>> {
  const row = found(yield* groupOf(directory.id, id), 'group')
  mayWrite(row)
  const group = found(yield* groupById(id), 'group')
  const members = (yield* memberIdsOfGroups([id])).get(id) ?? []
  yield* provisioning.removeGroup(now, group, members)
  yield* forgetGroups([id])
  return {
    result: undefined,
    changed: {
      target: { kind: 'group', id, label: group.name },
      before: { name: group.name, members: members.length },
      touches: 0,
    },
  }
}
