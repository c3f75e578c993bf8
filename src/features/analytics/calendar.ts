/**
 * Local days in any time zone. Rollups stand in buckets of 15 minutes, and every offset in use is a multiple of that, so a
 * bucket never lies in two local days.
 */
import { day } from '#kernel/clock.ts'

export type Unit = 'day' | 'week' | 'month'

/** A stretch of time with one offset from UTC (ms, east is positive). `until` is exclusive. */
export interface Span {
  readonly from: number
  readonly until: number
  readonly offset: number
}

/** The calendar's number of a local day: days from 1970-01-01 to that date, whatever the zone. */
export type LocalDay = number

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formatters.set(zone, made)
  return made
}

/** The offset from UTC at an instant, in ms. Throws a RangeError for an unknown zone. */
export function offsetAt(at: number, zone: string): number {
  if (zone === 'UTC') return 0
  const part: Record<string, number> = {}
  for (const { type, value } of formatterOf(zone).formatToParts(at)) part[type] = Number(value)
  const { year = 0, month = 1, day: date = 1, hour = 0, minute = 0, second = 0 } = part
  return (
    Date.UTC(year, month - 1, date, hour, minute, second) - (at - (((at % 1000) + 1000) % 1000))
  )
}

/** The spans of one offset that `[from, until)` consists of: two where the clocks change within it. */
export function spansOf(from: number, until: number, zone: string): readonly Span[] {
  const spans: Span[] = []
  let start = from
  let offset = offsetAt(from, zone)
  // Nobody changes the clocks twice within a day.
  for (let at = from; at < until;) {
    const next = Math.min(at + day, until)
    const later = offsetAt(next, zone)
    if (later !== offset && next > at) {
      const change = changeBetween(at, next, zone)
      if (change < until) {
        spans.push({ from: start, until: change, offset })
        start = change
        offset = later
      }
    }
    at = next
  }
  return [...spans, { from: start, until, offset }]
}

/** The first instant of the new offset, to the minute. */
function changeBetween(from: number, until: number, zone: string): number {
  const before = offsetAt(from, zone)
  let [low, high] = [from, until]
  while (high - low > 60_000) {
    const middle = low + Math.floor((high - low) / 120_000) * 60_000
    if (middle === low) break
    if (offsetAt(middle, zone) === before) low = middle
    else high = middle
  }
  return Math.ceil(high / 60_000) * 60_000
}

export const localDay = (at: number, zone: string): LocalDay =>
  Math.floor((at + offsetAt(at, zone)) / day)

/** The first instant of a local day. Where midnight is skipped by the clocks, the instant after the gap. */
export function startOfDay(local: LocalDay, zone: string): number {
  const midnight = local * day
  const [before, after] = [offsetAt(midnight - day, zone), offsetAt(midnight + day, zone)]
  if (before === after) return midnight - before
  for (const offset of [Math.max(before, after), Math.min(before, after)])
    if (offsetAt(midnight - offset, zone) === offset) return midnight - offset
  return changeBetween(midnight - day, midnight + day, zone)
}

/** The first local day of the week (from Monday, as ISO 8601 has it) or month that a day is in. */
export function periodOf(local: LocalDay, unit: Unit): LocalDay {
  if (unit === 'day') return local
  // 1970-01-01 was a Thursday.
  if (unit === 'week') return local - ((((local + 3) % 7) + 7) % 7)
  const date = new Date(local * day)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / day
}

/** The first day of the period after. */
export function nextPeriod(first: LocalDay, unit: Unit): LocalDay {
  if (unit === 'day') return first + 1
  if (unit === 'week') return first + 7
  const date = new Date(first * day)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / day
}

/** Every period that `[from, until)` touches, in order, those without anything too. */
export function periodsBetween(
  from: number,
  until: number,
  unit: Unit,
  zone: string,
): readonly LocalDay[] {
  const periods: LocalDay[] = []
  if (until <= from) return periods
  const last = localDay(until - 1, zone)
  for (let at = periodOf(localDay(from, zone), unit); at <= last; at = nextPeriod(at, unit))
    periods.push(at)
  return periods
}

/** 2026-03-29 */
export const dateText = (local: LocalDay): string =>
  new Date(local * day).toISOString().slice(0, 10)

/** The number of a date such as 2026-03-29; undefined where there is no such date. */
export function dayOfDate(text: string): LocalDay | undefined {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN
  return Number.isNaN(at) || dateText(at / day) !== text ? undefined : at / day
}
