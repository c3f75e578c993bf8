import type { Work } from '#kernel/work.ts'
import { afterAct } from './act.ts'
import { changes } from './changeset.ts'
import type { Directory } from './directory.ts'
import { assess } from './preview.ts'
import type { Act } from './schema.act.ts'
import type { Snapshot } from './snapshot.ts'

/**
 * How many principals get another effective policy by the act. An act on named members is looked at for those alone:
 * a directory that provisions 50,000 asks it with every request.
 */
export function* reachOf(
  { present, presentOf }: Pick<Directory, 'present' | 'presentOf'>,
  act: Act,
): Work<number> {
  const ids = membersOf(act)
  if (!ids) return (yield* assess(present, act)).changes.touches
  const joined = groupsOf(act)
  if (joined) {
    const nobody = yield* presentOf([])
    if (!joined.some((id) => decides(nobody, id))) return 0
  }
  const before = only(yield* presentOf(ids), ids)
  return changes(before, afterAct(before, act)).touches
}

/** Undefined: others may be touched as well. */
function membersOf(act: Act): readonly string[] | undefined {
  switch (act.kind) {
    case 'membership':
      return [...act.add, ...act.remove]
    case 'join_groups':
      return act.joins.map(({ memberId }) => memberId)
    case 'remove_member':
    case 'activate_member':
      return [act.memberId]
    default:
      return undefined
  }
}

/** Undefined: it is not, or not only, about who is in which group. */
function groupsOf(act: Act): readonly string[] | undefined {
  if (act.kind === 'membership') return [act.groupId]
  return act.kind === 'join_groups' ? act.joins.map(({ groupId }) => groupId) : undefined
}

/** Whether being in the group makes a difference: a rule, a stage or a role names it. Few of a directory's groups do. */
function decides({ rules, rollouts, codexUse }: Snapshot, groupId: string): boolean {
  return (
    rules.some((rule) => rule.groupId === groupId) ||
    codexUse.byGroup.has(groupId) ||
    [...rollouts.values()].some(({ stage }) => stage.groupIds.includes(groupId))
  )
}

function only(snapshot: Snapshot, memberIds: readonly string[]): Snapshot {
  const pick = <V>(map: ReadonlyMap<string, V>): ReadonlyMap<string, V> => {
    const picked = new Map<string, V>()
    for (const id of memberIds) {
      const value = map.get(id)
      if (value !== undefined) picked.set(id, value)
    }
    return picked
  }
  return {
    ...snapshot,
    members: pick(snapshot.members),
    memberGroups: pick(snapshot.memberGroups),
    enrolments: new Map(),
    accounts: new Map(),
  }
}
