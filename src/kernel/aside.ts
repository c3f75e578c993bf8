/**
 * Much database work beside the thread that answers requests. The embedded engine works in the thread that asks it, and a
 * commit waits for the disk there; a policy fetch must wait for neither. PostgreSQL works elsewhere anyway.
 */
import { taskOf, type AsidePlace, type AsideTask } from './aside-task.ts'
import type { workAside } from './aside-thread.ts'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'
import { createPool, valueOf, type RunOptions } from './pool.ts'
import { helpersStepBack } from './priority.ts'
import type { Runtime } from './runtime.ts'

export interface Aside {
  /**
   * Runs the function `name` of the module at `url`: on the embedded engine in a thread with a connection of its own, one
   * after the other, on PostgreSQL here. Its clock stands at the time of the call. In the thread nobody hears what it
   * notifies, and a job that it enqueues begins when the queue is looked at next.
   *
   * Rejects with what the task threw, and with `draining` after `close`.
   */
  run<Task extends AsideTask>(
    url: URL,
    name: string,
    input: Parameters<Task>[1],
    options?: Pick<RunOptions, 'transfer'>,
  ): Promise<Awaited<ReturnType<Task>>>
  /** Ends it now; a transaction in the middle is taken back by the database. */
  close(): Promise<void>
}

/** Bounds a task that hangs; none that works takes this long. */
const timeoutMs = 3_600_000

/** For the embedded engine. The thread starts with the first task. */
export function asideInThread(
  path: string,
  { clock, log, publicUrl }: { clock: Clock; log: Log; publicUrl: string },
): Aside {
  const pool = createPool({ size: 1, timeoutMs })
  const place: AsidePlace = { path, publicUrl, logLevel: log.level }
  const thread = new URL('./aside-thread.ts', import.meta.url)
  let alone = true
  return {
    run: (async (url, name, input, options) => {
      if (alone) helpersStepBack()
      alone = false
      const order = { place, now: clock(), url: url.href, name, input }
      return valueOf(await pool.run<typeof workAside>(thread, 'workAside', order, options))
    }) as Aside['run'],
    close: () => pool.close(),
  }
}

/** For an engine that works in a process of its own. */
export const asideInPlace = (runtime: () => Runtime): Aside => ({
  run: (async (url, name, input) =>
    (await taskOf(url.href, name))(runtime(), input)) as Aside['run'],
  close: () => Promise.resolve(),
})
