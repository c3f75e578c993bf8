import type { Clock } from './clock.ts'

export interface LimiterOptions {
  /** How many within the window. */
  readonly limit: number
  /** ms */
  readonly window: number
  /** Keys kept at most; the one untouched for longest goes first. Default 100,000. */
  readonly keys?: number
}

export interface Limiter {
  /**
   * Takes one of the key's places: 0 when there was one, else the ms until the next gets free. Taken before the work, not
   * after, so that a hundred attempts at once do not all find the place free. `limit` may be lower than the usual one.
   */
  take(key: string, limit?: number): number
  /** Gives the place of the latest `take` back: the attempt was a good one. */
  giveBack(key: string): void
  /** How many places are taken now. */
  taken(key: string): number
}

/**
 * A sliding window in memory: the times of the last attempts by key. Each process counts for itself, so several processes
 * together let through that many times more; a restart forgets. Both are accepted: the limit makes guessing hopeless, it
 * is no ledger.
 */
export function createLimiter(clock: Clock, options: LimiterOptions): Limiter {
  const { limit: usual, window, keys = 100_000 } = options
  const times = new Map<string, number[]>()

  function recent(key: string): number[] {
    const since = clock() - window
    return (times.get(key) ?? []).filter((at) => at > since)
  }
  function keep(key: string, list: number[]): void {
    times.delete(key)
    if (list.length === 0) return
    times.set(key, list)
    // A Map keeps the order of insertion, so its first key is the one untouched for longest.
    for (const oldest of times.keys()) {
      if (times.size <= keys) break
      times.delete(oldest)
    }
  }

  return {
    take(key, limit = usual) {
      const list = recent(key)
      const free = list.length < limit
      if (free) list.push(clock())
      keep(key, list)
      // The newest `limit` ones matter: when the oldest of those leaves, one fits again.
      return free ? 0 : (list.at(-limit) ?? clock()) + window - clock()
    },
    giveBack(key) {
      keep(key, recent(key).slice(0, -1))
    },
    taken: (key) => recent(key).length,
  }
}

/**
 * Whose attempts count together: an IPv4 address, or the /64 of an IPv6 address, since that is what one subscriber gets
 * (RFC 6177) and can pick addresses from at will.
 */
export function addressKey(ip: string): string {
  if (!ip.includes(':')) return ip
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)
  if (mapped?.[1] !== undefined) return mapped[1]
  const [head = '', tail] = ip.toLowerCase().split('%')[0]?.split('::') ?? []
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  return `${[...left, ...gap, ...right]
    .slice(0, 4)
    .map((part) => part.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
