import type { Job, Schedule } from '#kernel/jobs.ts'
import type { Alarm } from '#kernel/runtime.ts'
import type { Route } from '#kernel/route.ts'
import { judgeAhead } from '../judge.ts'
import type { PolicyParts } from '../parts.ts'
import { versionOf } from '../store.versions.ts'
import { rolloutRoutes } from './routes.ts'
import { runOne, runSchedules } from './schedule.ts'
import { createAlarms } from './standing.ts'
import { dueSchedules, type ScheduleRow } from './store.ts'
import { createFetchWatch, type FetchWatch } from './watch.ts'

export { rolloutMigrations } from './migrations.ts'
export type { SeenFetch } from './watch.ts'

export interface Rollouts {
  readonly routes: readonly Route[]
  readonly jobs: readonly Job[]
  readonly schedules: readonly Schedule[]
  readonly alarms: () => readonly Alarm[]
  readonly seen: FetchWatch['seen']
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** A version that goes to a part first, or that waits for its time. */
export function createRollouts(parts: PolicyParts): Rollouts {
  const { db, clock, pool } = parts.runtime
  const watch = createFetchWatch(parts)
  const alarms = createAlarms(parts)
  async function run(schedule: ScheduleRow): Promise<void> {
    const version = await db.read(() => versionOf(schedule.policy_id, schedule.number))
    await judgeAhead(pool, version ? [version] : [])
    await db.tx(() => runOne(parts, schedule, clock()))
  }
  return {
    routes: rolloutRoutes(parts),
    jobs: [
      {
        name: runSchedules,
        async handle() {
          const due = await db.read(() => dueSchedules(clock()))
          const failed: unknown[] = []
          for (const schedule of due)
            await run(schedule).catch((error: unknown) => failed.push(error))
          // The job is tried again; those that went through are no longer due.
          if (failed.length > 0) throw new AggregateError(failed, 'scheduled versions did not run')
        },
      },
    ],
    // Each is also enqueued for its own time; this is for those whose job was lost, with the machine or with a restore.
    schedules: [{ job: runSchedules, cron: '* * * * *' }],
    alarms: alarms.now,
    seen: watch.seen,
    start: () => alarms.start(),
    async stop() {
      alarms.stop()
      await watch.stop()
    },
  }
}
