import { minute } from '#kernel/clock.ts'
import { addressKey } from '#kernel/ratelimit.ts'

/** Unknown keys from one address: after this many in a minute, it is told to wait. Good keys are never counted. */
export const strangersPerMinute = 30
const addresses = 10_000

/** Counts fetches with unknown keys by address, and by subscriber where he has a network of them (IPv6). */
export interface Strangers {
  /** Counts one. The seconds to wait, or 0. */
  readonly mustWait: (address: string, now: number) => number
  /** Takes one back: it was no stranger after all. */
  readonly takeBack: (address: string) => void
}

export function createStrangers(): Strangers {
  let counts = new Map<string, number>()
  let until = 0
  return {
    mustWait(address, now) {
      if (now >= until || counts.size >= addresses) {
        counts = new Map()
        until = now + minute
      }
      const key = addressKey(address)
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      return count > strangersPerMinute ? Math.max(1, Math.ceil((until - now) / 1000)) : 0
    },
    takeBack(address) {
      const key = addressKey(address)
      const count = counts.get(key)
      if (count !== undefined) counts.set(key, count - 1)
    },
  }
}
