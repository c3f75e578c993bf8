import { bump } from '#features/workspace/index.ts'
import type { Ids } from '#kernel/ids.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { nameKey } from './identity.ts'
import { demand } from './may.ts'
import type { Acting, Changed } from './members.ts'
import { refuseOwnedGroup } from './owned.ts'
import type { AccessPorts } from './ports.ts'
import { defaultPermissions, grantsOfGroup } from './rights.ts'
import type { Group, UsedBy } from './schema.ts'
import {
  deleteGroup,
  deleteMemberships,
  existingMembers,
  groupById,
  groupByName,
  insertGroups,
  insertMemberships,
  membersAmong,
  setTerms,
  updateGroup,
} from './store.groups.ts'

export function* createGroup(
  ids: Ids,
  now: number,
  given: { readonly name: string; readonly description: string },
): Work<Group> {
  yield* refuseTakenName(given.name)
  const group: Group = {
    id: ids('grp'),
    name: given.name.trim(),
    description: given.description.trim(),
    source: 'manual',
    members: 0,
    createdAt: now,
    updatedAt: now,
    version: 1,
  }
  yield* insertGroups([group])
  yield* bump('people')
  return group
}

export function* changeGroup(
  ports: Pick<AccessPorts, 'keeperOf'>,
  now: number,
  id: string,
  given: {
    readonly name?: string | undefined
    readonly description?: string | undefined
    readonly version: number
  },
): Work<Changed<Group>> {
  const before = yield* editable(ports, id, given.version)
  const name = given.name?.trim() ?? before.name
  if (nameKey(name) !== nameKey(before.name)) yield* refuseTakenName(name)
  const after: Group = {
    ...before,
    name,
    description: given.description?.trim() ?? before.description,
    updatedAt: now,
    version: before.version + 1,
  }
  if (!(yield* updateGroup(after, before.version)))
    throw editedMeanwhile(found(yield* groupById(id), 'group'))
  yield* bump('people')
  return { before, after }
}

/** Refused with `in_use` and the list of what refers to it, while a rule or an enrolment does. */
export function* removeGroup(
  ports: AccessPorts,
  now: number,
  id: string,
  version: number,
): Work<Group> {
  const group = yield* editable(ports, id, version)
  const usedBy = [...(yield* ports.groupUsedBy(id)), ...(yield* rolesGivenTo(id, now))]
  if (usedBy.length > 0)
    throw new Problem(
      'in_use',
      `${group.name} is used by ${usedBy.map((u) => u.label).join(', ')}.`,
      { remedy: 'Take it out of there first.', data: { usedBy } },
    )
  yield* deleteGroup(id)
  yield* bump('people')
  return group
}

/** The roles that the group was given, as what keeps it from being deleted. */
export function* rolesGivenTo(groupId: string, now: number): Work<readonly UsedBy[]> {
  return (yield* grantsOfGroup(groupId, now)).map(({ from }) => ({
    kind: 'role',
    id: from.id,
    label: `The role ${from.name}`,
    link: `/roles/${from.id}`,
  }))
}

export interface MembershipWish {
  readonly id: string
  readonly add: readonly string[]
  readonly remove: readonly string[]
  /** How long those who are added stay (ms); null: for good. */
  readonly lasts?: number | null | undefined
  readonly requestId?: string
  readonly changeSet?: string | undefined
}

export interface MembershipChanged {
  readonly group: Group
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Who was in already for a time, which now ends at another moment or never. */
  readonly changed: readonly string[]
  /** When it ends for those who were added or changed (ms); null: never. */
  readonly endsAt: number | null
  /** Those to be added who stay in as they were, with when that ends. */
  readonly kept: ReadonlyMap<string, number | null>
  readonly touches: number
}

/**
 * Adds and removes many at once, as one change set. Who is in for good already, or is not in, is passed over; who is in for a
 * time and is added again stays for the time that is said now.
 */
