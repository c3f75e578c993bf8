import type { IncomingHttpHeaders } from 'node:http'
import { hour, minute, second } from '#kernel/clock.ts'

/** What a server asks for beyond this is passed on to the caller instead of waited for. */
export const longestWait = minute
/** What is believed of a `Retry-After`; some say years. */
const longestAsked = 24 * hour

/**
 * `Retry-After` in ms: seconds or a date (RFC 9110, section 10.2.3). The date is read against the
 * server's own clock where it shows one.
 */
export function retryAfterOf(headers: IncomingHttpHeaders, now: number): number | null {
  const text = headers['retry-after']?.trim()
  if (text === undefined || text === '') return null
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * second, longestAsked)
  const at = Date.parse(text)
  if (Number.isNaN(at)) return null
  const theirs = Date.parse(headers.date ?? '')
  const wait = at - (Number.isNaN(theirs) ? now : theirs)
  return Math.min(Math.max(wait, 0), longestAsked)
}

/**
 * How long to wait before attempt `attempt + 1` (ms): 1, 2, 4 … s give or take half, so that pages
 * that failed together do not come back together, and never less than the server asks for.
 * Undefined when it asks for longer than anybody waits here.
 */
export function waitBefore(
  attempt: number,
  retryAfter: number | null,
  random: () => number,
): number | undefined {
  if (retryAfter !== null && retryAfter > longestWait) return undefined
  const backoff = second * 2 ** attempt * (0.5 + random())
  return Math.min(Math.max(backoff, retryAfter ?? 0), longestWait)
}
