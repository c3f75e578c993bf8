import { minute } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { parseSettings } from '../collections/settings.ts'
import { nextRun } from '../collections/schedule.ts'
import { freshRun } from '../fresh.ts'
import type { WatchParts } from '../parts.ts'
import type { GoingOut } from './going-out.ts'
import { performRun, type Ended } from './perform.ts'
import { createProgress, Stopped } from './progress.ts'
import { createSpill } from './spill.ts'
import {
  changeRun,
  collectionToRun,
  dueCollections,
  insertRun,
  openRun,
  ranAt,
  setNextRun,
  silentRuns,
  waitingRun,
  type CollectionRow,
  type RunRow,
} from './store.ts'

export const runJob = 'watch.run'
export const tickJob = 'watch.tick'

/** Runs of one process at once. They wait for the network most of the time. */
const runsAtOnce = 4
/** A run beats every second; one that was silent for this long died with its process. */
export const deadAfter = 2 * minute

export interface Runner {
  /** Asks for a run, or gives the one that waits or runs already. */
  readonly ask: (
    collection: CollectionRow,
    cause: 'schedule' | 'hand',
    startedBy: string | null,
  ) => Work<RunRow>
  /** At the start of a process: ends runs that nobody can be making. On PostgreSQL another process may; its beat tells. */
  readonly recover: () => Promise<void>
  /** Asks for the runs that are due, and finds those whose process died. */
  readonly tick: () => Promise<void>
  /** Begins the runs that wait, as far as there is room; they go on in the background. */
  readonly begin: () => Promise<void>
  /** Ends a run of this process at once. */
  readonly abort: (runId: string) => void
  /** Runs of this process. For tests and the end of the process. */
  readonly idle: () => Promise<void>
  /** Ends all runs; what they did not record is fetched by the next. */
  readonly close: () => Promise<void>
}

class Draining extends Stopped {}

export function createRunner(parts: WatchParts, going: GoingOut): Runner {
  const { runtime } = parts
  const { db, clock, ids, log } = runtime
  const live = new Map<string, { readonly stop: AbortController; readonly done: Promise<void> }>()
  let closing = false
  const isClosing = (): boolean => closing

  function* ask(
    collection: CollectionRow,
    cause: 'schedule' | 'hand',
    startedBy: string | null,
  ): Work<RunRow> {
    const before = yield* openRun(collection.id)
    if (before) return before
    const row = freshRun({
      id: ids('run'),
      collectionId: collection.id,
      cause,
      state: 'waiting',
      at: clock(),
      startedBy,
    })
    yield* insertRun(row)
    yield* enqueue({ name: runJob, payload: collection.id, dedupeKey: collection.id })
    return row
  }

  async function tick(): Promise<void> {
    const now = clock()
    const silent = await db.read(() => silentRuns(now - deadAfter))
    for (const run of silent.filter(({ id }) => !live.has(id))) await bury(run, now)
    const due = await db.read(() => dueCollections(now, 1000))
    for (const { id } of due)
      await db.tx(function* () {
        const row = yield* collectionToRun(id)
        if (row?.paused !== 0 || row.next_run_at === null || row.next_run_at > now) return
        yield* setNextRun(id, nextRun(parseSettings(row).schedule, now, Math.random))
        yield* ask(row, 'schedule', null)
      })
    await begin()
  }

  const bury = (run: RunRow, now: number): Promise<boolean> =>
    db.tx(() =>
      changeRun(run.id, 'running', {
        state: 'failed',
        finished_at: now,
        message:
          'The process that made this run ended before it was done. The next run does all of it again.',
      }),
    )

  async function begin(): Promise<void> {
    while (!isClosing() && live.size < runsAtOnce) {
      const run = await db.tx(function* () {
        const waiting = yield* waitingRun()
        if (!waiting) return undefined
        const claim = { state: 'running', started_at: clock(), beat_at: clock() } as const
        return (yield* changeRun(waiting.id, 'waiting', claim)) ? waiting : undefined
      })
      if (!run) return
      const stop = new AbortController()
      if (isClosing()) stop.abort(new Draining())
      const done = perform(run, stop).finally(() => {
        live.delete(run.id)
        if (!isClosing()) begin().catch((error: unknown) => unableToBegin(error))
      })
      live.set(run.id, { stop, done })
    }
  }
  // The next tick begins what waits.
  const unableToBegin = (error: unknown): void =>
    log.warn({ err: error }, 'a waiting run could not be begun')

  /** Never rejects. */
  async function perform(run: RunRow, stop: AbortController): Promise<void> {
    const spill = createSpill()
    const { progress, counts, end } = createProgress(runtime, run.id, stop)
    let ended: Omit<Ended, 'state'> & { readonly state: RunRow['state'] }
    try {
      ended = await performRun(parts, going, run, progress, spill)
    } catch (error) {
      ended = endOf(error, stop)
      if (!stop.signal.aborted) log.error({ err: error, run: run.id }, 'a run failed')
    }
    try {
      await end()
      await spill.clear()
      await db.tx(function* () {
        const now = clock()
        const mine = yield* changeRun(run.id, 'running', {
          ...counts(),
          state: ended.state,
          finished_at: now,
          message: ended.message,
          snapshot_id: ended.snapshotId,
        })
        if (!mine) return
        if (ended.state !== 'stopped') yield* ranAt(run.collection_id, now)
        else {
          yield* setNextRun(run.collection_id, now)
          // Made again at once, not at the next minute; where the server stops, its next start sees that it is due.
          if (!isClosing()) yield* enqueue({ name: tickJob, payload: null, dedupeKey: run.id })
        }
      })
    } catch (error) {
      log.warn({ err: error, run: run.id }, 'the end of a run could not be noted')
    }
  }

  return {
    ask,
    async recover() {
      if (db.engine !== 'sqlite') return
      const now = clock()
      for (const run of await db.read(() => silentRuns(now + 1))) await bury(run, now)
    },
    tick,
    begin,
    abort: (runId) => live.get(runId)?.stop.abort(new Stopped()),
    idle: async () => {
      while (live.size > 0) await Promise.all([...live.values()].map(({ done }) => done))
    },
    async close() {
      closing = true
      for (const { stop } of live.values()) stop.abort(new Draining())
      await Promise.all([...live.values()].map(({ done }) => done))
    },
  }
}

function endOf(error: unknown, stop: AbortController) {
  const reason: unknown = stop.signal.reason
  if (reason instanceof Draining)
    return {
      state: 'stopped' as const,
      message: 'The server stopped. The run is made again when it is back.',
      snapshotId: null,
    }
  if (reason instanceof Stopped)
    return { state: 'stopped' as const, message: null, snapshotId: null }
  // Somebody changed what it stands on: it is made again at once.
  if (error instanceof Problem && error.code === 'edited_meanwhile')
    return {
      state: 'stopped' as const,
      message: `${error.message} The run is made again.`,
      snapshotId: null,
    }
  const message =
    error instanceof Problem ? error.message : 'Something went wrong inside Gatehouse; see its log.'
  return { state: 'failed' as const, message, snapshotId: null }
}
