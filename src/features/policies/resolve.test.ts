import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inStage } from './rollout/stage.ts'
import { resolve, type Effective } from './resolve.ts'
import { arbitrarySnapshot, policyOf, snapshotOf } from './arbitrary.ts'
import { principals, type Principal, type Snapshot } from './snapshot.ts'

/** The rule in one sentence each, with no care for speed: what `resolve` has to mean. */
function spec(snapshot: Snapshot, principal: Principal): Effective {
  const live = snapshot.rules.filter(
    (rule, i) =>
      snapshot.policies.has(rule.policyId) &&
      snapshot.groups.has(rule.groupId) &&
      snapshot.rules.findIndex(
        (r) =>
          r.groupId === rule.groupId &&
          snapshot.policies.has(r.policyId) &&
          snapshot.groups.has(r.groupId),
      ) === i,
  )
  const named = live.map((rule) => ({
    ruleId: rule.id,
    position: rule.position,
    groupId: rule.groupId,
    groupName: snapshot.groups.get(rule.groupId)?.name ?? '',
  }))
  const matches = (groupId: string): boolean => principal.groupIds.includes(groupId)
  const winner = named.find((rule) => matches(rule.groupId))
  const policyId = winner
    ? live.find((r) => r.id === winner.ruleId)?.policyId
    : snapshot.defaultPolicyId
  const published = snapshot.policies.get(policyId ?? '') ?? null
  const rollout = snapshot.rollouts.get(published?.id ?? '')
  const staged = rollout !== undefined && inStage(rollout, principal)
  const policy = staged ? rollout.policy : published
  return {
    policy,
    rolloutId: staged ? rollout.id : null,
    because: winner ? { kind: 'rule', ...winner } : policy ? { kind: 'default' } : { kind: 'none' },
    lost: named
      .filter((rule) => rule !== winner)
      .map((rule) => {
        const lostPolicy = snapshot.policies.get(
          live.find((r) => r.id === rule.ruleId)?.policyId ?? '',
        )
        return {
          ...rule,
          policyId: lostPolicy?.id ?? '',
          policyName: lostPolicy?.name ?? '',
          reason: matches(rule.groupId) ? 'later_rule' : 'not_in_group',
        }
      }),
  }
}

describe('resolve', () => {
  it('means the same as the rule in plain words, for anything', () => {
    fc.assert(
      fc.property(arbitrarySnapshot, (snapshot) => {
        for (const principal of principals(snapshot))
          expect(resolve(snapshot, principal)).toEqual(spec(snapshot, principal))
      }),
      { numRuns: 500 },
    )
  })

  const snapshot = snapshotOf({
    groups: ['platform', 'contractors', 'sales'],
    policies: [policyOf('strict'), policyOf('wide'), policyOf('base')],
    rules: [
      ['contractors', 'strict'],
      ['platform', 'wide'],
    ],
    fallback: 'base',
    members: { ann: ['platform', 'contractors'], bob: ['platform'], cy: ['sales'], di: [] },
  })
  const of = (id: string): Effective =>
    resolve(snapshot, {
      kind: 'member',
      id,
      label: id,
      groupIds: snapshot.memberGroups.get(id) ?? [],
    })

  it('takes the first rule that matches, whole, and says which later one lost', () => {
    const effective = of('ann')
    expect(effective.policy?.id).toBe('strict')
    expect(effective.because).toMatchObject({ kind: 'rule', position: 1, groupName: 'contractors' })
    expect(effective.lost).toMatchObject([{ policyName: 'wide', reason: 'later_rule' }])
  })

  it('says of an earlier rule that she is not in its group', () => {
    expect(of('bob').policy?.id).toBe('wide')
    expect(of('bob').lost).toMatchObject([{ groupName: 'contractors', reason: 'not_in_group' }])
  })

  it('falls back to the default, and to nothing without one', () => {
    expect(of('cy').because).toEqual({ kind: 'default' })
    expect(of('di').policy?.id).toBe('base')
    const bare = { ...snapshot, defaultPolicyId: null }
    expect(resolve(bare, { kind: 'member', id: 'di', label: '', groupIds: [] })).toMatchObject({
      policy: null,
      because: { kind: 'none' },
    })
  })
})
