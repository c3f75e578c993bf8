/**
 * Who goes first where threads are more than cores. Linux counts nice values per thread (setpriority(2), "C library/kernel
 * differences"), and /proc says which threads there are; elsewhere everything stays as it was.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'

/**
 * What somebody waits for goes before what a thread does. The lowest there is: with 10 a fetch still waited now and then for a
 * whole slice of the scheduler (p99 of fetches beside an import 3.5 to 4.8 ms, with 19 3.3 to 3.8 ms, at the same rate).
 */
export const behind = 19

/** Puts the calling thread behind the one that answers requests. */
export function stepBack(): void {
  try {
    put(Number(readlinkSync('/proc/thread-self').split('/').at(-1)))
  } catch {
    // Not Linux, or not allowed: the same, with less manners.
  }
}

/**
 * Puts V8's helpers of this process behind: they compile and collect for all its threads, and with a busy one they took the
 * processor from the thread that answers requests (while a history was imported on two cores, that one waited for a core
 * 0.3 to 0.4 s of 13 s instead of 0.9 to 1.1 s).
 */
export function helpersStepBack(): void {
  try {
    for (const thread of readdirSync('/proc/self/task'))
      if (readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim() === 'V8Worker')
        put(Number(thread))
  } catch {
    // As above.
  }
}

function put(thread: number): void {
  if (Number.isInteger(thread)) setPriority(thread, behind)
}
