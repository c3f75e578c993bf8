/**
 * How the sums of local days are put together: those of the UTC days of the same dates, and the hours that lie in the one and not
 * in the other. There is a row for each day, and for a quarter of the hours or so, instead of one for each hour.
 */
import { day } from '#kernel/clock.ts'
import { localDay, startOfDay, type LocalDay } from './calendar.ts'

/** Hours that count for a local day, or do not count for it though its UTC day has them. */
export interface Moved {
  readonly from: number
  readonly until: number
  readonly local: LocalDay
  readonly sign: 1 | -1
  /** Between which two of the changes they are, as whatever they are added to or taken away from. */
  readonly stretch: number
}

export interface LocalDays {
  /** Midnights UTC: of the first day, and of the day after the last. */
  readonly from: number
  readonly until: number
  /** Midnights UTC of the days that are put together of hours alone. */
  readonly without: readonly number[]
  readonly moved: readonly Moved[]
}

/**
 * The days of `[from, until)`, which begins and ends with a local day.
 *
 * @param changes instants that split sums, in order: a day in which one lies is put together of its hours
 */
export function localDays(
  { from, until, zone }: { readonly from: number; readonly until: number; readonly zone: string },
  changes: readonly number[] = [],
): LocalDays {
  const [first, end] = [localDay(from, zone), localDay(from, zone) + daysBetween(from, until)]
  const stretchAt = (at: number): number => changes.filter((change) => change <= at).length
  const without: number[] = []
  const moved: Moved[] = []
  const add = (local: LocalDay, begin: number, end: number): void => {
    const cuts = [begin, ...changes.filter((at) => at > begin && at < end), end]
    for (const [i, at] of cuts.slice(0, -1).entries())
      moved.push({ from: at, until: cuts[i + 1] ?? end, local, sign: 1, stretch: stretchAt(at) })
  }
  let begin = from
  for (let local = first; local < end; local++) {
    const next = local + 1 === end ? until : startOfDay(local + 1, zone)
    const utc = { from: local * day, until: (local + 1) * day }
    if (changes.some((at) => at > utc.from && at < utc.until)) {
      without.push(utc.from)
      add(local, begin, next)
    } else {
      const stretch = stretchAt(utc.from)
      const takeAway = (from: number, until: number): void => {
        if (from < until) moved.push({ from, until, local, sign: -1, stretch })
      }
      takeAway(utc.from, Math.min(begin, utc.until))
      takeAway(Math.max(next, utc.from), utc.until)
      if (begin < utc.from) add(local, begin, Math.min(next, utc.from))
      if (next > utc.until) add(local, Math.max(begin, utc.until), next)
    }
    begin = next
  }
  return { from: first * day, until: end * day, without, moved }
}

/** Local days have 23 to 25 hours. */
const daysBetween = (from: number, until: number): number => Math.round((until - from) / day)
