import { day, hour, minute, second } from '#kernel/clock.ts'

/**
 * How long everything that a client holds lives (ms). docs/clients.md states them. A fetch looks its token up, so an end by hand
 * is immediate whatever the lifetime; a lifetime only bounds what a token is worth that nobody knows was stolen.
 */
export const lifetimes = {
  /** From the browser's arrival to the decision. */
  authorization: 10 * minute,
  /** RFC 6749, section 4.1.2 recommends at most 10 minutes; the client comes back within a second. */
  code: minute,
  /** What the client tells the person and waits for. */
  deviceCode: 15 * minute,
  /** A working day: longer than an outage of the database should last, during which nothing can be refreshed. */
  access: 8 * hour,
  /** The id token travels through the address of the client's own success page. */
  idToken: hour,
  /** A client that nobody started for this long has to sign in again. */
  refresh: 90 * day,
  /** An old refresh token gives the same successor for this long: parallel processes and lost answers are no theft. */
  refreshGrace: 60 * second,
} as const

/** The keys that sign id and access tokens. */
export const keyRotation = {
  /** A new key signs after this long. */
  every: 30 * day,
  /** It is published this long before it signs, so that whoever caches the set has it. */
  ahead: day,
  /** The old key stays published this long after it has signed for the last time: longer than anything it signed lives. */
  overlap: 2 * day,
} as const

/** How long the client goes on with what it was given (codex 0.169). */
export const clientCache = hour
