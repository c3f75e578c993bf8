import fc from 'fast-check'
import { expect, it } from 'vitest'
import { day, hour } from '#kernel/clock.ts'
import { localDay, startOfDay } from './calendar.ts'
import { localDays } from './local-days.ts'

const zones = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  // Midnight is skipped there when the clocks go forward.
  'America/Santiago',
  'Asia/Beirut',
]
const quarter = hour / 4
const firstDay = Date.UTC(2025, 0, 1) / day

it('gives each quarter of an hour to its local day, in its stretch, once', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 400 }),
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.integer({ min: -2 * 96, max: 11 * 96 }), { maxLength: 3 }),
      (zone, skipped, length, quarters) => {
        const first = firstDay + skipped
        const [from, until] = [startOfDay(first, zone), startOfDay(first + length, zone)]
        const changes = [...new Set(quarters)]
          .map((n) => first * day + n * quarter)
          .filter((at) => at > from && at < until)
          .sort((a, b) => a - b)
        const stretchAt = (at: number) => changes.filter((change) => change <= at).length
        const plan = localDays({ from, until, zone }, changes)
        const counted = new Map<string, number>()
        const count = (at: number, local: number, stretch: number, sign: number): void => {
          const key = `${at} ${local} ${stretch}`
          const now = (counted.get(key) ?? 0) + sign
          if (now === 0) counted.delete(key)
          else counted.set(key, now)
        }
        for (let start = plan.from; start < plan.until; start += day)
          if (!plan.without.includes(start))
            for (let at = start; at < start + day; at += quarter)
              count(at, start / day, stretchAt(start), 1)
        for (const { from, until, local, stretch, sign } of plan.moved)
          for (let at = from; at < until; at += quarter) count(at, local, stretch, sign)
        const wanted = new Map<string, number>()
        for (let at = from; at < until; at += quarter)
          wanted.set(`${at} ${localDay(at, zone)} ${stretchAt(at)}`, 1)
        expect(counted).toEqual(wanted)
      },
    ),
  )
})

it('moves nothing for UTC', () => {
  expect(localDays({ from: 0, until: 3 * day, zone: 'UTC' })).toEqual({
    from: 0,
    until: 3 * day,
    without: [],
    moved: [],
  })
})
