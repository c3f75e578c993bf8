import { randomUUID } from 'node:crypto'
import type * as pgBoss from 'pg-boss'
import { jobsChannel, type PostgresDb } from './db.postgres.ts'
import type { Job, Jobs, Schedule } from './jobs.ts'
import { later } from './later.ts'
import type { Log } from './log.ts'

/**
 * A new job is told of as soon as its transaction committed (`jobsChannel`); looking once a second finds those whose time has
 * come, and those that nobody heard of. One job at each poll would be one mail a second. So several are taken at once, each with its own outcome, and the next
 * ones without a pause while there are as many.
 */
const work = {
  pollingIntervalSeconds: 1,
  batchSize: 4,
  perJobResults: true,
  burstWhenBatchFull: true,
} as const

const queue = later('pg-boss') as () => typeof pgBoss

/**
 * The queue where several processes share one database: pg-boss, in its own schema. A job is inserted with the connection
 * of the transaction that makes it, so it exists exactly when the transaction committed.
 */
export function createPostgresJobs(db: PostgresDb, log: Log): Jobs {
  const { PgBoss } = queue()
  const boss = new PgBoss({
    db: {
      executeSql: async (text: string, values?: unknown[]) => db.pool.query(text, values),
    },
    schema: 'gatehouse_jobs',
  })
  boss.on('error', (error) => log.error({ err: error }, 'the job queue reported an error'))

  db.attachJobs(async (job, execute) => {
    await boss.send(
      job.name,
      { payload: job.payload ?? null },
      {
        db: { executeSql: (text: string, values?: unknown[]) => execute(text, values ?? []) },
        ...(job.runAt === undefined ? {} : { startAfter: new Date(job.runAt) }),
        // Under the policy below even jobs without a key keep each other out, so each gets one of its own.
        singletonKey: job.dedupeKey ?? randomUUID(),
      },
    )
  })

  let deafen: (() => void) | undefined
  return {
    async start(jobs: readonly Job[], schedules: readonly Schedule[]) {
      await boss.start()
      const workers = new Map<string, string>()
      deafen = db.listen(jobsChannel, (name) => {
        const worker = workers.get(name)
        if (worker !== undefined) boss.notifyWorker(worker)
      })
      for (const job of jobs) {
        // `short`: while one with the same singleton key waits, another one is not added.
        await boss.createQueue(job.name, {
          policy: 'short',
          retryLimit: (job.attempts ?? 5) - 1,
          retryDelay: 5,
          retryBackoff: true,
        })
        const handle = handler(job, log)
        workers.set(job.name, await boss.work<Data, unknown, typeof work>(job.name, work, handle))
      }
      for (const s of schedules)
        await boss.schedule(s.job, s.cron, { payload: null }, { tz: s.timeZone ?? 'UTC' })
    },
    async stop(graceMs) {
      deafen?.()
      await boss.stop({ graceful: true, timeout: graceMs, close: false })
    },
    async counts() {
      const queues = await boss.getQueues()
      const sum = (pick: (q: (typeof queues)[number]) => number): number =>
        queues.reduce((n, q) => n + pick(q), 0)
      const failed = await db.pool.query<{ n: number }>(
        "select count(*) as n from gatehouse_jobs.job where state = 'failed'",
      )
      return {
        waiting: sum((q) => q.queuedCount),
        running: sum((q) => q.activeCount),
        failed: failed.rows[0]?.n ?? 0,
      }
    },
  }
}

interface Data {
  readonly payload: unknown
}

/** Each job of a batch has an outcome of its own. */
const handler = (job: Job, log: Log) => (batch: readonly pgBoss.Job<Data>[]) =>
  Promise.all(
    batch.map(async ({ id, data }) => {
      try {
        await job.handle(data.payload ?? null)
        return { id, status: 'completed' as const }
      } catch (error) {
        log.warn({ err: error, job: job.name }, 'a job failed')
        const message = error instanceof Error ? error.message.slice(0, 1000) : 'unknown'
        return { id, status: 'failed' as const, output: { message } }
      }
    }),
  )
