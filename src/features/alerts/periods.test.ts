import { describe, expect, it } from 'vitest'
import { dateText } from '#features/analytics/index.ts'
import { hour } from '#kernel/clock.ts'
import { before, currentPeriod, lastDay, mostPeriods, periodsFrom, periodsUpTo } from './periods.ts'
import type { Rule } from './schema.ts'

const at = (text: string): number => Date.parse(`${text}Z`)
const current = (rule: Pick<Rule, 'condition' | 'unit' | 'exact'>, now: number): string =>
  dateText(currentPeriod(rule, now))

describe('what is judged', () => {
  it('is the time that runs for an amount, with today where it is exact', () => {
    const budget = { condition: 'reaches', unit: 'day' } as const
    const now = at('2026-03-02T09:00')
    expect(current({ ...budget, exact: true }, now)).toBe('2026-03-02')
    expect(current({ ...budget, exact: false }, now)).toBe('2026-03-01')
    expect(current({ ...budget, unit: 'month', exact: true }, at('2026-02-28T23:59'))).toBe(
      '2026-02-01',
    )
  })

  it('is the last day of a month still on the first of the next, until that day is released', () => {
    const budget = { condition: 'reaches', unit: 'month', exact: false } as const
    expect(current(budget, at('2026-04-01T12:00'))).toBe('2026-03-01')
    expect(current(budget, at('2026-04-02T02:59'))).toBe('2026-03-01')
    expect(current(budget, at('2026-04-02T03:00'))).toBe('2026-04-01')
    expect(dateText(lastDay(budget, at('2026-04-02T02:59')))).toBe('2026-03-31')
  })

  it('is the last time that has ended for everything else, with three hours for what comes late', () => {
    const absent = { condition: 'absent', unit: 'week', exact: true } as const
    const monday = at('2026-03-09T00:00')
    expect(current(absent, monday + 2 * hour)).toBe('2026-02-23')
    expect(current(absent, monday + 3 * hour)).toBe('2026-03-02')
  })
})

describe('periods', () => {
  it('go from one to another, the last ones where they are too many, and none backwards', () => {
    const month = currentPeriod(
      { condition: 'reaches', unit: 'month', exact: true },
      at('2026-03-31T00:00'),
    )
    expect(periodsFrom(before(month, 'month'), month, 'month').map(dateText)).toEqual([
      '2026-02-01',
      '2026-03-01',
    ])
    expect(periodsFrom(month + 31, month, 'month')).toEqual([])
    for (const unit of ['day', 'week', 'month'] as const) {
      const all = periodsUpTo(before(month, unit), unit)
      expect(all).toHaveLength(mostPeriods[unit])
      expect(periodsFrom(0, before(month, unit), unit)).toEqual(all)
    }
  })
})
