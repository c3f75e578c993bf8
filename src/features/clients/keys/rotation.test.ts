import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { day } from '#kernel/clock.ts'
import { keyRotation, lifetimes } from '../lifetimes.ts'
import { nextTurn, retired, signingNow, type Turn } from './rotation.ts'

const key = (kid: string, at: number): Turn => ({ kid, signs_from: at })

describe('the rotation of keys', () => {
  it('needs the first one at once', () => {
    expect(nextTurn([], 0)).toBe('first')
  })

  it('makes the next one a day before it signs', () => {
    const keys = [key('a', 0)]
    expect(nextTurn(keys, 29 * day - 1)).toBeNull()
    expect(nextTurn(keys, 29 * day)).toBe(30 * day)
    // Gatehouse did not run for a while.
    expect(nextTurn(keys, 50 * day)).toBe(51 * day)
    expect(nextTurn([...keys, key('b', 30 * day)], 29 * day)).toBeNull()
  })

  it('signs with the newest whose time has come', () => {
    const keys = [key('a', 0), key('b', 30 * day)]
    expect(signingNow(keys, 30 * day - 1)?.kid).toBe('a')
    expect(signingNow(keys, 30 * day)?.kid).toBe('b')
    expect(signingNow(keys, -1)).toBeUndefined()
  })

  it('keeps the old one for two days', () => {
    const keys = [key('a', 0), key('b', 30 * day)]
    expect(retired(keys, 32 * day - 1)).toEqual([])
    expect(retired(keys, 32 * day)).toEqual([keys[0]])
  })

  it('leaves whatever was signed with a published key as long as it lives', () => {
    const longest = Math.max(lifetimes.access, lifetimes.idToken)
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 80 * day }), { minLength: 1, maxLength: 40 }),
        (pauses) => {
          let keys: Turn[] = [key('k0', 0)]
          const signed: { kid: string; at: number }[] = []
          let now = 0
          for (const pause of pauses) {
            now += pause
            const gone = new Set(retired(keys, now).map((k) => k.kid))
            for (const { kid, at } of signed)
              if (gone.has(kid)) expect(at + longest).toBeLessThanOrEqual(now)
            keys = keys.filter((k) => !gone.has(k.kid))
            const next = nextTurn(keys, now)
            if (typeof next === 'number') {
              expect(next - now).toBeGreaterThanOrEqual(keyRotation.ahead)
              keys.push(key(`k${now}`, next))
            }
            const signer = signingNow(keys, now)
            expect(signer).toBeDefined()
            signed.push({ kid: signer?.kid ?? '', at: now })
          }
        },
      ),
    )
  })
})
