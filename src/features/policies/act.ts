import { createHash } from 'node:crypto'
import type { Act } from './schema.ts'
import type { Snapshot, SnapshotPolicy } from './snapshot.ts'

/** The text that an act would publish; only acts that publish need one. */
export interface Publishes {
  readonly policyId: string
  readonly name: string
  readonly text: string
  readonly number: number
  /** The number of the version that is served until then. */
  readonly replaces: number | null
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The picture as it would be after an act. Nothing happens; unknown ids simply have no effect. */
export function afterAct(snapshot: Snapshot, act: Act, publishes?: Publishes): Snapshot {
  switch (act.kind) {
    case 'publish':
    case 'rollback':
      return publishes ? { ...snapshot, policies: withVersion(snapshot, publishes) } : snapshot
    case 'rules':
      return {
        ...snapshot,
        rules: act.rules.map((rule, i) => ({
          ...rule,
          id: snapshot.rules.find((r) => r.groupId === rule.groupId)?.id ?? `new${i}`,
          position: i + 1,
        })),
      }
    case 'default':
      return { ...snapshot, defaultPolicyId: act.policyId }
    case 'membership':
      return { ...snapshot, memberGroups: withMembership(snapshot, act) }
    case 'delete_group':
      return {
        ...snapshot,
        rules: snapshot.rules.filter((r) => r.groupId !== act.groupId),
        groups: without(snapshot.groups, act.groupId),
      }
    case 'enrolment':
      return { ...snapshot, enrolments: withBinding(snapshot, act) }
    case 'remove_enrolment':
      return { ...snapshot, enrolments: without(snapshot.enrolments, act.enrolmentId) }
    case 'remove_member':
      return { ...snapshot, members: without(snapshot.members, act.memberId) }
    case 'activate_member': {
      const member = snapshot.members.get(act.memberId)
      if (!member) return snapshot
      return {
        ...snapshot,
        members: withEntry(snapshot.members, member.id, { ...member, status: 'active' }),
      }
    }
    case 'join_groups':
      return { ...snapshot, memberGroups: withJoins(snapshot.memberGroups, act.joins) }
    case 'surface': {
      const message = snapshot.surfaces.get(act.key)?.message ?? ''
      return {
        ...snapshot,
        surfaces: withEntry(snapshot.surfaces, act.key, { on: act.on, message }),
      }
    }
  }
}

function withVersion(
  snapshot: Snapshot,
  publishes: Publishes,
): ReadonlyMap<string, SnapshotPolicy> {
  return withEntry(snapshot.policies, publishes.policyId, {
    id: publishes.policyId,
    name: publishes.name,
    versionId: 'new',
    version: publishes.number,
    text: publishes.text,
    sha256: sha256(publishes.text),
  })
}

function withMembership(
  snapshot: Snapshot,
  act: Extract<Act, { kind: 'membership' }>,
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map(snapshot.memberGroups)
  for (const id of act.remove)
    groups.set(
      id,
      (groups.get(id) ?? []).filter((g) => g !== act.groupId),
    )
  return withJoins(
    groups,
    act.add.map((memberId) => ({ memberId, groupId: act.groupId })),
  )
}

function withJoins(
  memberGroups: Snapshot['memberGroups'],
  joins: readonly { readonly memberId: string; readonly groupId: string }[],
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map(memberGroups)
  for (const { memberId, groupId } of joins) {
    const held = groups.get(memberId) ?? []
    if (!held.includes(groupId)) groups.set(memberId, [...held, groupId])
  }
  return groups
}

function withBinding(
  snapshot: Snapshot,
  act: Extract<Act, { kind: 'enrolment' }>,
): Snapshot['enrolments'] {
  const enrolment = snapshot.enrolments.get(act.enrolmentId)
  if (!enrolment) return snapshot.enrolments
  const groupIds = act.groupId === null ? [] : [act.groupId]
  return withEntry(snapshot.enrolments, act.enrolmentId, { ...enrolment, groupIds })
}

function withEntry<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value)
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  const rest = new Map(map)
  rest.delete(key)
  return rest
}
