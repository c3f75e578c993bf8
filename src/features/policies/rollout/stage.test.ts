import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policyOf } from '../arbitrary.ts'
import type { SnapshotRollout } from '../snapshot.ts'
import { inStage, shareOf } from './stage.ts'

const rollout = (percent: number, policyId = 'base'): SnapshotRollout => ({
  id: 'rol_1',
  policy: policyOf(policyId, 2),
  stage: { groupIds: ['pilots'], enrolmentIds: ['enr_1'], percent },
})
const member = (id: string, groupIds: readonly string[] = []) =>
  ({ kind: 'member', id, groupIds }) as const

describe('the stage of a rollout', () => {
  it('has whoever is in a pilot group, and the enrolments that are named', () => {
    expect(inStage(rollout(0), member('mem_1', ['others', 'pilots']))).toBe(true)
    expect(inStage(rollout(0), member('mem_1', ['others']))).toBe(false)
    expect(inStage(rollout(0), { kind: 'enrolment', id: 'enr_1', groupIds: [] })).toBe(true)
    expect(inStage(rollout(100), { kind: 'enrolment', id: 'enr_2', groupIds: [] })).toBe(false)
  })

  it('keeps whom it had when the share grows, and has nobody at 0 and everybody at 100', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(100), fc.nat(100), (policyId, id, a, b) => {
        const [small, large] = a < b ? [a, b] : [b, a]
        const who = member(id)
        if (inStage(rollout(small, policyId), who))
          expect(inStage(rollout(large, policyId), who)).toBe(true)
        expect(inStage(rollout(0, policyId), who)).toBe(false)
        expect(inStage(rollout(100, policyId), who)).toBe(true)
      }),
    )
  })

  it('draws evenly, and anew for each version', () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => `mem_${i}`)
    const drawn = (salt: string) => new Set(ids.filter((id) => shareOf(salt, id) < 10))
    const [first, second] = [drawn('base/1'), drawn('base/2')]
    // 10 % of 20,000 is 2,000 with a deviation of 42; of these a tenth again is 200, with a deviation of 14.
    for (const { size } of [first, second]) expect(Math.abs(size - 2000)).toBeLessThan(250)
    expect(Math.abs([...first].filter((id) => second.has(id)).length - 200)).toBeLessThan(90)
  })
})
