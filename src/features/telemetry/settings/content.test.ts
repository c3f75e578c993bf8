import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentLevelOf, levels, mayLogPrompts, wantsToolOutput } from './content.ts'

const level = fc.constantFrom(...levels)
const settings = fc.record({
  content: fc.record({ level, patterns: fc.constant<string[]>([]) }),
  groups: fc.uniqueArray(fc.record({ groupId: fc.constantFrom('a', 'b', 'c', 'd'), level }), {
    selector: ({ groupId }) => groupId,
  }),
})
const memberships = fc.subarray(['a', 'b', 'c', 'd', 'e'])
const rank = (one: (typeof levels)[number]) => levels.indexOf(one)

describe('how much is kept of somebody', () => {
  it('is the workspace’s word where none of her groups says something', () => {
    expect(
      contentLevelOf(
        {
          content: { level: 'commands', patterns: [] },
          groups: [{ groupId: 'a', level: 'nothing' }],
        },
        ['b'],
      ),
    ).toBe('commands')
  })

  it('is never more than any of her groups says, and one more group never makes it more', () => {
    fc.assert(
      fc.property(settings, memberships, (given, ids) => {
        const kept = rank(contentLevelOf(given, ids))
        const said = given.groups.filter(({ groupId }) => ids.includes(groupId))
        for (const one of said) expect(kept).toBeLessThanOrEqual(rank(one.level))
        if (said.length === 0) return
        for (const { groupId } of given.groups)
          expect(rank(contentLevelOf(given, [...ids, groupId]))).toBeLessThanOrEqual(kept)
      }),
    )
  })

  it('decides for all what the machines are asked for', () => {
    fc.assert(
      fc.property(settings, memberships, (given, ids) => {
        const kept = contentLevelOf(given, ids)
        if (kept === 'redacted' || kept === 'all') expect(wantsToolOutput(given)).toBe(true)
        if (mayLogPrompts(given)) expect(kept).toBe('all')
      }),
    )
  })
})
