import type { Snapshot } from '../schema.ts'

/** One day of the timeline, in UTC as everything here. */
export interface Day {
  /** `2026-05-18`. */
  readonly date: string
  /** Counted from 0. */
  readonly month: number
  readonly day: number
  readonly weekday: string
  /** Newest first. */
  readonly snapshots: readonly Snapshot[]
  readonly lines: number
}

/** Nothing in it was announced: formatting, or pages that flipped back. */
export const isQuiet = (s: Snapshot): boolean =>
  s.pages === 0 && s.kind !== 'first' && s.kind !== 'boundary'

/** Newest first. */
export const yearsOf = (snapshots: readonly Snapshot[]): readonly number[] =>
  [...new Set(snapshots.map((s) => Number(s.stamp.slice(0, 4))))].sort((a, b) => b - a)

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const

/** The days of a year on which something happened, newest first. */
export function byDay(snapshots: readonly Snapshot[], year: number): readonly Day[] {
  const days = Map.groupBy(
    snapshots.filter((s) => s.stamp.startsWith(`${year}-`)),
    (s) => s.stamp.slice(0, 10),
  )
  return [...days]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .map(([date, ofDay]) => {
      const at = new Date(`${date}T00:00:00Z`)
      return {
        date,
        month: at.getUTCMonth(),
        day: at.getUTCDate(),
        weekday: weekdays[at.getUTCDay()] ?? '',
        snapshots: ofDay,
        lines: ofDay.reduce((sum, s) => sum + s.added + s.removed, 0),
      }
    })
}

/** How much changed in five degrees, 0 to 4, by the order of magnitude. */
export function degreeOf(lines: number): 0 | 1 | 2 | 3 | 4 {
  if (lines === 0) return 0
  if (lines < 10) return 1
  if (lines < 100) return 2
  return lines < 1000 ? 3 : 4
}
