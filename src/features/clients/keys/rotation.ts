import { keyRotation } from '../lifetimes.ts'

/** The part of a key that says when it signs. A list of them is in the order of `signs_from`. */
export interface Turn {
  readonly kid: string
  readonly signs_from: number
}

/** The key that signs now: the newest whose time has come. */
export const signingNow = <T extends Turn>(keys: readonly T[], now: number): T | undefined =>
  keys.findLast((key) => key.signs_from <= now)

/** When the next key begins to sign; null: not yet time to make it. `first`: there is none, and it is needed at once. */
export function nextTurn(keys: readonly Turn[], now: number): number | 'first' | null {
  const newest = keys.at(-1)
  if (!newest) return 'first'
  const due = newest.signs_from + keyRotation.every
  // After a long stop it is late, and is still published first.
  return due - keyRotation.ahead > now ? null : Math.max(due, now + keyRotation.ahead)
}

/** Keys whose last signature is older than anything that they signed may live. */
export const retired = <T extends Turn>(keys: readonly T[], now: number): readonly T[] =>
  keys.filter((_, i) => {
    const next = keys[i + 1]
    return next !== undefined && next.signs_from + keyRotation.overlap <= now
  })
