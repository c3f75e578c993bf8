import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterTheirEnd, inOrder, snapshotAt } from './ending.ts'
import { emptySnapshot, type Snapshot } from './snapshot.ts'

interface Held {
  readonly memberId: string
  readonly groupId: string
  readonly endsAt: number | null
}

const memberships: fc.Arbitrary<readonly Held[]> = fc.uniqueArray(
  fc.record({
    memberId: fc.constantFrom('m1', 'm2', 'm3'),
    groupId: fc.constantFrom('g1', 'g2', 'g3'),
    endsAt: fc.option(fc.integer({ min: 0, max: 20 })),
  }),
  { selector: ({ memberId, groupId }) => `${memberId} ${groupId}` },
)

const pictureOf = (held: readonly Held[]): Snapshot => ({
  ...emptySnapshot,
  memberGroups: new Map(
    [...Map.groupBy(held, ({ memberId }) => memberId)].map(([id, its]) => [
      id,
      its.map(({ groupId }) => groupId),
    ]),
  ),
  ending: inOrder(
    held.flatMap(({ endsAt, ...rest }) => (endsAt === null ? [] : [{ ...rest, endsAt }])),
  ),
})

const groupsIn = (snapshot: Snapshot): string[] =>
  [...snapshot.memberGroups]
    .flatMap(([member, groups]) => groups.map((group) => `${member} ${group}`))
    .toSorted()

describe('memberships that end', () => {
  it('are held exactly until their end, however often the picture is looked at in between', () => {
    fc.assert(
      fc.property(
        memberships,
        fc.array(fc.integer({ min: 0, max: 21 })).map((times) => times.toSorted((a, b) => a - b)),
        (held, times) => {
          let picture = pictureOf(held)
          for (const now of times) {
            picture = snapshotAt(picture, now)
            const still = held.filter(({ endsAt }) => endsAt === null || endsAt > now)
            expect(groupsIn(picture)).toEqual(groupsIn(pictureOf(still)))
            expect(snapshotAt(picture, now)).toBe(picture)
          }
        },
      ),
    )
  })

  it('are compared without those who are in the group for a time, and with all others', () => {
    fc.assert(
      fc.property(memberships, (held) => {
        const picture = afterTheirEnd(pictureOf(held), 'g1', ['m1', 'm2'])
        const left = held.filter(
          ({ memberId, groupId, endsAt }) =>
            endsAt === null || groupId !== 'g1' || memberId === 'm3',
        )
        expect(groupsIn(picture)).toEqual(groupsIn(pictureOf(left)))
      }),
    )
  })
})
