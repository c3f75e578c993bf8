import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createByteCache } from './cache.ts'

describe('a cache bounded in bytes', () => {
  it('lets go of what was not asked for the longest', () => {
    const cache = createByteCache<string>(10)
    cache.set('a', 'A', 4)
    cache.set('b', 'B', 4)
    cache.get('a')
    cache.set('c', 'C', 4)
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['A', undefined, 'C'])
  })

  it('does not keep what is larger than all of it', () => {
    const cache = createByteCache<string>(10)
    cache.set('a', 'A', 4)
    cache.set('b', 'B', 11)
    expect([cache.get('a'), cache.get('b')]).toEqual(['A', undefined])
  })

  it('never holds more than its bound, and answers with what was set last', () => {
    const act = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(9), fc.nat(12))
    fc.assert(
      fc.property(fc.array(act), (acts) => {
        const cache = createByteCache<number>(20)
        const last = new Map<string, number>()
        for (const [key, value, bytes] of acts) {
          cache.set(key, value, bytes)
          last.set(key, value)
          expect(cache.size()).toBeLessThanOrEqual(20)
          for (const [known, expected] of last)
            expect([undefined, expected]).toContain(cache.get(known))
        }
      }),
    )
  })
})
