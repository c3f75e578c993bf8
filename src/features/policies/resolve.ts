import { inStage } from './rollout/stage.ts'
import type { Principal, Snapshot, SnapshotPolicy } from './snapshot.ts'

/** What one principal gets, and why. */
export interface Effective {
  /** Null: no policy at all, because no rule matched and there is no default. */
  readonly policy: SnapshotPolicy | null
  /** The rollout that serves it a newer version than the published one; null: there is none, or it is not in its stage. */
  readonly rolloutId: string | null
  readonly because:
    | {
        readonly kind: 'rule'
        readonly ruleId: string
        readonly position: number
        readonly groupId: string
        readonly groupName: string
      }
    | { readonly kind: 'default' }
    | { readonly kind: 'none' }
  /** Every other rule in its order, with the reason why it did not decide. */
  readonly lost: readonly LostRule[]
}

export interface LostRule {
  readonly ruleId: string
  readonly position: number
  readonly groupId: string
  readonly groupName: string
  readonly policyId: string
  readonly policyName: string
  readonly reason: 'not_in_group' | 'later_rule'
}

type Outcome = Omit<Effective, 'lost'>

/** What is the same for all principals of a snapshot, made once per snapshot. All lists go by the index of the rule. */
interface Compiled {
  /** Group id → index of its rule: a group has at most one. */
  readonly ruleOfGroup: ReadonlyMap<string, number>
  readonly outcomes: readonly (Outcome | undefined)[]
  readonly fallback: Outcome
  readonly notInGroup: readonly (LostRule | undefined)[]
  readonly laterRule: readonly (LostRule | undefined)[]
  readonly whole: boolean
}

const compiled = new WeakMap<Snapshot, Compiled>()

function compile(snapshot: Snapshot): Compiled {
  const known = compiled.get(snapshot)
  if (known) return known
  const ruleOfGroup = new Map<string, number>()
  const outcomes: (Outcome | undefined)[] = []
  const notInGroup: (LostRule | undefined)[] = []
  for (const [index, rule] of snapshot.rules.entries()) {
    const policy = snapshot.policies.get(rule.policyId)
    const group = snapshot.groups.get(rule.groupId)
    // The store lets neither happen; were it broken, no rule at all is better than one that hands out nothing.
    if (!policy || !group || ruleOfGroup.has(rule.groupId)) {
      outcomes.push(undefined)
      notInGroup.push(undefined)
      continue
    }
    ruleOfGroup.set(rule.groupId, index)
    const named = {
      ruleId: rule.id,
      position: rule.position,
      groupId: group.id,
      groupName: group.name,
    }
    outcomes.push({ policy, rolloutId: null, because: { kind: 'rule', ...named } })
    notInGroup.push({
      ...named,
      policyId: policy.id,
      policyName: policy.name,
      reason: 'not_in_group',
    })
  }
  const fallback =
    snapshot.defaultPolicyId === null ? undefined : snapshot.policies.get(snapshot.defaultPolicyId)
  const made: Compiled = {
    ruleOfGroup,
    outcomes,
    fallback: fallback
      ? { policy: fallback, rolloutId: null, because: { kind: 'default' } }
      : { policy: null, rolloutId: null, because: { kind: 'none' } },
    notInGroup,
    laterRule: notInGroup.map((lost) => lost && { ...lost, reason: 'later_rule' }),
    whole: !outcomes.includes(undefined),
  }
  compiled.set(snapshot, made)
  return made
}

/**
 * For going through everybody of one snapshot: the index (in `snapshot.rules`) of the rule that decides for some groups, or
 * −1 for the default. The cost is one look-up per group and does not depend on the number of rules.
 */
export function decider(snapshot: Snapshot): (groupIds: readonly string[]) => number {
  const { ruleOfGroup } = compile(snapshot)
  return (groupIds) => winner(ruleOfGroup, groupIds)
}

function winner(ruleOfGroup: ReadonlyMap<string, number>, groupIds: readonly string[]): number {
  let best = -1
  for (const id of groupIds) {
    const index = ruleOfGroup.get(id)
    if (index !== undefined && (best < 0 || index < best)) best = index
  }
  return best
}

/** What the rule of that index gives (−1: the default) to those in the stage of its policy's rollout, or to all others. */
export function outcomeOf(snapshot: Snapshot, rule: number, staged: boolean): Outcome {
  const { outcomes, fallback } = compile(snapshot)
  const outcome = outcomes[rule] ?? fallback
  const rollout = staged ? snapshot.rollouts.get(outcome.policy?.id ?? '') : undefined
  return rollout ? { ...outcome, policy: rollout.policy, rolloutId: rollout.id } : outcome
}

/** Whether the policy that the rule gives is being rolled out, and a principal is in the stage. */
export function isStaged(
  snapshot: Snapshot,
  rule: number,
  who: Pick<Principal, 'kind' | 'id' | 'groupIds'>,
): boolean {
  if (snapshot.rollouts.size === 0) return false
  const { outcomes, fallback } = compile(snapshot)
  const rollout = snapshot.rollouts.get((outcomes[rule] ?? fallback).policy?.id ?? '')
  return rollout !== undefined && inStage(rollout, who)
}

/** The first rule whose group the principal is in applies, whole; else the default policy; else nothing. */
export function resolve(snapshot: Snapshot, principal: Principal): Effective {
  const { ruleOfGroup, notInGroup, laterRule, whole } = compile(snapshot)
  const won = winner(ruleOfGroup, principal.groupIds)
  const lost = notInGroup.slice()
  for (const groupId of principal.groupIds) {
    const index = ruleOfGroup.get(groupId)
    if (index !== undefined) lost[index] = laterRule[index]
  }
  if (won >= 0) lost.splice(won, 1)
  return {
    ...outcomeOf(snapshot, won, isStaged(snapshot, won, principal)),
    lost: whole ? (lost as LostRule[]) : lost.filter((rule) => rule !== undefined),
  }
}
