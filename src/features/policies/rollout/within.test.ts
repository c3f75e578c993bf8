import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitrarySnapshot, policyOf } from '../arbitrary.ts'
import { resolve } from '../resolve.ts'
import { principals, type Snapshot, type Stage } from '../snapshot.ts'
import { inStage } from './stage.ts'
import { whoIsServed } from './view.ts'
import { isNobody, isWithin } from './within.ts'

const arbitraryStage: fc.Arbitrary<Stage> = fc.record({
  groupIds: fc.subarray(['g0', 'g1', 'g2', 'g3']),
  enrolmentIds: fc.subarray(['e0', 'e1', 'e2']),
  percent: fc.nat(100),
})
/** One that has everything of the other, and perhaps more. */
const widened = (stage: Stage): fc.Arbitrary<Stage> =>
  arbitraryStage.map((more) => ({
    groupIds: [...new Set([...stage.groupIds, ...more.groupIds])],
    enrolmentIds: [...new Set([...stage.enrolmentIds, ...more.enrolmentIds])],
    percent: Math.max(stage.percent, more.percent),
  }))

function rolledOut(snapshot: Snapshot, stage: Stage): Snapshot {
  const policy = policyOf('p1', 7)
  return { ...snapshot, rollouts: new Map([['p1', { id: 'rol_1', policy, stage }]]) }
}
const served = (snapshot: Snapshot): ReadonlySet<string> =>
  new Set(whoIsServed(snapshot, 'rol_1').map(({ kind, id }) => `${kind} ${id}`))

describe('who is served a version in its stage', () => {
  it('is whoever gets the policy and is in the stage, one by one', () => {
    fc.assert(
      fc.property(arbitrarySnapshot, arbitraryStage, (before, stage) => {
        const snapshot = rolledOut(before, stage)
        const rollout = snapshot.rollouts.get('p1')!
        const expected = [...principals(snapshot)].filter(
          (who) => resolve(before, who).policy?.id === 'p1' && inStage(rollout, who),
        )
        expect(served(snapshot)).toEqual(new Set(expected.map(({ kind, id }) => `${kind} ${id}`)))
      }),
    )
  })

  it('loses nobody when the stage gets wider, and gains nobody when it gets narrower', () => {
    fc.assert(
      fc.property(
        arbitrarySnapshot,
        arbitraryStage.chain((stage) => fc.tuple(fc.constant(stage), widened(stage))),
        (snapshot, [narrow, wide]) => {
          expect(isWithin(narrow, wide)).toBe(true)
          expect([...served(rolledOut(snapshot, wide))]).toEqual(
            expect.arrayContaining([...served(rolledOut(snapshot, narrow))]),
          )
        },
      ),
    )
  })

  it('is nobody for a stage that names nobody', () => {
    const nobody: Stage = { groupIds: [], enrolmentIds: [], percent: 0 }
    expect(isNobody(nobody)).toBe(true)
    fc.assert(
      fc.property(arbitrarySnapshot, arbitraryStage, (snapshot, stage) => {
        expect(served(rolledOut(snapshot, nobody)).size).toBe(0)
        expect(isWithin(stage, nobody)).toBe(isNobody(stage))
      }),
    )
  })
})
