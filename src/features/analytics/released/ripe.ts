import { day, hour } from '#kernel/clock.ts'

/** How long after its end a period is decided on: clients send what they have at once, or not at all. */
const grace = 3 * hour

/** The end of the last day that may be released at a moment. */
export const ripeUntil = (now: number): number => Math.floor((now - grace) / day) * day
