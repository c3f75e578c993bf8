import { describe, expect, it } from 'vitest'
import { hour, second } from '#kernel/clock.ts'
import { maxAttempts, retryAt } from './retry.ts'

describe('trying again', () => {
  it('ends after nine attempts within a day', () => {
    let now = 0
    let attempts = 1
    for (let next = retryAt(now, attempts); next !== undefined; next = retryAt(now, attempts)) {
      expect(next).toBeGreaterThan(now)
      now = next
      attempts++
    }
    expect(attempts).toBe(maxAttempts)
    expect(attempts).toBe(9)
    expect(now / hour).toBeGreaterThan(23)
    expect(now / hour).toBeLessThan(24)
  })

  it('waits as long as the other side asks, within bounds', () => {
    expect(retryAt(0, 1, 90 * second)).toBe(90 * second)
    expect(retryAt(0, 1, 1)).toBe(10 * second)
    expect(retryAt(0, 1, 1000 * hour)).toBe(8 * hour)
  })
})
