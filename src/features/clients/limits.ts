import { hour, minute, type Clock } from '#kernel/clock.ts'
import { createLimiter } from '#kernel/ratelimit.ts'

/** How many sign-ins one address may begin in a quarter of an hour: an office behind one address on the day of the roll-out. */
export const beginningsByAddress = 300

/** What is counted, by whom; each process counts for itself. */
export function createLimits(clock: Clock) {
  const limiter = (limit: number, window: number) => createLimiter(clock, { limit, window })
  return {
    devicesByAddress: limiter(beginningsByAddress, 15 * minute),
    authorizationsByAddress: limiter(beginningsByAddress, 15 * minute),
    /** Wrong user codes. */
    codesByMember: limiter(10, 15 * minute),
    /** The same, whoever types them; an office shares one. */
    codesByAddress: limiter(100, 15 * minute),
    /** Polls with one device code: ten times as many as it was told. */
    pollsByDevice: limiter(120, minute),
    /** A client that refreshes in a loop would fill every process's memory with access tokens. */
    refreshesByClient: limiter(120, hour),
  }
}
export type Limits = ReturnType<typeof createLimits>
