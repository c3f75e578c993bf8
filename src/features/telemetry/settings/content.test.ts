import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentLevelOf, keepsMore, levels, mayLogPrompts, wantsToolOutput } from './content.ts'

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

describe('a change that keeps more', () => {
  const change = fc.tuple(settings, settings).map(([before, after]) => ({
    before: { ...before, logUserPrompt: false },
    after: { ...after, logUserPrompt: false },
  }))
  const everybody = [...Array(16).keys()].map((bits) =>
    ['a', 'b', 'c', 'd'].filter((_, i) => bits & (1 << i)),
  )

  it('is one by which there could be somebody of whom more is kept', () => {
    fc.assert(
      fc.property(change, ({ before, after }) => {
        const more = everybody.some(
          (ids) => rank(contentLevelOf(after, ids)) > rank(contentLevelOf(before, ids)),
        )
        expect(keepsMore(before, after)).toBe(more)
      }),
      { numRuns: 1000 },
    )
  })

  it('is one that lets prompts out, or takes a pattern away where texts are redacted', () => {
    const given = (level: (typeof levels)[number], patterns: string[], logUserPrompt = false) => ({
      content: { level, patterns },
      groups: [],
      logUserPrompt,
    })
    expect(keepsMore(given('all', []), given('all', [], true))).toBe(true)
    expect(keepsMore(given('redacted', ['a', 'b']), given('redacted', ['b']))).toBe(true)
    expect(keepsMore(given('redacted', ['b']), given('redacted', ['b', 'a']))).toBe(false)
    expect(keepsMore(given('commands', ['a']), given('commands', []))).toBe(false)
  })
})
