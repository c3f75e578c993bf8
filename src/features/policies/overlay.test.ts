import fc from 'fast-check'
import { expect, it } from 'vitest'
import { overlay } from './overlay.ts'

const number = fc.integer({ min: 0, max: 30 })
const sameEnd = ' of those that all hash alike'
/** Keys are told apart by their ends: of the second kind all fall into one place. */
const key = fc.oneof(
  number.map(String),
  number.map((n) => `${n}${sameEnd}`),
)
const step = fc.array(fc.tuple(key, fc.option(fc.integer(), { nil: undefined })), { maxLength: 30 })

it('is, after any changes, the map that a plain one would be', () => {
  fc.assert(
    fc.property(fc.dictionary(key, fc.integer()), fc.array(step), (start, steps) => {
      const plain = new Map(Object.entries(start))
      let map: ReadonlyMap<string, number> = new Map(plain)
      for (const changes of steps) {
        const now = new Map<string, number>()
        for (const [k, value] of changes) {
          now.delete(k)
          plain.delete(k)
          if (value === undefined) continue
          now.set(k, value)
          plain.set(k, value)
        }
        const before = [...map].length
        const next = overlay(
          map,
          changes.map(([k]) => k),
          now,
        )
        expect([...map].length).toBe(before)
        map = next
      }
      const sorted = (m: Iterable<[string, number]>) => [...m].sort(([a], [b]) => (a < b ? -1 : 1))
      expect(sorted(map)).toEqual(sorted(plain))
      expect(map.size).toBe(plain.size)
      for (let i = 0; i <= 30; i++)
        for (const k of [`${i}`, `${i}${sameEnd}`]) {
          expect(map.get(k)).toBe(plain.get(k))
          expect(map.has(k)).toBe(plain.has(k))
        }
      expect(sorted(map.entries())).toEqual(sorted(plain))
      expect([...map.keys()].sort()).toEqual([...plain.keys()].sort())
      expect(new Map(map)).toEqual(new Map(sorted(plain)))
    }),
  )
})

it('works many changes into a new map', () => {
  let map: ReadonlyMap<string, number> = new Map([['a', 1]])
  for (let i = 0; i < 2500; i++) map = overlay(map, [`k${i}`], new Map([[`k${i}`, i]]))
  expect(map.size).toBe(2501)
  expect(map.get('a')).toBe(1)
  expect(map.get('k2499')).toBe(2499)
})
