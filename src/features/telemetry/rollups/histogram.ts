/** Eight bounds for each doubling, so that a value is at most 9.1 % below the bound that it counts under. */
const perDoubling = 8

/** The number of the smallest bound that is at least the value: 0 for values up to 1. */
export function boundFor(value: number): number {
  if (value <= 1) return 0
  const near = Math.ceil(Math.log2(value) * perDoubling)
  // The logarithm of a bound may come out a little above or below its number.
  if (value <= boundOf(near - 1)) return near - 1
  return value <= boundOf(near) ? near : near + 1
}

/** The bound with this number: 1, 1.09, 1.19, … */
export const boundOf = (bound: number): number => 2 ** (bound / perDoubling)

export interface Bin {
  readonly bound: number
  readonly count: number
}

/**
 * The value that this part (0 to 1) of all values does not exceed: the bound of the bin it lies in, so that it is never below the
 * true one and at most 9.1 % above it (a true one up to 1 is 1). Null where there are no values.
 */
export function percentile(bins: readonly Bin[], part: number): number | null {
  const total = bins.reduce((sum, bin) => sum + bin.count, 0)
  if (total === 0) return null
  const rank = Math.max(1, Math.ceil(part * total))
  let seen = 0
  for (const bin of [...bins].sort((a, b) => a.bound - b.bound)) {
    seen += bin.count
    if (seen >= rank) return boundOf(bin.bound)
  }
  return null
}
