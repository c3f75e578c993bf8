import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { markBox, newSearch } from './myers.ts'

const symbols = fc.array(fc.nat(3), { maxLength: 40 }).map((values) => Int32Array.from(values))

/** The textbook table, for the length of a longest common subsequence. */
function longestCommon(a: Int32Array, b: Int32Array): number {
  let row = new Array<number>(b.length + 1).fill(0)
  for (const x of a) {
    const next = [0]
    b.forEach((y, j) => next.push(x === y ? row[j]! + 1 : Math.max(row[j + 1]!, next[j]!)))
    row = next
  }
  return row[b.length]!
}

/** What stays on both sides, and the work done. */
function mark(a: Int32Array, b: Int32Array, maxCost: number) {
  const search = newSearch(a, b, maxCost)
  const marking = { changedA: new Uint8Array(a.length), changedB: new Uint8Array(b.length) }
  markBox(search, marking, { aFrom: 0, aTo: a.length, bFrom: 0, bTo: b.length }, maxCost)
  return {
    keptA: a.filter((_, index) => marking.changedA[index] !== 1),
    keptB: b.filter((_, index) => marking.changedB[index] !== 1),
    steps: search.steps,
  }
}

describe('markBox', () => {
  it('finds a shortest script while the ceiling allows', () => {
    fc.assert(
      fc.property(symbols, symbols, (a, b) => {
        const { keptA, keptB } = mark(a, b, 100)
        expect(keptA).toEqual(keptB)
        expect(keptA.length).toBe(longestCommon(a, b))
      }),
      { numRuns: 3000 },
    )
  })

  it('finds a valid script under any ceiling', () => {
    fc.assert(
      fc.property(symbols, symbols, fc.integer({ min: 0, max: 6 }), (a, b, maxCost) => {
        const { keptA, keptB } = mark(a, b, Math.max(2, maxCost))
        expect(keptA).toEqual(keptB)
      }),
      { numRuns: 3000 },
    )
  })
})
