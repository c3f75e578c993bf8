import type { Job, Schedule } from '#kernel/jobs.ts'
import { removal } from '../collections/remove.ts'
import type { WatchParts } from '../parts.ts'
import { runJob, tickJob, type Runner } from './runner.ts'

/**
 * Runs themselves are no jobs: one takes as long as its sites do, and would keep mails and webhooks waiting. Their rows are
 * the queue, and these jobs only look at it.
 */
export const runJobs = (
  parts: WatchParts,
  runner: Runner,
  /** Looks which alarms there are; each minute is soon enough. */
  look: () => Promise<void>,
): readonly Job[] => [
  {
    name: tickJob,
    attempts: 1,
    async handle() {
      await runner.tick()
      await look()
    },
  },
  { name: runJob, attempts: 1, handle: () => runner.begin() },
  removal(parts),
]

export const runSchedules: readonly Schedule[] = [{ job: tickJob, cron: '* * * * *' }]
