import type { Pair, What } from '../../impact/schema.ts'
import type { Act } from '../../schema.act.ts'

/** A setting by its key; one of the config.toml beside the requirements says so. */
export const settingName = ({ file, key }: Extract<What, { kind: 'setting' }>): string =>
  file === 'config.toml' ? `config.toml: ${key}` : key

/** What is done, for the heading of its effect, and where it is done. */
export function wordsOf(act: Act): { readonly title: string; readonly to: string } {
  switch (act.kind) {
    case 'publish':
      return { title: 'Publishing a draft', to: `/policies/${act.policyId}/publish` }
    case 'rollback':
      return { title: `Putting version ${act.version} back`, to: `/policies/${act.policyId}` }
    case 'rollout':
      return { title: 'Rolling out to a part', to: `/policies/${act.policyId}` }
    case 'finish_rollout':
      return { title: 'Rolling out to everybody', to: `/policies/${act.policyId}` }
    case 'take_back_rollout':
      return { title: 'Taking a rollout back', to: `/policies/${act.policyId}` }
    case 'rules':
      return { title: 'Other group rules', to: '/rules' }
    case 'default':
      return { title: 'Another default policy', to: '/rules' }
    case 'membership':
      return { title: 'Other members of a group', to: `/groups/${act.groupId}` }
    case 'delete_group':
      return { title: 'Deleting a group', to: `/groups/${act.groupId}` }
    case 'enrolment':
      return { title: 'Binding an enrolment', to: `/enrolments/${act.enrolmentId}` }
    case 'remove_enrolment':
      return { title: 'Revoking an enrolment', to: `/enrolments/${act.enrolmentId}` }
    case 'service_account':
      return {
        title: 'Other groups of a service account',
        to: `/service-accounts/${act.accountId}`,
      }
    case 'remove_service_account':
      return { title: 'Deleting a service account', to: `/service-accounts/${act.accountId}` }
    case 'remove_member':
      return { title: 'Taking a member away', to: `/members/${act.memberId}` }
    case 'activate_member':
      return { title: 'Activating a member', to: `/members/${act.memberId}` }
    case 'join_groups':
      return { title: 'Joining groups', to: '/groups' }
    case 'role_grant':
      return {
        title: act.given ? 'Giving a role' : 'Taking a role away',
        to: `/roles/${act.roleId}`,
      }
    case 'role_change':
      return { title: 'Changing a role', to: `/roles/${act.roleId}` }
    case 'default_role':
      return { title: 'Another default role', to: '/roles' }
    case 'surface':
      return { title: `Turning a surface ${act.on ? 'on' : 'off'}`, to: '/surfaces' }
  }
}

/** What a client is given, where it is no policy that has a name. */
export const givenWords = {
  policy: 'a policy',
  nothing: 'no policy',
  refused: 'refuses to start',
  gone: 'gone',
} as const

export const pairOptions = (pairs: readonly Pair[]): { value: string; label: string }[] =>
  pairs.map((pair) => ({ value: pair.id, label: pairName(pair) }))

const pairName = (pair: Pair): string =>
  [[pair.before, pair.beforeIs] as const, [pair.after, pair.afterIs] as const]
    .map(([side, is]) => (side ? `${side.name} v${side.version}` : givenWords[is]))
    .join(' → ')
