import { describe, expect, it } from 'vitest'
import { addressKey, createLimiter } from './ratelimit.ts'

describe('a sliding window', () => {
  it('lets the limit through, says how long to wait, and forgets one by one', () => {
    let now = 1000
    const limiter = createLimiter(() => now, { limit: 2, window: 100 })
    expect(limiter.take('a')).toBe(0)
    now += 30
    expect(limiter.take('a')).toBe(0)
    expect(limiter.take('a')).toBe(70)
    expect(limiter.take('b')).toBe(0)
    now += 70
    expect(limiter.take('a')).toBe(0)
    expect(limiter.take('a')).toBe(30)
  })

  it('gives a place back', () => {
    const limiter = createLimiter(() => 0, { limit: 1, window: 100 })
    expect(limiter.take('a')).toBe(0)
    limiter.giveBack('a')
    expect(limiter.taken('a')).toBe(0)
    expect(limiter.take('a')).toBe(0)
    expect(limiter.take('a')).toBe(100)
  })

  it('refuses by a lower limit until enough have gone', () => {
    let now = 0
    const limiter = createLimiter(() => now, { limit: 5, window: 100 })
    for (const at of [0, 10, 20]) {
      now = at
      limiter.take('a')
    }
    expect(limiter.take('a', 1)).toBe(100)
    now = 119
    expect(limiter.take('a', 1)).toBe(1)
    now = 120
    expect(limiter.take('a', 1)).toBe(0)
  })

  it('does not grow without end', () => {
    const limiter = createLimiter(() => 0, { limit: 1, window: 100, keys: 2 })
    for (const key of ['a', 'b', 'c']) limiter.take(key)
    expect(['a', 'b', 'c'].map((key) => limiter.taken(key))).toEqual([0, 1, 1])
  })
})

describe('addresses that count together', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s → %s', (ip, key) => {
    expect(addressKey(ip)).toBe(key)
  })
})
