import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choosePair } from './timeline.tsx'

describe('choosing two versions', () => {
  it('keeps the other end where it still fits, and moves it where not', () => {
    const pair = { from: 2, to: 4 }
    expect(choosePair([1, 2, 3, 4, 5], pair, 'from', 3)).toEqual([3, 4])
    expect(choosePair([1, 2, 3, 4, 5], pair, 'from', 4)).toEqual([4, 5])
    expect(choosePair([1, 2, 3, 4, 5], pair, 'to', 2)).toEqual([1, 2])
    expect(choosePair([1, 2, 3, 4, 5], pair, 'from', 5)).toBeUndefined()
    expect(choosePair([1, 2, 3, 4, 5], pair, 'to', 1)).toBeUndefined()
  })

  it('always gives an older and a newer version of the list, one of them the chosen one', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 2 })
    const end = fc.constantFrom('from' as const, 'to' as const)
    fc.assert(
      fc.property(numbers, end, fc.nat(), fc.nat(), fc.nat(), (all, which, i, j, k) => {
        const at = (n: number) => all[n % all.length]!
        const chosen = choosePair(all, { from: at(j), to: at(k) }, which, at(i))
        const edge = which === 'from' ? Math.max(...all) : Math.min(...all)
        expect(chosen === undefined).toBe(at(i) === edge)
        if (chosen === undefined) return
        expect(chosen[0]).toBeLessThan(chosen[1])
        expect(all).toEqual(expect.arrayContaining([...chosen]))
        expect(chosen[which === 'from' ? 0 : 1]).toBe(at(i))
      }),
    )
  })
})
