import { decider } from './resolve.ts'
import { principals, type Snapshot, type SnapshotRule } from './snapshot.ts'

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
  /** Policy id → who gets it now; the key '' is "no policy at all". */
  readonly byPolicy: ReadonlyMap<string, Readonly<Heads>>
}

/** How many principals of each kind. */
export interface Heads {
  members: number
  enrolments: number
  accounts: number
}
const headOf = { member: 'members', enrolment: 'enrolments', service_account: 'accounts' } as const

const reaches = new WeakMap<Snapshot, Reaches>()

/** Counted once per snapshot: one pass over everybody. */
export function reach(snapshot: Snapshot): Reaches {
  const known = reaches.get(snapshot)
  if (known) return known
  const rules: Reach[] = snapshot.rules.map(() => ({ inGroup: 0, decides: 0, takenBy: new Map() }))
  const ruleOfGroup = new Map(snapshot.rules.map((rule, index) => [rule.groupId, index]))
  const byPolicy = new Map<string, Heads>()
  const decide = decider(snapshot)
  let others = 0
  for (const principal of principals(snapshot)) {
    const winner = decide(principal.groupIds)
    const policyId =
      winner < 0 ? (snapshot.defaultPolicyId ?? '') : (snapshot.rules[winner]?.policyId ?? '')
    const count = byPolicy.get(policyId) ?? { members: 0, enrolments: 0, accounts: 0 }
    count[headOf[principal.kind]] += 1
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

/** The earlier rules that take the people of a rule away, the one that takes most of them first. */
export function takers(
  snapshot: Snapshot,
  index: number,
): { readonly position: number; readonly groupName: string; readonly count: number }[] {
  return [...(reach(snapshot).rules[index]?.takenBy ?? [])]
    .sort((a, b) => b[1] - a[1])
    .map(([winner, count]) => {
      const groupId = snapshot.rules[winner]?.groupId ?? ''
      const groupName = snapshot.groups.get(groupId)?.name ?? groupId
      return { position: winner + 1, groupName, count }
    })
}

/** A rule that decides for nobody: earlier rules take everybody in its group, or nobody is in it (`dead`). */
export interface IdleRule {
  readonly rule: SnapshotRule
  readonly state: 'shadowed' | 'dead'
  readonly takenBy: ReturnType<typeof takers>
}

export function idleRules(snapshot: Snapshot): IdleRule[] {
  const counted = reach(snapshot).rules
  return snapshot.rules.flatMap((rule, index) => {
    const { inGroup = 0, decides = 0 } = counted[index] ?? {}
    if (decides > 0) return []
    return [{ rule, state: inGroup === 0 ? 'dead' : 'shadowed', takenBy: takers(snapshot, index) }]
  })
}
