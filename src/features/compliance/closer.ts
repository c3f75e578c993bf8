import type { Aside } from '#kernel/aside.ts'
import { second } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { closeDue } from './close.task.ts'

const every = 2 * second
/** Lines of a file that is closed here, in some 5 ms; more of them are not in the way of anybody in a thread. */
const fewLines = 200

/** Looks every two seconds whether a file can be closed: the schedule of jobs knows no seconds. Any number of processes may. */
export function createCloser(runtime: Runtime, aside: Aside) {
  const task = new URL('./close.task.ts', import.meta.url)
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let looking = Promise.resolve()
  /** The thread beside may be busy for long: here it is looked on meanwhile. */
  let beside: Promise<void> | undefined

  // What came stays where it came from; the next look finds it.
  const said = (error: unknown): void => {
    if (!(error instanceof Problem && quiet.has(error.code)))
      runtime.log.error({ err: error }, 'the compliance log could not be written')
  }
  const look = async (): Promise<void> => {
    try {
      const { much } = await closeDue(runtime, { atMost: fewLines })
      if (much)
        beside ??= aside
          .run<typeof closeDue>(task, 'closeDue', {})
          .then(() => undefined, said)
          .finally(() => {
            beside = undefined
          })
    } catch (error) {
      said(error)
    }
    if (!stopped) next()
  }
  const next = (): void => {
    timer = setTimeout(() => {
      looking = look()
    }, every)
    timer.unref()
  }
  return {
    start: next,
    /** Closes what would wait for its window, now. */
    early: async (): Promise<void> => {
      await aside.run<typeof closeDue>(task, 'closeDue', { early: true })
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      await looking
    },
  }
}

/** Said elsewhere: the database is away, or this process ends. */
const quiet: ReadonlySet<string> = new Set(['database_unavailable', 'draining', 'not_ready'])
