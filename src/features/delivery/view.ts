import { revisionChannel, revisions } from '#features/workspace/index.ts'
import type { Directory } from '#features/policies/index.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { Log } from '#kernel/log.ts'
import { composeAnswers, type Answers, type Register } from './answers.ts'
import { register as readRegister } from './store.ts'

/** Staleness of an answer is at most this (ms) on a process that a notification does not reach. */
const pollEvery = 250

/** What this process answers from, and how far it may be trusted. */
export interface View {
  /** Undefined until the first picture is complete. */
  answers(): Answers | undefined
  /** When the database last confirmed the picture (ms); null: never. */
  confirmedAt(): number | null
  /** Since when the database has not answered (ms); null: it answers. */
  downSince(): number | null
  /** Asks the database now. Never throws: without an answer the picture stays. */
  refresh(): Promise<void>
  /** Calls back after each new picture. */
  onChange(heard: (answers: Answers) => void): void
  /** Calls back each time the database has confirmed the picture. */
  onConfirm(heard: (at: number) => void): void
  start(): Promise<void>
  stop(): Promise<void>
}

/** Enrolments from their own table, everything else from the directory: whenever one of them moves, all answers are made anew. */
export function createView(parts: {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly directory: Directory
}): View {
  let current: Answers | undefined
  let rows: Register | undefined
  let seen = -1
  let confirmed: number | null = null
  let down: number | null = null
  let timer: NodeJS.Timeout | undefined
  let polling: Promise<void> | undefined
  let again = false
  const heard: ((answers: Answers) => void)[] = []
  const confirmations: ((at: number) => void)[] = []
  const leave: (() => void)[] = []

  function compose(): void {
    if (!rows) return
    current = composeAnswers(parts.directory.current(), rows)
    for (const tell of heard) tell(current)
  }

  async function poll(): Promise<void> {
    try {
      const at = parts.clock()
      const found = await parts.db.read(function* () {
        const { enrolments } = yield* revisions()
        return { enrolments, rows: enrolments === seen ? undefined : yield* readRegister() }
      })
      if (found.rows) {
        rows = found.rows
        seen = found.enrolments
        compose()
      }
      confirmed = at
      for (const tell of confirmations) tell(at)
      if (down !== null) parts.log.info('the database answers again')
      down = null
    } catch (error) {
      if (down === null)
        parts.log.error(
          { err: error },
          'the database does not answer; bundles are served from memory',
        )
      down ??= parts.clock()
    }
  }

  const wanted = (): boolean => again

  /** One question at a time; who asks during one is answered by the next. */
  function refresh(): Promise<void> {
    if (polling) {
      again = true
      return polling
    }
    polling = (async () => {
      do {
        again = false
        await poll()
        // Only what was asked for meanwhile is worth another round, and only while the database answers.
      } while (wanted() && down === null)
    })().finally(() => {
      polling = undefined
    })
    return polling
  }

  return {
    answers: () => current,
    confirmedAt: () =>
      confirmed === null ? null : Math.min(confirmed, parts.directory.confirmedAt()),
    downSince: () => down,
    refresh,
    onChange: (tell) => void heard.push(tell),
    onConfirm: (tell) => void confirmations.push(tell),
    async start() {
      // Rejects without a database, so that a start breaks off here instead of waiting for one with closed doors.
      await parts.directory.refresh()
      leave.push(parts.directory.onChange(compose))
      leave.push(parts.db.listen(revisionChannel, () => void refresh()))
      await refresh()
      timer = setInterval(() => void refresh(), pollEvery)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      for (const go of leave.splice(0)) go()
      await polling
    },
  }
}
