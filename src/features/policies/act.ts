import { createHash } from 'node:crypto'
import { withGrant } from './codex-use.ts'
import type { Act } from './schema.act.ts'
import type { Snapshot, SnapshotPolicy } from './snapshot.ts'

/** The text that an act would publish; only acts that publish need one. */
export interface Publishes {
  readonly policyId: string
  readonly name: string
  readonly text: string
  readonly defaults: string
  readonly number: number
  /** The number of the version that is served until then. */
  readonly replaces: number | null
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** What a policy says: its requirements.toml and, where there is one, the config.toml beside it. */
export interface Document {
  readonly text: string
  readonly defaults: string
}

/** Stands for both texts; U+0000 occurs in neither. Without defaults it is the hash of the one text. */
export const documentHash = ({ text, defaults }: Document): string =>
  sha256(defaults === '' ? text : `${text}\0${defaults}`)

/** The picture as it would be after an act. Nothing happens; unknown ids simply have no effect. */
export function afterAct(snapshot: Snapshot, act: Act, publishes?: Publishes): Snapshot {
  switch (act.kind) {
    case 'publish':
    case 'rollback':
      if (!publishes) return snapshot
      return {
        ...snapshot,
        policies: withEntry(snapshot.policies, publishes.policyId, newVersion(publishes)),
        rollouts: without(snapshot.rollouts, publishes.policyId),
      }
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
    case 'service_account':
      return { ...snapshot, accounts: withAccount(snapshot, act) }
    case 'remove_service_account':
      return { ...snapshot, accounts: without(snapshot.accounts, act.accountId) }
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
    case 'rollout': {
      const running = snapshot.rollouts.get(act.policyId)
      const rollout = running ?? (publishes && { id: 'new', policy: newVersion(publishes) })
      if (!rollout) return snapshot
      return {
        ...snapshot,
        rollouts: withEntry(snapshot.rollouts, act.policyId, { ...rollout, stage: act.stage }),
      }
    }
    case 'finish_rollout': {
      const rollout = snapshot.rollouts.get(act.policyId)
      if (!rollout) return snapshot
      return {
        ...snapshot,
        policies: withEntry(snapshot.policies, act.policyId, rollout.policy),
        rollouts: without(snapshot.rollouts, act.policyId),
      }
    }
    case 'take_back_rollout':
      return { ...snapshot, rollouts: without(snapshot.rollouts, act.policyId) }
    case 'role_grant': {
      const { roleId, holder, given } = act
      const codexUse = withGrant(snapshot.codexUse, holder, roleId, given ? null : 'taken')
      return { ...snapshot, codexUse }
    }
    case 'role_change': {
      const { codexUse } = snapshot
      const name = codexUse.roles.get(act.roleId)?.name ?? ''
      const codex = act.permissions.includes('codex.local.use')
      const roles = new Map([...codexUse.roles, [act.roleId, { name, codex }]])
      return { ...snapshot, codexUse: { ...codexUse, roles } }
    }
    case 'default_role':
      return { ...snapshot, codexUse: { ...snapshot.codexUse, defaultRoleId: act.roleId } }
    case 'surface': {
      const message = snapshot.surfaces.get(act.key)?.message ?? ''
      return {
        ...snapshot,
        surfaces: withEntry(snapshot.surfaces, act.key, { on: act.on, message }),
      }
    }
  }
}

const newVersion = (publishes: Publishes): SnapshotPolicy => ({
  id: publishes.policyId,
  name: publishes.name,
  versionId: 'new',
  version: publishes.number,
  text: publishes.text,
  defaults: publishes.defaults,
  sha256: documentHash(publishes),
})

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

function withAccount(
  snapshot: Snapshot,
  act: Extract<Act, { kind: 'service_account' }>,
): Snapshot['accounts'] {
  const { accountId: id, groupIds, status } = act
  const label = snapshot.accounts.get(id)?.label ?? id
  return withEntry(snapshot.accounts, id, { kind: 'service_account', id, label, groupIds, status })
}

function withEntry<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value)
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  const rest = new Map(map)
  rest.delete(key)
  return rest
}
