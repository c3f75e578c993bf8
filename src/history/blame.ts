/** Since when each line stands. */
import { diffIds } from './edits.ts'

/**
 * For every line of the last version, the index of the version since which it has stood there
 * without a break. `versions` are the line ids of each version, oldest first; the same line has the
 * same id in all of them. A line that went and came back stands since it came back. Time is that of
 * comparing each version with the next; equal neighbours cost only the look at them.
 */
export function blame(versions: readonly Int32Array[]): Int32Array {
  let before: Int32Array = new Int32Array(0)
  let since: Int32Array = new Int32Array(0)
  versions.forEach((ids, version) => {
    const now = new Int32Array(ids.length).fill(version)
    if (version > 0) {
      for (const { kind, a, b } of diffIds(before, ids)) {
        if (kind === 'same') now.set(since.subarray(a[0], a[1]), b[0])
      }
    }
    before = ids
    since = now
  })
  return since
}
