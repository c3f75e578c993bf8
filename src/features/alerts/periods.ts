/** Which days, weeks and months an alert looks at. All are those of UTC. */
import {
  nextPeriod,
  periodOf,
  ripeUntil,
  type LocalDay,
  type Unit,
} from '#features/analytics/index.ts'
import { day } from '#kernel/clock.ts'
import type { Rule } from './schema.ts'

/** At most so many are judged after a time without the server, and shown of the past. */
export const mostPeriods: Readonly<Record<Unit, number>> = { day: 60, week: 26, month: 12 }

export const utcDay = (at: number): LocalDay => Math.floor(at / day)

/** The last day that has ended, with time for what is reported late. */
const endedDay = (now: number): LocalDay => utcDay(ripeUntil(now)) - 1

/** The last day that the rule may see: whoever may not see persons sees days that have ended. */
export const lastDay = ({ exact }: Pick<Rule, 'exact'>, now: number): LocalDay =>
  exact ? utcDay(now) : endedDay(now)

/** The period to judge: the one that runs for an amount to reach, the last one that has ended for everything else. */
export function currentPeriod(
  rule: Pick<Rule, 'condition' | 'unit' | 'exact'>,
  now: number,
): LocalDay {
  if (rule.condition === 'reaches') return periodOf(lastDay(rule, now), rule.unit)
  return before(periodOf(endedDay(now) + 1, rule.unit), rule.unit)
}

/** From a period on to another, both included; none when it is before. The last ones where they are too many. */
export function periodsFrom(from: LocalDay, to: LocalDay, unit: Unit): readonly LocalDay[] {
  const periods: LocalDay[] = []
  for (let at = Math.max(from, back(to, unit)); at <= to; at = nextPeriod(at, unit))
    periods.push(at)
  return periods
}

/** The last periods up to one. */
export const periodsUpTo = (to: LocalDay, unit: Unit): readonly LocalDay[] =>
  periodsFrom(-Infinity, to, unit)

/** The period just before. */
export const before = (period: LocalDay, unit: Unit): LocalDay => periodOf(period - 1, unit)

function back(to: LocalDay, unit: Unit): LocalDay {
  let at = to
  for (let n = 1; n < mostPeriods[unit]; n++) at = before(at, unit)
  return at
}
