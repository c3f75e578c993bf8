import { Cron } from 'croner'
import type { Clock } from './clock.ts'
import type { SqliteDb } from './db.sqlite.ts'
import type { Ids } from './ids.ts'
import type { Job, Jobs, Schedule } from './jobs.ts'
import type { Log } from './log.ts'
import type { Migration } from './migrate.ts'
import { createReading } from './reading.ts'
import { all, enqueue, first, queries, run, type QueuedJob, type Work } from './work.ts'

interface Tables {
  jobs: {
    id: string
    name: string
    payload: string
    run_at: number
    attempt: number
    state: 'waiting' | 'running' | 'failed'
    dedupe_key: string | null
    last_error: string | null
  }
}
const q = queries<Tables>()
type Taken = Pick<Tables['jobs'], 'id' | 'name' | 'payload' | 'attempt'>

export const sqliteJobsMigration: Migration = {
  name: 'kernel-002-jobs',
  *up() {
    yield* run(
      q.schema
        .createTable('jobs')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('payload', 'text', (c) => c.notNull())
        .addColumn('run_at', 'bigint', (c) => c.notNull())
        .addColumn('attempt', 'bigint', (c) => c.notNull().defaultTo(0))
        // waiting, running, failed; a finished job is deleted
        .addColumn('state', 'text', (c) => c.notNull().defaultTo('waiting'))
        .addColumn('dedupe_key', 'text')
        .addColumn('last_error', 'text'),
    )
    yield* run(q.schema.createIndex('jobs_due').on('jobs').columns(['state', 'run_at']))
  },
}

/** How many jobs run at once: they wait for the network, not for the processor. */
const concurrency = 4
/** Pause before the n-th further try, in ms: 5 s, 10 s, 20 s … at most an hour. */
const pause = (attempt: number): number => Math.min(5000 * 2 ** (attempt - 1), 3_600_000)
const pollEvery = 1000

/** Puts a job in the queue, within the transaction that enqueues it. */
export const queueOf = (clock: Clock, ids: Ids) =>
  function* (job: QueuedJob): Work<void> {
    const waiting = q
      .selectFrom('jobs')
      .select('id')
      .where('name', '=', job.name)
      .where('dedupe_key', '=', job.dedupeKey ?? null)
      .where('state', '=', 'waiting')
    if (yield* first(waiting.limit(1))) return
    yield* run(
      q.insertInto('jobs').values({
        id: ids('job'),
        name: job.name,
        payload: JSON.stringify(job.payload ?? null),
        run_at: job.runAt ?? clock(),
        attempt: 0,
        state: 'waiting',
        dedupe_key: job.dedupeKey ?? null,
        last_error: null,
      }),
    )
  }

/** The one that waits longest. */
const dueAt = (now: number) =>
  q
    .selectFrom('jobs')
    .select('id')
    .where('state', '=', 'waiting')
    .where('run_at', '<=', now)
    .orderBy('run_at')
    .orderBy('id')
    .limit(1)

/** Safe on the disk before anybody goes on, and nobody else waits for the disk with it. */
const awaited = { durability: 'awaited' } as const

/**
 * The queue of the embedded engine: one table in the same file, worked by the one server process. A job that was running
 * when the process died waits again at the next start.
 */
export function createSqliteJobs(db: SqliteDb, clock: Clock, ids: Ids, log: Log): Jobs {
  let handlers = new Map<string, Job>()
  let crons: Cron[] = []
  let timer: NodeJS.Timeout | undefined
  let stopping = false
  const running = new Set<Promise<void>>()
  let deaf = (): void => undefined

  db.attachJobs(queueOf(clock, ids))

  /** Takes one due job. A look alone waits for no other writer. */
  async function take(): Promise<Taken | undefined> {
    const due = dueAt(clock())
    if (!(await db.read(() => first(due)))) return undefined
    return db.tx(
      () =>
        first(
          q
            .updateTable('jobs')
            .set((eb) => ({ state: 'running', attempt: eb('attempt', '+', 1) }))
            .where('id', '=', due)
            .returning(['id', 'name', 'payload', 'attempt']),
        ),
      awaited,
    )
  }

  async function work(job: Taken): Promise<void> {
    const handler = handlers.get(job.name)
    try {
      if (!handler) throw new Error(`No handler for the job ${job.name}.`)
      await handler.handle(JSON.parse(job.payload))
      await db.tx(() => run(q.deleteFrom('jobs').where('id', '=', job.id)), awaited)
    } catch (error) {
      const last = job.attempt >= (handler?.attempts ?? 5)
      log.warn({ err: error, job: job.name, attempt: job.attempt, last }, 'a job failed')
      const noted = {
        state: last ? ('failed' as const) : ('waiting' as const),
        run_at: clock() + pause(job.attempt),
        last_error: error instanceof Error ? error.message.slice(0, 1000) : 'unknown',
      }
      await db.tx(() => run(q.updateTable('jobs').set(noted).where('id', '=', job.id)), awaited)
    }
  }

  const { refresh: takeAll, settled } = createReading(async () => {
    while (!stopping && running.size < concurrency) {
      const job = await take()
      if (!job) return
      const turn = work(job)
        .catch((error: unknown) =>
          log.error({ err: error }, 'the job queue could not note a result'),
        )
        .finally(() => {
          running.delete(turn)
          setImmediate(pump)
        })
      running.add(turn)
    }
  })

  function pump(): void {
    takeAll().catch((error: unknown) =>
      log.error({ err: error }, 'the job queue cannot reach its table'),
    )
  }

  return {
    async start(jobs: readonly Job[], schedules: readonly Schedule[]) {
      handlers = new Map(jobs.map((job) => [job.name, job]))
      await db.tx(() =>
        run(q.updateTable('jobs').set({ state: 'waiting' }).where('state', '=', 'running')),
      )
      deaf = db.listen('jobs', () => setImmediate(pump))
      timer = setInterval(pump, pollEvery)
      crons = schedules.map(
        (s) =>
          new Cron(
            s.cron,
            {
              timezone: s.timeZone ?? 'UTC',
              protect: true,
              // Left alone, a full disk at that minute would end the process as an unhandled rejection.
              catch: (error) =>
                log.error({ err: error, job: s.job }, 'a scheduled job could not be enqueued'),
            },
            () =>
              db.tx(() => enqueue({ name: s.job, payload: null, dedupeKey: `schedule:${s.job}` })),
          ),
      )
      pump()
    },
    async stop(graceMs) {
      stopping = true
      deaf()
      clearInterval(timer)
      for (const cron of crons) cron.stop()
      const patience = new Promise((done) => setTimeout(done, graceMs).unref())
      await Promise.race([settled().then(() => Promise.allSettled(running)), patience])
    },
    async counts() {
      const rows = await db.read(() =>
        all(
          q
            .selectFrom('jobs')
            .select(['state', (eb) => eb.fn.countAll<number>().as('n')])
            .groupBy('state'),
        ),
      )
      const of = (state: Tables['jobs']['state']): number =>
        rows.find((row) => row.state === state)?.n ?? 0
      return { waiting: of('waiting'), running: of('running'), failed: of('failed') }
    },
  }
}
