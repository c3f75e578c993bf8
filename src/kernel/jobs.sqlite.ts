import { Cron } from 'croner'
import type { Clock } from './clock.ts'
import type { SqliteDb } from './db.sqlite.ts'
import type { Ids } from './ids.ts'
import type { Job, Jobs, Schedule } from './jobs.ts'
import type { Log } from './log.ts'
import type { Migration } from './migrate.ts'
import { queries, run, type QueuedJob } from './work.ts'

interface Tables {
  jobs: { id: string }
}
const q = queries<Tables>()

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

/** Puts a job in the queue, within the transaction of the connection. */
export const queueOf =
  (db: SqliteDb, clock: Clock, ids: Ids) =>
  (job: QueuedJob): void => {
    const waiting = db.raw
      .prepare("SELECT 1 FROM jobs WHERE name = ? AND dedupe_key = ? AND state = 'waiting'")
      .get(job.name, job.dedupeKey ?? null)
    if (waiting) return
    db.raw
      .prepare('INSERT INTO jobs (id, name, payload, run_at, dedupe_key) VALUES (?, ?, ?, ?, ?)')
      .run(
        ids('job'),
        job.name,
        JSON.stringify(job.payload ?? null),
        job.runAt ?? clock(),
        job.dedupeKey ?? null,
      )
  }

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

  db.attachJobs(queueOf(db, clock, ids))

  /** Takes one due job. Synchronous from look to mark, so no other turn can take the same one. */
  function take(): { id: string; name: string; payload: string; attempt: number } | undefined {
    // A look alone waits for no other writer.
    const due = db.raw
      .prepare("SELECT 1 FROM jobs WHERE state = 'waiting' AND run_at <= ? LIMIT 1")
      .get(clock())
    if (!due) return undefined
    return db.raw
      .prepare(
        `UPDATE jobs SET state = 'running', attempt = attempt + 1
         WHERE id = (SELECT id FROM jobs WHERE state = 'waiting' AND run_at <= ? ORDER BY run_at, id LIMIT 1)
         RETURNING id, name, payload, attempt`,
      )
      .get(clock()) as { id: string; name: string; payload: string; attempt: number } | undefined
  }

  async function work(job: {
    id: string
    name: string
    payload: string
    attempt: number
  }): Promise<void> {
    const handler = handlers.get(job.name)
    try {
      if (!handler) throw new Error(`No handler for the job ${job.name}.`)
      await handler.handle(JSON.parse(job.payload))
      db.raw.prepare('DELETE FROM jobs WHERE id = ?').run(job.id)
    } catch (error) {
      const last = job.attempt >= (handler?.attempts ?? 5)
      log.warn({ err: error, job: job.name, attempt: job.attempt, last }, 'a job failed')
      db.raw
        .prepare('UPDATE jobs SET state = ?, run_at = ?, last_error = ? WHERE id = ?')
        .run(
          last ? 'failed' : 'waiting',
          clock() + pause(job.attempt),
          error instanceof Error ? error.message.slice(0, 1000) : 'unknown',
          job.id,
        )
    }
  }

  function pump(): void {
    try {
      while (!stopping && running.size < concurrency) {
        const job = take()
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
    } catch (error) {
      log.error({ err: error }, 'the job queue cannot reach its table')
    }
  }

  return {
    async start(jobs: readonly Job[], schedules: readonly Schedule[]) {
      handlers = new Map(jobs.map((job) => [job.name, job]))
      db.raw.prepare("UPDATE jobs SET state = 'waiting' WHERE state = 'running'").run()
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
              db.tx(function* () {
                yield {
                  kind: 'job',
                  job: { name: s.job, payload: null, dedupeKey: `schedule:${s.job}` },
                }
              }),
          ),
      )
      pump()
      return Promise.resolve()
    },
    async stop(graceMs) {
      stopping = true
      deaf()
      clearInterval(timer)
      for (const cron of crons) cron.stop()
      const patience = new Promise((done) => setTimeout(done, graceMs).unref())
      await Promise.race([Promise.allSettled(running), patience])
    },
    counts() {
      const rows = db.raw.prepare('SELECT state, count(*) AS n FROM jobs GROUP BY state').all()
      const of = (state: string): number =>
        Number(rows.find((r) => r['state'] === state)?.['n'] ?? 0)
      return Promise.resolve({
        waiting: of('waiting'),
        running: of('running'),
        failed: of('failed'),
      })
    },
  }
}
