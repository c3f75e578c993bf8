/** The inside of the thread of `asideInThread` (aside.ts). */
import { taskOf, type AsidePlace } from './aside-task.ts'
import type { Clock } from './clock.ts'
import { openSqlite } from './db.sqlite.ts'
import { createIds } from './ids.ts'
import { queueOf } from './jobs.sqlite.ts'
import { createLog } from './log.ts'
import { createPool } from './pool.ts'
import { Problem } from './problem.ts'
import type { Runtime } from './runtime.ts'
import type { Secrets } from './secrets.ts'

const time = { now: 0 }
let runtime: Runtime | undefined

/** One place a thread: its connection stays open for the next task. */
export async function workAside(order: {
  readonly place: AsidePlace
  readonly now: number
  readonly url: string
  readonly name: string
  readonly input: unknown
}): Promise<unknown> {
  time.now = order.now
  runtime ??= createRuntime(order.place)
  const task = await taskOf(order.url, order.name)
  return task(runtime, order.input as never)
}

function createRuntime({ path, publicUrl, logLevel }: AsidePlace): Runtime {
  const clock: Clock = () => time.now
  const ids = createIds(clock)
  const log = createLog(logLevel)
  const gone = (): Problem =>
    new Problem('database_unavailable', `The database file ${path} is gone.`, { retryAfter: 5 })
  const db = openSqlite(path, { log, missing: gone })
  db.attachJobs(queueOf(clock, ids))
  return { db, clock, ids, log, publicUrl, secrets: noSecrets, pool: createPool({ size: 1 }) }
}

/** The key stays with the thread that answers requests. */
const noKey = (): never => {
  throw new Error('There is no key in this thread.')
}
const noSecrets: Secrets = {
  seal: noKey,
  open: noKey,
  outdated: noKey,
  derive: noKey,
  keyId: '',
}
