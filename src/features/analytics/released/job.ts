import type { Aside } from '#kernel/aside.ts'
import type { Feature } from '#kernel/runtime.ts'
import type { releaseNext } from './release.ts'

const name = 'analytics.release'
const task = new URL('./release.ts', import.meta.url)

/** Releases what has become ripe, a period at a time, so that questions come in between. */
export const releaseJob = (aside: Aside): Required<Pick<Feature, 'jobs' | 'schedules'>> => ({
  jobs: [
    {
      name,
      async handle() {
        while (await aside.run<typeof releaseNext>(task, 'releaseNext', undefined));
      },
    },
  ],
  schedules: [{ job: name, cron: '*/10 * * * *' }],
})
