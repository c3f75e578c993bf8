import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blame } from './blame.ts'

const ids = (...values: number[]) => Int32Array.from(values)

describe('blame', () => {
  it('says since when each line stands', () => {
    const versions = [ids(1, 2, 3), ids(1, 4, 3), ids(0, 1, 4, 3, 5)]
    expect([...blame(versions)]).toEqual([2, 0, 1, 0, 2])
  })

  it('counts a line that went and came back from its return', () => {
    expect([...blame([ids(1, 2), ids(1), ids(1, 2)])]).toEqual([0, 2])
    expect([...blame([])]).toEqual([])
    expect([...blame([ids(), ids(7)])]).toEqual([1])
  })

  it('only names versions since which the line is in every one', () => {
    const version = fc.array(fc.nat(6), { maxLength: 12 }).map((values) => ids(...values))
    fc.assert(
      fc.property(fc.array(version, { minLength: 1, maxLength: 8 }), (versions) => {
        const last = versions.at(-1)!
        const since = blame(versions)
        expect(since).toHaveLength(last.length)
        since.forEach((from, line) => {
          for (const one of versions.slice(from)) expect(one).toContain(last[line])
        })
        // Nothing that the version before did not have is older than the last version.
        const before = versions.at(-2) ?? ids()
        last.forEach((id, line) => {
          if (!before.includes(id)) expect(since[line]).toBe(versions.length - 1)
        })
      }),
      { numRuns: 500 },
    )
  })

  it('leaves everything as old as it was when the last two are equal', () => {
    const version = fc.array(fc.nat(4), { maxLength: 12 }).map((values) => ids(...values))
    fc.assert(
      fc.property(fc.array(version, { minLength: 1, maxLength: 5 }), (versions) => {
        expect(blame([...versions, versions.at(-1)!])).toEqual(blame(versions))
      }),
    )
  })
})
