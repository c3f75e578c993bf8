/** Since when each line stands, as a task for a thread of the pool. */
import { blame } from '#history/index.ts'

/** @param versions line ids of each version, oldest first; the answer holds, per line of the last one, the index of the version since which it stands */
export const blameTask = (versions: readonly Int32Array[]): Int32Array => blame(versions)
