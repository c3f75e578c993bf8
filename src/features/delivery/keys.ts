import { day } from '#kernel/clock.ts'
import type { KeyRow } from './store.ts'

/** What a key is at a moment: it answers, it answers until a known time, or it is refused. */
export function keyStateAt(
  key: Pick<KeyRow, 'ends_at' | 'ended_at'>,
  now: number,
): 'valid' | 'ending' | 'ended' {
  if (key.ended_at !== null) return 'ended'
  if (key.ends_at === null) return 'valid'
  return now >= key.ends_at ? 'ended' : 'ending'
}

/** Keys that still answer: one, and two during a rotation. */
export const answering = (keys: readonly KeyRow[], now: number): readonly KeyRow[] =>
  keys.filter((key) => keyStateAt(key, now) !== 'ended')

export const endOfOldKey = (now: number, days: number | null): number | null =>
  days === null ? null : now + days * day
