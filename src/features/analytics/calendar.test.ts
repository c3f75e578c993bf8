import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { day, hour, minute } from '#kernel/clock.ts'
import {
  dateText,
  dayOfDate,
  localDay,
  nextPeriod,
  offsetAt,
  periodOf,
  periodsBetween,
  spansOf,
  startOfDay,
} from './calendar.ts'

const at = (text: string): number => Date.parse(text)
const dayNumber = (text: string): number => Date.parse(`${text}T00:00:00Z`) / day

describe('local days', () => {
  it('are 23 and 25 hours long when the clocks change', () => {
    const length = (text: string): number => {
      const first = dayNumber(text)
      return (startOfDay(first + 1, 'Europe/Berlin') - startOfDay(first, 'Europe/Berlin')) / hour
    }
    expect([length('2026-03-28'), length('2026-03-29'), length('2026-10-25')]).toEqual([24, 23, 25])
  })

  it('begin after the gap where midnight is skipped', () => {
    // Cairo goes from 00:00 to 01:00 on the last Friday of April.
    expect(startOfDay(dayNumber('2026-04-24'), 'Africa/Cairo')).toBe(at('2026-04-23T22:00:00Z'))
  })

  it('begin at the first of two midnights', () => {
    // Havana goes from 01:00 back to 00:00.
    expect(startOfDay(dayNumber('2025-11-02'), 'America/Havana')).toBe(at('2025-11-02T04:00:00Z'))
  })

  it('know zones that are a quarter of an hour off', () => {
    expect(offsetAt(at('2026-01-01T00:00:00Z'), 'Asia/Kathmandu')).toBe(5 * hour + 45 * minute)
  })

  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kathmandu',
    'Africa/Cairo',
    'Pacific/Apia',
    'Australia/Lord_Howe',
    'America/Havana',
  ]
  const instants = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') })

  it('contain exactly the instants that are on that date', () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), (instant, zone) => {
        const local = localDay(instant, zone)
        expect(startOfDay(local, zone)).toBeLessThanOrEqual(instant)
        expect(startOfDay(local + 1, zone)).toBeGreaterThan(instant)
        expect(localDay(startOfDay(local, zone), zone)).toBe(local)
        expect(localDay(startOfDay(local, zone) - 1, zone)).toBe(local - 1)
      }),
    )
  })

  it('are told by the spans of one offset as by the zone itself', () => {
    fc.assert(
      fc.property(
        instants,
        fc.integer({ min: 1, max: 400 }),
        fc.constantFrom(...zones),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (from, days, zone, where) => {
          const until = from + days * day
          const spans = spansOf(from, until, zone)
          expect([spans[0]?.from, spans.at(-1)?.until]).toEqual([from, until])
          const instant = from + Math.floor(where * days * day)
          const span = spans.find((s) => instant >= s.from && instant < s.until)
          expect(span?.offset).toBe(offsetAt(instant, zone))
        },
      ),
    )
  })
})

describe('periods', () => {
  it('begin on Mondays and on the first', () => {
    const thursday = dayNumber('2026-01-01')
    expect(dateText(periodOf(thursday, 'week'))).toBe('2025-12-29')
    expect(dateText(periodOf(dayNumber('2026-02-28'), 'month'))).toBe('2026-02-01')
    expect(dateText(nextPeriod(dayNumber('2025-12-01'), 'month'))).toBe('2026-01-01')
  })

  it('come without gaps, empty ones too', () => {
    const periods = periodsBetween(
      at('2026-01-30T12:00:00Z'),
      at('2026-03-01T00:00:00Z'),
      'month',
      'UTC',
    )
    expect(periods.map(dateText)).toEqual(['2026-01-01', '2026-02-01'])
    expect(periodsBetween(5, 5, 'day', 'UTC')).toEqual([])
  })
})

it('reads dates that exist only', () => {
  expect(dayOfDate('2026-03-29')).toBe(dayNumber('2026-03-29'))
  expect([dayOfDate('2026-02-30'), dayOfDate('yesterday')]).toEqual([undefined, undefined])
})
