import { hour, minute, second } from '#kernel/clock.ts'

/**
 * Pauses after the n-th failed attempt: nine attempts within 24 hours. The queue's own retries differ between the engines
 * and end after hours, so each attempt is a job of its own with a time.
 */
const pauses = [
  10 * second,
  minute,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  8 * hour,
  8 * hour,
] as const

export const maxAttempts = pauses.length + 1

/** When to try again after `attempts` failed ones; undefined: not any more. `atLeast` ms are what the other side asked for. */
export function retryAt(now: number, attempts: number, atLeast = 0): number | undefined {
  const pause = pauses[attempts - 1]
  return pause === undefined ? undefined : now + Math.max(pause, Math.min(atLeast, 8 * hour))
}
