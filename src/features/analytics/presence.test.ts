import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { day, minute } from '#kernel/clock.ts'
import { localDay, spansOf } from './calendar.ts'
import { masksOf, piecesOf } from './presence.ts'

const mask = (quarters: readonly number[]) => ({
  am: quarters.filter((n) => n < 48).reduce((sum, n) => sum + 2 ** n, 0),
  pm: quarters.filter((n) => n >= 48).reduce((sum, n) => sum + 2 ** (n - 48), 0),
})

/** Whether something happened in these quarters, as the database finds out. */
function present(am: number, pm: number, from: number, until: number): boolean {
  const masks = masksOf({ from, until })
  if (!masks) return true
  const both = (a: number, b: number) => (BigInt(a) & BigInt(b)) !== 0n
  return both(am, masks.am) || both(pm, masks.pm)
}

describe('presence', () => {
  it('is found again by quarter', () => {
    const quarters = fc.uniqueArray(fc.integer({ min: 0, max: 95 }), { minLength: 1 })
    fc.assert(
      fc.property(quarters, fc.nat({ max: 96 }), fc.nat({ max: 96 }), (some, from, until) => {
        const { am, pm } = mask(some)
        expect(present(am, pm, from, until)).toBe(some.some((n) => n >= from && n < until))
      }),
    )
  })

  it('of a UTC day belongs to the local days that its quarters are in, and to no other', () => {
    const zones = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/New_York', 'Pacific/Auckland']
    const start = Date.UTC(2026, 0, 1)
    fc.assert(
      fc.property(
        fc.nat({ max: 364 }),
        fc.nat({ max: 95 }),
        fc.constantFrom(...zones),
        (n, quarter, zone) => {
          const utc = start + n * day
          const spans = spansOf(start - 2 * day, start + 400 * day, zone)
          const { am, pm } = mask([quarter])
          const hit = piecesOf(utc, spans, start - 2 * day, start + 400 * day)
            .filter((piece) => present(am, pm, piece.from, piece.until))
            .map((piece) => piece.local)
          expect(hit).toEqual([localDay(utc + quarter * 15 * minute, zone)])
        },
      ),
    )
  })

  it('is cut to the time that is asked for', () => {
    const utc = Date.UTC(2026, 0, 1)
    const spans = spansOf(utc, utc + day, 'UTC')
    expect(piecesOf(utc, spans, utc + 6 * 60 * minute, utc + day)).toEqual([
      { local: utc / day, from: 24, until: 96 },
    ])
  })
})