export function* changeMembership(
  ports: AccessPorts,
  actor: Acting,
  now: number,
  given: MembershipWish,
): Work<MembershipChanged> {
  const group = yield* handMade(ports, given.id)
  const add = [...new Set(given.add)]
  const remove = [...new Set(given.remove)]
  const both = add.filter((id) => remove.includes(id))
  if (both.length > 0)
    throw new Problem('invalid_input', `${both.join(', ')} would be added and removed.`, {
      errors: [{ field: 'add', message: 'Also in `remove`.' }],
    })
  yield* demandMembership(actor, now, group.id, {
    joins: add.length > 0,
    leaves: remove.length > 0,
  })
  yield* refuseUnknown([...add, ...remove])
  const present = yield* membersAmong(group.id, [...add, ...remove])
  const added = add.filter((id) => !present.has(id))
  const removed = remove.filter((id) => present.has(id))
  const endsAt = given.lasts == null ? null : now + given.lasts
  const changed = add.filter((id) => {
    const before = present.get(id)
    if (typeof before !== 'number') return false
    // Whoever asked for more time must not be left with less.
    return given.requestId === undefined || endsAt === null || before < endsAt
  })
  const { touches } = yield* ports.changeSets.touch(
    { kind: 'membership', groupId: group.id, add, remove, ...lasting(given.lasts) },
    given.changeSet,
    { actor, now },
  )
  const terms = { endsAt, requestId: given.requestId ?? null }
  yield* insertMemberships(
    added.map((memberId) => ({ groupId: group.id, memberId })),
    now,
    terms,
  )
  yield* setTerms(group.id, changed, terms)
  yield* deleteMemberships(group.id, removed)
  if (added.length + removed.length + changed.length > 0) yield* bump('people')
  return {
    group: { ...group, members: group.members + added.length - removed.length },
    added,
    removed,
    changed,
    endsAt,
    kept: new Map(
      add.flatMap((id) => {
        const before = present.get(id)
        return before === undefined || changed.includes(id) ? [] : [[id, before] as const]
      }),
    ),
    touches,
  }
}

const lasting = (lasts: number | null | undefined) => (lasts == null ? {} : { lasts })

/** A group gives the roles that it was given: nobody lets others have by it what she does not hold, or takes it from them. */
function* demandMembership(
  actor: Acting,
  now: number,
  groupId: string,
  change: { readonly joins: boolean; readonly leaves: boolean },
): Work<void> {
  const given = yield* grantsOfGroup(groupId, now)
  const grants = given.flatMap(({ permissions }) => permissions)
  if (change.joins || !change.leaves) demand(actor, { kind: 'join_group', grants })
  if (!change.leaves) return
  const fallback = given.length > 0 ? yield* defaultPermissions() : []
  demand(actor, { kind: 'leave_group', grants, fallback })
}

/** Puts a member that was just made into groups. Unknown groups are `invalid_input`. */
export function* joinGroups(
  actor: Acting,
  now: number,
  memberId: string,
  groupIds: readonly string[],
): Work<void> {
  const wanted = [...new Set(groupIds)]
  if (wanted.length === 0) return
  for (const id of wanted) {
    const group = yield* groupById(id)
    if (!group)
      throw new Problem('invalid_input', `There is no group ${id}.`, {
        errors: [{ field: 'groupIds', message: 'There is no such group.' }],
      })
    refuseProvisioned(group)
    yield* demandMembership(actor, now, id, { joins: true, leaves: false })
  }
  yield* insertMemberships(
    wanted.map((groupId) => ({ groupId, memberId })),
    now,
  )
  yield* bump('people')
}

function* refuseUnknown(ids: readonly string[]): Work<void> {
  const known = yield* existingMembers(ids)
  const unknown = ids.filter((id) => !known.has(id))
  if (unknown.length > 0)
    throw new Problem('not_found', `There is no such member: ${unknown.slice(0, 5).join(', ')}.`, {
      remedy: 'Reload the page; they may have been deleted.',
      data: { unknown: unknown.slice(0, 100) },
    })
}

function* handMade(ports: Pick<AccessPorts, 'keeperOf'>, id: string): Work<Group> {
  const group = found(yield* groupById(id), 'group')
  yield* refuseOwnedGroup(ports, group)
  return group
}

function* editable(ports: Pick<AccessPorts, 'keeperOf'>, id: string, version: number): Work<Group> {
  const group = yield* handMade(ports, id)
  if (group.version !== version) throw editedMeanwhile(group)
  return group
}

/** One authoritative source each: what an identity provider sends is not edited here. */
function refuseProvisioned(group: Pick<Group, 'name' | 'source'>): void {
  if (group.source !== 'manual')
    throw new Problem('managed_elsewhere', `${group.name} is kept by a directory.`, {
      remedy: 'Change it there.',
    })
}

function* refuseTakenName(name: string): Work<void> {
  const taken = yield* groupByName(name)
  if (taken)
    throw new Problem('already_exists', `There is a group ${taken.name} already.`, {
      remedy: 'Choose another name.',
      errors: [{ field: 'name', message: 'A group with this name exists.' }],
      data: { groupId: taken.id },
    })
}

function editedMeanwhile(current: Group): Problem {
  return new Problem('edited_meanwhile', `${current.name} was changed by somebody else.`, {
    remedy: 'Look at the present state, then decide again.',
    data: { current },
  })
}

export const auditedGroup = (g: Group) => ({ name: g.name, description: g.description })
export const groupTarget = (g: Pick<Group, 'id' | 'name'>) => ({
  kind: 'group',
  id: g.id,
  label: g.name,
})
