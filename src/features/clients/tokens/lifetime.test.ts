import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { day } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import { longestDays } from '../../workspace/surfaces/schema.ts'
import { endOf, never, warningDue, warnings } from './lifetime.ts'

const now = Date.UTC(2026, 0, 5)
const days = fc.option(fc.integer({ min: 1, max: longestDays }))

describe('the end of a new access token', () => {
  it('is never later than the workspace allows, whatever is asked for', () => {
    fc.assert(
      fc.property(days, days, (asked, cap) => {
        let end: number | null
        try {
          end = endOf(now, asked, cap)
        } catch (error) {
          expect(error).toBeInstanceOf(Problem)
          expect((error as Problem).extra.errors?.[0]?.field).toBe('expiresInDays')
          // Refused only where it would be too long.
          expect(cap).not.toBeNull()
          expect(asked ?? Infinity).toBeGreaterThan(cap ?? 0)
          return
        }
        expect(end ?? never).toBeLessThanOrEqual(cap === null ? never : now + cap * day)
        expect(end).toBe(asked === null ? null : now + asked * day)
      }),
    )
  })

  it('is a time that every date can hold', () => {
    expect(new Date(never).toISOString()).toBe('9999-12-31T23:59:59.000Z')
  })
})

describe('a warning before the end', () => {
  /** What a job says that runs every hour, from the making to the end and a day beyond. */
  function said(lifetimeDays: number): number[] {
    const expiresAt = now + lifetimeDays * day
    const found: number[] = []
    let warned: number | null = null
    for (let at = now; at <= expiresAt + day; at += day / 24) {
      const due = warningDue({ createdAt: now, expiresAt, warned }, at)
      if (due === null) continue
      found.push(due)
      warned = due
      expect(expiresAt - at).toBeLessThanOrEqual(due * day)
      expect(at).toBeLessThan(expiresAt)
    }
    return found
  }

  it('comes a week and a day before, once each, and not for what was made with its end in sight', () => {
    expect([90, 30, 14, 13, 7, 2, 1].map(said)).toEqual([[7, 1], [7, 1], [7, 1], [1], [1], [1], []])
  })

  it('is left out when its time was missed: only the nearer one is said then', () => {
    const token = { createdAt: now, expiresAt: now + 90 * day, warned: null }
    expect(warningDue(token, now + 89.5 * day)).toBe(1)
    expect(warningDue({ ...token, warned: 1 }, now + 89.5 * day)).toBeNull()
  })

  it('never comes for a token without an end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (later) => {
        const token = { createdAt: now, expiresAt: null, warned: null }
        expect(warningDue(token, now + later * day)).toBeNull()
      }),
    )
    expect([...warnings]).toEqual([7, 1])
  })
})
