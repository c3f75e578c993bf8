import type { Aside } from '#kernel/aside.ts'
import type { Job, Schedule } from '#kernel/jobs.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { expireSome } from './retention.task.ts'
import { allTypes } from './store.types.ts'

const retentionJob = 'compliance.retention'
const task = new URL('./retention.task.ts', import.meta.url)

export const retentionSchedules: readonly Schedule[] = [{ job: retentionJob, cron: '23 3 * * *' }]

/** Deletes files that are older than their type is kept, but for those under a legal hold. */
export const retentionJobs = ({ db }: Runtime, aside: Aside): readonly Job[] => [
  {
    name: retentionJob,
    async handle() {
      for (const { event_type: eventType } of await db.read(allTypes))
        for (let after: number | undefined = 0; after !== undefined;)
          after = await aside.run<typeof expireSome>(task, 'expireSome', { eventType, after })
    },
  },
]
