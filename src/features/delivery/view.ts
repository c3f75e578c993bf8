import { revisionChannel, revisions, theWorkspace } from '#features/workspace/index.ts'
import type { Directory, Snapshot } from '#features/policies/index.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { Log } from '#kernel/log.ts'
import { createReading } from '#kernel/reading.ts'
import { composeAnswers, type Answers, type Register } from './answers.ts'
import type { Workspace } from './source.ts'
import { register as readRegister } from './store.ts'

/** Staleness of an answer is at most this (ms) on a process that a notification does not reach. */
const pollEvery = 250

/** What this process answers from, and how far it may be trusted. */
export interface View {
  /** Undefined until the first picture is complete. */
  answers(): Answers | undefined
  /** Undefined before the first run is over. */
  workspace(): Workspace | undefined
  /** When the database last confirmed the picture (ms); null: never. */
  confirmedAt(): number | null
  /** Since when the database has not answered (ms); null: it answers. */
  downSince(): number | null
  /** Asks the database now. Never throws: without an answer the picture stays. */
  refresh(): Promise<void>
  /** Calls back after each new picture. `people`: nothing but members has changed, so the answers have not. */
  onChange(heard: (answers: Answers, changed: 'people' | 'anything') => void): void
  /** Calls back each time the database has confirmed the picture. */
  onConfirm(heard: (at: number) => void): void
  start(): Promise<void>
  stop(): Promise<void>
}

/** What answers are made of. A directory that provisions 50,000 people changes nothing of it. */
const decisive = [
  'rules',
  'defaultPolicyId',
  'policies',
  'rollouts',
  'groups',
  'surfaces',
  'enrolments',
] as const satisfies readonly (keyof Snapshot)[]

/** Enrolments from their own table, everything else from the directory: whenever one of them moves, all answers are made anew. */
export function createView(parts: {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly directory: Directory
}): View {
  let current: Answers | undefined
  let rows: Register | undefined
  let workspace: Workspace | undefined
  let seen = -1
  let confirmed: number | null = null
  let down: number | null = null
  let timer: NodeJS.Timeout | undefined
  let made: Snapshot | undefined
  const heard: ((answers: Answers, changed: 'people' | 'anything') => void)[] = []
  const confirmations: ((at: number) => void)[] = []
  const leave: (() => void)[] = []

  function compose(): void {
    if (!rows) return
    made = parts.directory.current()
    current = composeAnswers(made, rows)
    for (const tell of heard) tell(current, 'anything')
  }

  function follow(snapshot: Snapshot): void {
    const before = made
    if (!current || !before || decisive.some((part) => before[part] !== snapshot[part])) compose()
    else for (const tell of heard) tell(current, 'people')
  }

  async function poll(): Promise<void> {
    try {
      const at = parts.clock()
      const found = await parts.db.read(function* () {
        const { enrolments } = yield* revisions()
        return {
          enrolments,
          rows: enrolments === seen ? undefined : yield* readRegister(),
          workspace: yield* theWorkspace(),
        }
      })
      workspace = found.workspace
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

  /** Who asks while the database does not answer is not made to wait for more than one question. */
  const { refresh, settled } = createReading(async () => {
    await poll()
    return down === null
  })

  return {
    answers: () => current,
    workspace: () => workspace,
    confirmedAt: () =>
      confirmed === null ? null : Math.min(confirmed, parts.directory.confirmedAt()),
    downSince: () => down,
    refresh,
    onChange: (tell) => void heard.push(tell),
    onConfirm: (tell) => void confirmations.push(tell),
    async start() {
      // Rejects without a database, so that a start breaks off here instead of waiting for one with closed doors.
      await parts.directory.refresh()
      leave.push(parts.directory.onChange(follow))
      leave.push(parts.db.listen(revisionChannel, () => void refresh()))
      await refresh()
      timer = setInterval(() => void refresh(), pollEvery)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      for (const go of leave.splice(0)) go()
      await settled()
    },
  }
}
