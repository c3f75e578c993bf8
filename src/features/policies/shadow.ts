import { decider } from './resolve.ts'
import { principals, type Snapshot } from './snapshot.ts'

/** For one rule: how many are in its group, for how many it decides, and which earlier rules take the others. */
export interface Reach {
  inGroup: number
  decides: number
  readonly takenBy: Map<number, number>
}

export interface Reaches {
  /** By index of the rule. */
  readonly rules: readonly Reach[]
  /** Those whom the default decides for, or nothing when there is no default. */
  readonly others: number
  /** Policy id → active members and enrolments that get it; the key '' is "no policy at all". */
  readonly byPolicy: ReadonlyMap<string, { readonly members: number; readonly enrolments: number }>
}

const reaches = new WeakMap<Snapshot, Reaches>()

/** Counted once per snapshot: one pass over everybody. */
export function reach(snapshot: Snapshot): Reaches {
  const known = reaches.get(snapshot)
  if (known) return known
  const rules: Reach[] = snapshot.rules.map(() => ({ inGroup: 0, decides: 0, takenBy: new Map() }))
  const ruleOfGroup = new Map(snapshot.rules.map((rule, index) => [rule.groupId, index]))
  const byPolicy = new Map<string, { members: number; enrolments: number }>()
  const decide = decider(snapshot)
  let others = 0
  for (const principal of principals(snapshot)) {
    const winner = decide(principal.groupIds)
    const policyId =
      winner < 0 ? (snapshot.defaultPolicyId ?? '') : (snapshot.rules[winner]?.policyId ?? '')
    const count = byPolicy.get(policyId) ?? { members: 0, enrolments: 0 }
    count[principal.kind === 'member' ? 'members' : 'enrolments'] += 1
    byPolicy.set(policyId, count)
    if (winner < 0) others += 1
    for (const groupId of principal.groupIds) {
      const index = ruleOfGroup.get(groupId)
      const rule = index === undefined ? undefined : rules[index]
      if (!rule) continue
      rule.inGroup += 1
      if (index === winner) rule.decides += 1
      else rule.takenBy.set(winner, (rule.takenBy.get(winner) ?? 0) + 1)
    }
  }
  const made = { rules, others, byPolicy }
  reaches.set(snapshot, made)
  return made
}
