import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pairLines } from './pairs.ts'

const lines = fc.array(fc.constantFrom('', 'a b', 'a b c', 'x', 'x y z', 'a x'), { maxLength: 12 })

describe('pairLines', () => {
  it('shows every line of both sides once, in order', () => {
    fc.assert(
      fc.property(lines, lines, (removed, added) => {
        const pairs = pairLines(removed, added)
        expect(pairs.map(({ left }) => left).filter((at) => at !== null)).toEqual([
          ...removed.keys(),
        ])
        expect(pairs.map(({ right }) => right).filter((at) => at !== null)).toEqual([
          ...added.keys(),
        ])
        for (const { left, right, alike } of pairs) {
          expect(left === null && right === null).toBe(false)
          if (alike) expect(left === null || right === null).toBe(false)
        }
      }),
    )
  })

  it('puts a changed line beside its new version among new lines', () => {
    const removed = ['approval = "never" # keep']
    const added = ['# why', 'sandbox = 1', 'approval = "on-request" # keep']
    expect(pairLines(removed, added)).toEqual([
      { left: null, right: 0, alike: false },
      { left: null, right: 1, alike: false },
      { left: 0, right: 2, alike: true },
    ])
  })

  it('pairs long blocks of equal length by position, and others not at all', () => {
    const removed = Array.from({ length: 60 }, (_, index) => `row ${index}`)
    const added = removed.map((row) => `${row} |`)
    expect(pairLines(removed, added).every((pair) => pair.alike && pair.left === pair.right)).toBe(
      true,
    )
    expect(pairLines(removed, [...added, 'more']).some((pair) => pair.alike)).toBe(false)
  })
})
