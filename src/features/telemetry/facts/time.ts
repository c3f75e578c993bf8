import { day } from '#kernel/clock.ts'

/** No agent that reports anything is older. */
const earliest = Date.UTC(2020, 0, 1)

/**
 * The time at which something counts, in ms: what the client says, unless it says none, or a time before 2020 or more than a day
 * after the receipt. Then it counts at the receipt, and `reportedAt` keeps what was said.
 */
export function timeOf(
  said: number,
  receivedAt: number,
): { readonly at: number; readonly reportedAt: number | null } {
  const at = Math.floor(said)
  return at >= earliest && at <= receivedAt + day
    ? { at, reportedAt: null }
    : { at: receivedAt, reportedAt: Number.isSafeInteger(at) ? at : null }
}
