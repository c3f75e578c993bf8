import { describe, expect, it } from 'vitest'
import { exactTime, relativeTime } from './clock-text.ts'

const now = Date.UTC(2026, 10, 22, 10, 0, 0)

describe('times as people read them', () => {
  it('counts in the largest unit that fits, downwards', () => {
    expect(relativeTime(now - 59_999, now)).toBe('just now')
    expect(relativeTime(now - 60_000, now)).toBe('1 minute ago')
    expect(relativeTime(now - 3_599_999, now)).toBe('59 minutes ago')
    expect(relativeTime(now + 2 * 86_400_000, now)).toBe('in 2 days')
    expect(relativeTime(now - 800 * 86_400_000, now)).toBe('2 years ago')
  })

  it('gives the exact moment in UTC', () => {
    expect(exactTime(now + 5_000)).toBe('2026-11-22 10:00:05 UTC')
    expect(exactTime(Number.NaN)).toBe('no valid time')
  })
})
