import { describe, expect, it } from 'vitest'
import { columnsOf, nextDigest, rhythmOf } from './rhythm.ts'

const at = (iso: string): number => Date.parse(iso)
const iso = (ms: number | null): string => (ms === null ? 'never' : new Date(ms).toISOString())

describe('the next digest', () => {
  it('is at the hour of its time zone, through a change of the clock', () => {
    const daily = { kind: 'daily', hour: 8, timeZone: 'Europe/Berlin' } as const
    expect(iso(nextDigest(daily, at('2026-03-28T06:59:00Z')))).toBe('2026-03-28T07:00:00.000Z')
    expect(iso(nextDigest(daily, at('2026-03-28T07:00:00Z')))).toBe('2026-03-29T06:00:00.000Z')
  })

  it('is on the day of the week, Sunday being the seventh', () => {
    const weekly = { kind: 'weekly', hour: 0, timeZone: 'UTC' } as const
    expect(iso(nextDigest({ ...weekly, weekday: 1 }, at('2026-01-05T00:00:00Z')))).toBe(
      '2026-01-12T00:00:00.000Z',
    )
    expect(iso(nextDigest({ ...weekly, weekday: 7 }, at('2026-01-05T09:00:00Z')))).toBe(
      '2026-01-11T00:00:00.000Z',
    )
  })

  it('never comes for what is told at once', () => {
    expect(nextDigest({ kind: 'now' }, 0)).toBeNull()
  })
})

describe('a rhythm', () => {
  it.each([
    { kind: 'now' } as const,
    { kind: 'daily', hour: 23, timeZone: 'America/Lima' } as const,
    { kind: 'weekly', weekday: 7, hour: 0, timeZone: 'UTC' } as const,
  ])('comes back from its columns: $kind', (rhythm) => {
    expect(rhythmOf(columnsOf(rhythm))).toEqual(rhythm)
  })
})
