import { day, minute } from '#kernel/clock.ts'

/** A quarter of an hour: what everything is summed by, and the parts that a day of any time zone is put together of. */
export const quarter = 15 * minute

export const startOf = (at: number, length: number): number =>
  at - (((at % length) + length) % length)

/** The bit of a time in the masks of its UTC day (`quarters_am`, `quarters_pm`). */
export function quarterBit(at: number): { readonly am: number; readonly pm: number } {
  const place = Math.floor((at - startOf(at, day)) / quarter)
  return place < 48 ? { am: 2 ** place, pm: 0 } : { am: 0, pm: 2 ** (place - 48) }
}

/** Both masks together: numbers of 48 bits are beyond what `|` takes at once. */
export const join = (a: number, b: number): number => {
  const high = 2 ** 24
  return (Math.floor(a / high) | Math.floor(b / high)) * high + ((a % high) | (b % high))
}

/**
 * The masks of the quarters of a UTC day that lie in [from, until): what `&` with a row's masks must leave something of, for the
 * person to have been there in that time.
 */
export function maskBetween(
  dayStart: number,
  from: number,
  until: number,
): { readonly am: number; readonly pm: number } {
  let [am, pm] = [0, 0]
  for (let place = 0; place < 96; place++) {
    const at = dayStart + place * quarter
    if (at < from || at >= until) continue
    if (place < 48) am += 2 ** place
    else pm += 2 ** (place - 48)
  }
  return { am, pm }
}
