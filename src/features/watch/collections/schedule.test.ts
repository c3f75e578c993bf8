import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextRun, scheduleComplaint } from './schedule.ts'

const at = (iso: string): number => Date.parse(iso)
const daily = { cron: '30 6 * * *', timeZone: 'Europe/Berlin', jitterSeconds: 0 }

describe('the next run', () => {
  it('is told in the time zone of the schedule, across the change to summer time', () => {
    const first = nextRun(daily, at('2026-03-28T00:00:00Z'), Math.random)
    expect(first).toBe(at('2026-03-28T05:30:00Z'))
    expect(nextRun(daily, first ?? 0, Math.random)).toBe(at('2026-03-29T04:30:00Z'))
  })

  it('is delayed by at most the jitter', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (share) => {
        const after = at('2026-03-01T00:00:00Z')
        const plain = nextRun(daily, after, () => 0) ?? 0
        const late = nextRun({ ...daily, jitterSeconds: 300 }, after, () => share) ?? 0
        expect(late - plain).toBeGreaterThanOrEqual(0)
        expect(late - plain).toBeLessThan(300_000)
      }),
    )
  })

  it('does not exist where checks are only asked for', () => {
    expect(nextRun({ ...daily, cron: '' }, 0, Math.random)).toBeNull()
  })
})

describe('a schedule', () => {
  it.each([
    ['* * * * * *', 'UTC', 'cron'],
    ['61 * * * *', 'UTC', 'cron'],
    ['often', 'UTC', 'cron'],
    ['0 0 30 2 *', 'UTC', 'cron'],
    ['0 6 * * *', 'Mars/Olympus', 'timeZone'],
  ])('%s in %s is refused because of its %s', (cron, timeZone, field) => {
    expect(scheduleComplaint({ cron, timeZone, jitterSeconds: 0 })?.field).toBe(field)
  })

  it('with five fields and a real time zone, or without fields, is taken', () => {
    expect(scheduleComplaint(daily)).toBeNull()
    expect(scheduleComplaint({ ...daily, cron: '' })).toBeNull()
  })
})
