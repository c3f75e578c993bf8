import type { Permission } from '#features/workspace/index.ts'
import { lengthText } from '#kernel/clock.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Act } from '../schema.act.ts'
import type { ProposedAct } from './schema.ts'

/**
 * Acts that take access away never wait for a second person: whoever sees a leaked key or a stolen account must be able to
 * end it at once, also alone at night. They are reviewed afterwards.
 */
export const takesAway = (act: Act): boolean =>
  act.kind === 'remove_enrolment' ||
  act.kind === 'remove_member' ||
  act.kind === 'remove_service_account' ||
  (act.kind === 'service_account' && act.status === 'suspended') ||
  (act.kind === 'role_grant' && !act.given) ||
  (act.kind === 'surface' && !act.on)

/** Acts that give back what was served before: the only ones that somebody may call an emergency. */
export const canBeEmergency = (act: Act): boolean =>
  act.kind === 'rollback' || act.kind === 'take_back_rollout'

/** The permission that doing the act needs; proposing it needs the same. */
export const permissionFor: Readonly<Record<ProposedAct['kind'], Permission>> = {
  publish: 'policies.publish',
  rollback: 'policies.publish',
  rules: 'policies.publish',
  default: 'policies.publish',
  rollout: 'policies.publish',
  finish_rollout: 'policies.publish',
  take_back_rollout: 'policies.publish',
  membership: 'members.manage',
  delete_group: 'members.manage',
  remove_member: 'members.manage',
  activate_member: 'members.manage',
  join_groups: 'members.manage',
  enrolment: 'enrolments.manage',
  remove_enrolment: 'enrolments.manage',
  service_account: 'service_accounts.manage',
  remove_service_account: 'service_accounts.manage',
  surface: 'surfaces.manage',
  role_grant: 'roles.manage',
  role_change: 'roles.manage',
  default_role: 'roles.manage',
  four_eyes_off: 'settings.manage',
}

/** Whether what the act serves is a draft, as opposed to a version. */
export const servesDraft = (
  act: ProposedAct,
  snapshot: Snapshot,
): act is Act & { policyId: string } =>
  act.kind === 'publish' || (act.kind === 'rollout' && !snapshot.rollouts.has(act.policyId))

/** The act in a line, with the names of today. */
export function titleOf(
  act: ProposedAct,
  snapshot: Snapshot,
  /** The policy that the act is about, which may not be published yet, and the version that it would make. */
  its: { readonly name: string; readonly number: number | undefined },
): string {
  const group = (id: string | null): string =>
    id === null ? 'no group' : (snapshot.groups.get(id)?.name ?? id)
  const member = (id: string): string => snapshot.members.get(id)?.email ?? id
  const policy = (id: string): string => snapshot.policies.get(id)?.name ?? its.name
  const enrolment = (id: string): string => snapshot.enrolments.get(id)?.label ?? id
  const account = (id: string): string => snapshot.accounts.get(id)?.label ?? id
  const role = (id: string): string => snapshot.codexUse.roles.get(id)?.name ?? id
  switch (act.kind) {
    case 'publish':
      return `Publish ${policy(act.policyId)} version ${its.number ?? ''}`.trim()
    case 'rollback':
      return `Put back version ${act.version} of ${policy(act.policyId)}`
    case 'rules':
      return `Change the group rules (${act.rules.length})`
    case 'default':
      return act.policyId === null
        ? 'No default policy any more'
        : `Make ${policy(act.policyId)} the default policy`
    case 'rollout':
      return `Roll ${policy(act.policyId)} out to a part`
    case 'finish_rollout':
      return `Give the new version of ${policy(act.policyId)} to everybody`
    case 'take_back_rollout':
      return `Take the new version of ${policy(act.policyId)} back`
    case 'membership':
      return `Change who is in ${group(act.groupId)} (+${act.add.length} −${act.remove.length})${act.lasts === undefined ? '' : ` for ${lengthText(act.lasts)}`}`
    case 'delete_group':
      return `Delete the group ${group(act.groupId)}`
    case 'remove_member':
      return `Take ${member(act.memberId)} away`
    case 'activate_member':
      return `Make ${member(act.memberId)} active again`
    case 'join_groups':
      return `Import memberships (${act.joins.length})`
    case 'enrolment':
      return `Bind the enrolment ${enrolment(act.enrolmentId)} to ${group(act.groupId)}`
    case 'remove_enrolment':
      return `Revoke the enrolment ${enrolment(act.enrolmentId)}`
    case 'service_account':
      return act.status === 'suspended'
        ? `Suspend the service account ${account(act.accountId)}`
        : `Give the service account ${account(act.accountId)} the policy of ${act.groupIds.length === 0 ? 'no group' : act.groupIds.map(group).join(', ')}`
    case 'remove_service_account':
      return `Delete the service account ${account(act.accountId)}`
    case 'role_grant': {
      const { kind, id } = act.holder
      const holder = kind === 'group' ? group(id) : member(id)
      const time = act.lasts === undefined ? '' : ` for ${lengthText(act.lasts)}`
      return act.given
        ? `Give the role ${role(act.roleId)} to ${holder}${time}`
        : `Take the role ${role(act.roleId)} from ${holder}`
    }
    case 'role_change':
      return `Change what the role ${role(act.roleId)} holds`
    case 'default_role':
      return act.roleId === null
        ? 'No default role any more'
        : `Make ${role(act.roleId)} the default role`
    case 'surface':
      return `Turn ${act.key} ${act.on ? 'on' : 'off'}`
    case 'four_eyes_off':
      return 'Turn the four-eyes rule off'
  }
}
