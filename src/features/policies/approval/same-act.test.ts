import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actHash } from './same-act.ts'

const ids = fc.array(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 6 })
const shuffled = <T>(list: readonly T[], by: readonly number[]): T[] =>
  list
    .map((value, i) => [by[i % Math.max(1, by.length)] ?? 0, value] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, value]) => value)

describe('the same act', () => {
  it('is the same whatever the order in which its sets are named, and however often', () => {
    fc.assert(
      fc.property(ids, ids, fc.array(fc.nat()), (add, remove, order) => {
        const membership = { kind: 'membership', groupId: 'g' } as const
        expect(
          actHash({
            ...membership,
            add: shuffled([...add, ...add], order),
            remove: shuffled(remove, order),
          }),
        ).toBe(actHash({ remove, add, ...membership }))
        const joins = add.map((memberId, i) => ({ memberId, groupId: remove[i] ?? 'g' }))
        expect(actHash({ kind: 'join_groups', joins: shuffled([...joins, ...joins], order) })).toBe(
          actHash({ kind: 'join_groups', joins }),
        )
        const stage = { groupIds: add, enrolmentIds: remove, percent: 10 }
        const other = { ...stage, groupIds: shuffled(add, order) }
        expect(actHash({ kind: 'rollout', policyId: 'p', stage: other })).toBe(
          actHash({ kind: 'rollout', policyId: 'p', stage }),
        )
      }),
    )
  })

  it('is another one where anything differs that decides', () => {
    const rule = (groupId: string) => ({ groupId, policyId: 'p' })
    const acts = [
      { kind: 'rules', rules: [rule('a'), rule('b')] },
      { kind: 'rules', rules: [rule('b'), rule('a')] },
      { kind: 'rules', rules: [rule('a')] },
      { kind: 'publish', policyId: 'p' },
      { kind: 'publish', policyId: 'q' },
      { kind: 'default', policyId: 'p' },
      { kind: 'default', policyId: null },
      { kind: 'membership', groupId: 'g', add: ['a'], remove: ['b'] },
      { kind: 'membership', groupId: 'g', add: ['b'], remove: ['a'] },
      { kind: 'rollout', policyId: 'p', stage: { groupIds: [], enrolmentIds: [], percent: 1 } },
      { kind: 'rollout', policyId: 'p', stage: { groupIds: [], enrolmentIds: [], percent: 2 } },
      { kind: 'four_eyes_off' },
    ] as const
    expect(new Set(acts.map((act) => actHash(act as Parameters<typeof actHash>[0]))).size).toBe(
      acts.length,
    )
  })
})
