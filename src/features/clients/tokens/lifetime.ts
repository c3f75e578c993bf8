import { day } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'

/** As far away as a time can be that every part of the product can still write as a date: 9999-12-31T23:59:59Z. */
export const never = 253_402_300_799_000

/**
 * When a token that is made now ends (ms); null: never. `days` null: it is not to end by itself. Throws `invalid_input` for more
 * than the workspace allows (`maxDays`; null: it allows any). Tokens that there are stay as they are: a cap is for new ones.
 */
export function endOf(now: number, days: number | null, maxDays: number | null): number | null {
  if (maxDays !== null && (days === null || days > maxDays)) {
    const message = `This workspace allows at most ${maxDays} ${maxDays === 1 ? 'day' : 'days'}.`
    throw new Problem('invalid_input', message, {
      remedy: 'Choose an earlier end.',
      errors: [{ field: 'expiresInDays', message }],
    })
  }
  return days === null ? null : now + days * day
}

/** Days before its end at which somebody is told, the earlier one first. */
export const warnings = [7, 1] as const
export type Warning = (typeof warnings)[number]

/**
 * Which warning is due now; null: none. Each is given once. A token that lives less than twice as long as a warning runs ahead
 * was made with its end in sight, and is spared that one.
 */
export function warningDue(
  token: {
    readonly createdAt: number
    readonly expiresAt: number | null
    readonly warned: number | null
  },
  now: number,
): Warning | null {
  const { createdAt, expiresAt, warned } = token
  if (expiresAt === null || expiresAt <= now) return null
  const due = warnings.findLast(
    (days) => expiresAt - now <= days * day && expiresAt - createdAt >= 2 * days * day,
  )
  return due === undefined || (warned !== null && warned <= due) ? null : due
}
