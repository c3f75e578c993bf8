import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_COST, matchSequences } from './match.ts'

const symbols = (max: number, maxLength = 60) =>
  fc.array(fc.nat(max), { maxLength }).map((values) => Int32Array.from(values))

const kept = (values: Int32Array, changed: Uint8Array) =>
  Array.from(values).filter((_, index) => changed[index] !== 1)

/** A small generator with a fixed seed: the same hostile input in every run. */
function sequence(length: number, kinds: number, seed: number): Int32Array {
  let state = seed
  return Int32Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return (state >>> 8) % kinds
  })
}

describe('matchSequences', () => {
  it('keeps elements that are equal pair by pair', () => {
    fc.assert(
      fc.property(
        symbols(6),
        symbols(6),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(0, 100, 300, 1e6),
        (a, b, maxCost, rarestSteps) => {
          const { changedA, changedB } = matchSequences(a, b, 7, maxCost, rarestSteps)
          expect(kept(a, changedA)).toEqual(kept(b, changedB))
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('keeps everything of a sequence that only grew', () => {
    fc.assert(
      fc.property(symbols(4), symbols(4, 5), fc.nat(60), (a, extra, place) => {
        const at = Math.min(place, a.length)
        const b = Int32Array.from([...a.slice(0, at), ...extra, ...a.slice(at)])
        const { changedA, changedB } = matchSequences(a, b, 5)
        expect(kept(a, changedA).length).toBe(a.length)
        expect(changedB.reduce((sum, flag) => sum + flag, 0)).toBe(extra.length)
      }),
    )
  })

  it('keeps the passage with the rarest element, not the longest of frequent ones', () => {
    const a = Int32Array.from([0, 0, 0, 1, 2, 3])
    const b = Int32Array.from([1, 2, 3, 0, 0, 0, 0])
    expect([...kept(a, matchSequences(a, b, 4).changedA)]).toEqual([1, 2, 3])
  })

  it('takes no blank line for kept in the midst of a rewritten passage', () => {
    const blank = 0
    const a = Int32Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? blank : 1 + i))
    const b = Int32Array.from({ length: 40 }, (_, i) => (i % 8 === 4 ? blank : 300 + i))
    const { changedA, changedB } = matchSequences(a, b, 400)
    expect([kept(a, changedA), kept(b, changedB)]).toEqual([[], []])
  })

  it('does not let one unique element that moved tear repeated ones apart', () => {
    const repeated = new Array<number>(1000).fill(0)
    const a = Int32Array.from([1, ...repeated])
    const b = Int32Array.from([...repeated, 1])
    const { changedA, changedB } = matchSequences(a, b, 2)
    expect([kept(a, changedA).length, kept(b, changedB).length]).toEqual([1000, 1000])
  })

  const length = 20_000
  const unique = Int32Array.from({ length }, (_, index) => index)
  const hostile: [string, Int32Array, Int32Array][] = [
    ['unrelated, two kinds', sequence(length, 2, 1), sequence(length, 2, 2)],
    ['unrelated, ten kinds', sequence(length, 10, 3), sequence(length, 10, 4)],
    ['unrelated, a thousand kinds', sequence(length, 1000, 5), sequence(length, 1000, 6)],
    ['reversed', unique, unique.toReversed()],
    ['nothing in common', unique, unique.map((value) => value + length)],
    ['another period', unique.map((i) => i % 2), unique.map((i) => (i % 3 === 0 ? 1 : 0))],
    ['halves swapped', unique, unique.map((i) => (i + length / 2) % length)],
    ['nested mirrors', unique.map((i) => i % 177), unique.map((i) => 176 - (i % 177))],
  ]
  it.each(hostile)('spends linear work on hostile input: %s', (_name, a, b) => {
    const { changedA, changedB, steps } = matchSequences(a, b, 2 * length)
    expect(kept(a, changedA)).toEqual(kept(b, changedB))
    // A quadratic comparison would spend 400 million steps here.
    expect(steps).toBeLessThan(2 * MAX_COST * (a.length + b.length))
  })
})
