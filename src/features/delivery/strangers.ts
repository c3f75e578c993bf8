import { minute } from '#kernel/clock.ts'

/** Unknown keys from one address: after this many in a minute, it is told to wait. Good keys are never counted. */
export const strangersPerMinute = 30
const addresses = 10_000

/** Counts fetches with unknown keys by address. Returns the seconds to wait, or 0. */
export function createStrangers(): (address: string, now: number) => number {
  let counts = new Map<string, number>()
  let until = 0
  return (address, now) => {
    if (now >= until || counts.size >= addresses) {
      counts = new Map()
      until = now + minute
    }
    const count = (counts.get(address) ?? 0) + 1
    counts.set(address, count)
    return count > strangersPerMinute ? Math.max(1, Math.ceil((until - now) / 1000)) : 0
  }
}
