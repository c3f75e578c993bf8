import type { LineDiff } from './lines.ts'

/** How much changed, in lines, as `git diff --numstat` counts. */
export type Stats = {
  readonly removed: number
  readonly added: number
  readonly same: number
}

/** Sums the edits of a diff. */
export function stats({ edits }: LineDiff): Stats {
  const sum = { removed: 0, added: 0, same: 0 }
  for (const { kind, a, b } of edits) sum[kind] += kind === 'added' ? b[1] - b[0] : a[1] - a[0]
  return sum
}
