const minute = 60_000

/** Milliseconds as `YYYY-MM-DD-HHMM` in UTC; further snapshots of one minute are `…-2`, `…-3`. */
export function stampOf(at: number, number = 1): string {
  const iso = new Date(at).toISOString()
  const base = `${iso.slice(0, 10)}-${iso.slice(11, 13)}${iso.slice(14, 16)}`
  return number === 1 ? base : `${base}-${number}`
}

/** The beginning of the minute that a stamp names, and its number in it; undefined when it is none. */
export function readStamp(
  stamp: string,
): { readonly at: number; readonly number: number } | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})-(\d{2})(\d{2})(?:-(\d{1,3}))?$/.exec(stamp)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minutes = 0] = match.slice(1, 6).map(Number)
  const at = Date.UTC(year, month - 1, day, hour, minutes)
  const number = match[6] === undefined ? 1 : Number(match[6])
  const same = stampOf(at) === stamp.slice(0, 15)
  return same && number > 0 && match[6] !== '1' ? { at, number } : undefined
}

/** The order of snapshots as one integer: time first, then the number within the minute. */
export const momentOf = (at: number, number: number): number => at * 1000 + number

export const minuteOf = (at: number): number => Math.floor(at / minute) * minute
