import fc from 'fast-check'
import { expect, it } from 'vitest'
import { overlay } from './overlay.ts'

const key = fc.integer({ min: 0, max: 30 }).map(String)
const step = fc.array(fc.tuple(key, fc.option(fc.integer(), { nil: undefined })), { maxLength: 8 })

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
      for (let i = 0; i <= 30; i++) {
        expect(map.get(String(i))).toBe(plain.get(String(i)))
        expect(map.has(String(i))).toBe(plain.has(String(i)))
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
