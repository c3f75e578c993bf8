import type { Runtime } from '#kernel/runtime.ts'
import { changeRun } from './store.ts'

/** How far a run is: written at most once a second, which is also what shows that its process lives. */
export interface Progress {
  /** Aborted when the run is stopped, here or by another process, or when this process stops. */
  readonly signal: AbortSignal
  /** A page was read while its source was: the total grows with what is found. */
  readonly found: () => void
  readonly total: (pages: number) => void
  readonly checked: (page: {
    readonly same: boolean
    readonly changed: boolean
    readonly failed: boolean
  }) => void
}

export interface Counts {
  readonly total: number
  readonly checked: number
  readonly not_modified: number
  readonly changed: number
  readonly failures: number
}

/** Also while nothing is checked: a slow list must not look like a dead process. */
export const beatEvery = 1000

export function createProgress(
  { db, clock, log }: Runtime,
  runId: string,
  stop: AbortController,
): {
  readonly progress: Progress
  readonly counts: () => Counts
  readonly end: () => Promise<void>
} {
  let counts = { total: 0, checked: 0, not_modified: 0, changed: 0, failures: 0 }
  let writing: Promise<void> = Promise.resolve()
  const write = async (): Promise<void> => {
    try {
      const alive = await db.tx(
        () => changeRun(runId, 'running', { ...counts, beat_at: clock() }),
        { durability: 'relaxed' },
      )
      if (!alive) stop.abort(new Stopped())
    } catch (error) {
      log.warn({ err: error, run: runId }, 'the progress of a run could not be written')
    }
  }
  const timer = setInterval(() => {
    writing = writing.then(write)
  }, beatEvery)
  return {
    counts: () => counts,
    end: async () => {
      clearInterval(timer)
      await writing
    },
    progress: {
      signal: stop.signal,
      found: () => (counts = { ...counts, total: counts.total + 1 }),
      total: (total) => (counts = { ...counts, total }),
      checked: ({ same, changed, failed }) => {
        counts = {
          ...counts,
          checked: counts.checked + 1,
          not_modified: counts.not_modified + (same ? 1 : 0),
          changed: counts.changed + (changed ? 1 : 0),
          failures: counts.failures + (failed ? 1 : 0),
        }
      },
    },
  }
}

/** Why a run was aborted: somebody stopped it, or it is nobody's any more. */
export class Stopped extends Error {
  constructor() {
    super('The run was stopped.')
    this.name = 'Stopped'
  }
}
