import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { issueToken, readToken, sameHash, hashSecret, tokenKinds } from './tokens.ts'
import { createIds } from './ids.ts'

const ids = createIds(() => 1_767_600_000_000)
const kind = fc.constantFrom(...tokenKinds)

describe('tokens', () => {
  it('reads back what it issued, and nothing but its hash needs storing', () => {
    fc.assert(
      fc.property(kind, (k) => {
        const id = ids('mem')
        const issued = issueToken(k, id)
        expect(readToken(issued.token, k)).toEqual({ kind: k, id, hash: issued.hash })
        expect(issued.prefix).not.toContain(issued.token.slice(-40))
      }),
    )
  })

  it('refuses a token of which any character was changed, cut off or added', () => {
    const { token } = issueToken('key', ids('key'))
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom('x', 'A', '_', ''), (at, by) => {
        const bent = token.slice(0, at) + by + token.slice(at + 1)
        if (bent !== token) expect(readToken(bent, 'key')).toBeUndefined()
      }),
    )
    expect(readToken(`${token}x`, 'key')).toBeUndefined()
  })

  it('refuses a token of another kind', () => {
    expect(readToken(issueToken('key', ids('key')).token, 'enr')).toBeUndefined()
  })

  it('compares hashes of any form without throwing', () => {
    expect(sameHash(hashSecret('a'), hashSecret('a'))).toBe(true)
    expect(sameHash(hashSecret('a'), hashSecret('b'))).toBe(false)
    expect(sameHash(hashSecret('a'), 'zz')).toBe(false)
  })
})

describe('ids', () => {
  it('sort in the order in which they were made, within a millisecond and when the clock goes back', () => {
    let now = 1000
    const make = createIds(() => now)
    const made = Array.from({ length: 10_000 }, (_, i) => {
      if (i % 1000 === 0) now += i % 2000 === 0 ? 1 : -1
      return make('req')
    })
    expect([...made].sort()).toEqual(made)
    expect(new Set(made).size).toBe(made.length)
  })

  it('are UUIDs of version 7 behind their prefix', () => {
    expect(ids('pol')).toMatch(/^pol_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
  })
})
