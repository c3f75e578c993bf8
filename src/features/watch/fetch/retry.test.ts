import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { retryAfterOf, waitBefore } from './retry.ts'

const now = Date.UTC(2026, 10, 23, 12, 0, 0)

describe('retryAfterOf', () => {
  it.each([
    ['120', undefined, 120_000],
    [' 0 ', undefined, 0],
    ['Mon, 23 Nov 2026 12:01:00 GMT', undefined, 60_000],
    // The server's clock is an hour behind ours; a minute is still a minute.
    ['Mon, 23 Nov 2026 11:01:00 GMT', 'Mon, 23 Nov 2026 11:00:00 GMT', 60_000],
    ['Mon, 23 Nov 2020 12:00:00 GMT', undefined, 0],
    ['999999999', undefined, 86_400_000],
    ['Fri, 01 Jan 2100 00:00:00 GMT', undefined, 86_400_000],
    ['soon', undefined, null],
    ['', undefined, null],
    [undefined, undefined, null],
  ])('reads %j', (text, date, ms) => {
    const headers = { ...(text === undefined ? {} : { 'retry-after': text }), date }
    expect(retryAfterOf(headers, now)).toBe(ms)
  })
})

describe('waitBefore', () => {
  it('doubles, with a random half', () => {
    expect([0, 1, 2].map((n) => waitBefore(n, null, () => 0))).toEqual([500, 1000, 2000])
    expect([0, 1, 2].map((n) => waitBefore(n, null, () => 1))).toEqual([1500, 3000, 6000])
  })

  it('is never shorter than asked for, and never longer than a minute', () => {
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.option(fc.nat(200_000)),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, asked, random) => {
          const wait = waitBefore(attempt, asked, () => random)
          if (asked !== null && asked > 60_000) expect(wait).toBeUndefined()
          else {
            expect(wait).toBeGreaterThanOrEqual(asked ?? 0)
            expect(wait).toBeLessThanOrEqual(60_000)
          }
        },
      ),
    )
  })
})
