/** What a rule would have told in the past. */
import { dateText, nextPeriod } from '#features/analytics/index.ts'
import type { Aside } from '#kernel/aside.ts'
import { judgePoints, type Point } from './judge.ts'
import { currentPeriod, lastDay, periodsUpTo } from './periods.ts'
import { measures, type Rule, type Trial } from './schema.ts'
import { seriesPlace, type daysAside, type seriesAside } from './series.ts'
import { showPoint } from './show.ts'

/** Asks over the last days, weeks or months. Throws what analytics throws for what cannot be asked. */
export async function tryRule(aside: Aside, rule: Rule, now: number): Promise<Omit<Trial, 'says'>> {
  const periods = periodsUpTo(currentPeriod(rule, now), rule.unit)
  const wanted = { rule, periods }
  const series = await aside.run<typeof seriesAside>(seriesPlace, 'seriesAside', wanted)
  const points = sinceAnything(series.points)
  const { adds, kind } = measures[rule.measure]
  const { events } = judgePoints({ ...rule, adds }, null, points)
  const fires = new Set(events.flatMap((e) => (e.kind === 'fire' ? [e.point.period] : [])))
  const fillsUp = adds && rule.condition === 'reaches' && fires.size > 0 && rule.unit !== 'day'
  const days = fillsUp
    ? await aside.run<typeof daysAside>(seriesPlace, 'daysAside', wanted)
    : undefined
  const told = (period: number): string => {
    if (rule.condition !== 'reaches') return dateText(nextPeriod(period, rule.unit))
    if (fillsUp) return dateText(days ? reachedOn(rule, days, period) : period)
    return dateText(Math.min(nextPeriod(period, rule.unit) - 1, lastDay(rule, now)))
  }
  return {
    kind,
    currency: series.currency,
    points: points.map((point) => ({
      ...showPoint(point),
      fires: fires.has(point.period),
      told: fires.has(point.period) ? told(point.period) : null,
    })),
    firings: fires.size,
  }
}

/** Before the first figure nothing was collected: its absence tells nothing. */
function sinceAnything(points: readonly Point[]): readonly Point[] {
  const first = points.findIndex(({ value, partial }) => (value ?? 0) > 0 || partial)
  return first < 0 ? [] : points.slice(first)
}

function reachedOn({ unit, amount }: Rule, days: readonly Point[], period: number): number {
  let sum = 0
  const last = nextPeriod(period, unit) - 1
  for (const { period: day, value } of days) {
    if (day < period || day > last) continue
    sum += value ?? 0
    if (sum >= amount) return day
  }
  return last
}
