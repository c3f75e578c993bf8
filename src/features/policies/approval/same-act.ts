import { sha256 } from '../act.ts'
import type { ProposedAct } from './schema.ts'

/** Stands for an act whatever the order in which its sets were named; where the order decides, as with rules, it counts. */
export const actHash = (act: ProposedAct): string => sha256(JSON.stringify(sorted(canonical(act))))

function canonical(act: ProposedAct): ProposedAct {
  switch (act.kind) {
    case 'membership':
      return { ...act, add: set(act.add), remove: set(act.remove) }
    case 'join_groups': {
      const joins = new Map(act.joins.map((join) => [`${join.groupId} ${join.memberId}`, join]))
      return { ...act, joins: set([...joins.keys()]).flatMap((key) => joins.get(key) ?? []) }
    }
    case 'rollout': {
      const { groupIds, enrolmentIds, percent } = act.stage
      return {
        ...act,
        stage: { groupIds: set(groupIds), enrolmentIds: set(enrolmentIds), percent },
      }
    }
    case 'role_change':
      return { ...act, permissions: [...new Set(act.permissions)].sort() }
    case 'service_account':
      return { ...act, groupIds: set(act.groupIds) }
    case 'publish':
    case 'rollback':
    case 'rules':
    case 'default':
    case 'delete_group':
    case 'enrolment':
    case 'remove_enrolment':
    case 'remove_service_account':
    case 'remove_member':
    case 'activate_member':
    case 'surface':
    case 'role_grant':
    case 'default_role':
    case 'finish_rollout':
    case 'take_back_rollout':
    case 'four_eyes_off':
      return act
  }
}

const set = (ids: readonly string[]): string[] => [...new Set(ids)].sort()

/** With the members of every object in one order, and nothing that is undefined. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  )
}
