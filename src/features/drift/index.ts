import { second } from '#kernel/clock.ts'
import type { Aside } from '#kernel/aside.ts'
import type { Feature, Runtime } from '#kernel/runtime.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { createAlarms } from './alarms.ts'
import { createJudging, judgeJob } from './judging.ts'
import { driftMigrations } from './migrations.ts'
import type { DriftPorts } from './ports.ts'
import { driftRoutes } from './routes.ts'
import { settingsRoutes } from './routes.settings.ts'
import { newestFact } from './store.heard.ts'
import { standing } from './store.findings.ts'
import { deleteOf } from './store.ts'

export type { DriftPorts } from './ports.ts'

export interface Drift extends Feature {
  /** Removes what is kept about the clients of a member, account or enrolment. */
  readonly forget: (principalId: string) => Work<void>
}

/** How often it is looked whether something new was received. */
const lookEvery = 5 * second

/** Prove: whether clients run with the policy that they were served, by their own word. */
export function createDrift(runtime: Runtime, ports: DriftPorts, aside: Aside): Drift {
  const { db, log } = runtime
  const parts = { ...ports, runtime }
  const alarms = createAlarms(parts)
  let timer: NodeJS.Timeout | undefined
  let newest = -1

  async function look(): Promise<void> {
    try {
      const now = await db.read(newestFact)
      if (now === newest) return
      await db.tx(() => enqueue({ name: judgeJob, payload: null, dedupeKey: judgeJob }))
      newest = now
    } catch (error) {
      // The database is away; telemetry waits as well.
      log.debug({ err: error }, 'drift could not look for what is new')
    }
  }

  return {
    name: 'drift',
    migrations: driftMigrations,
    routes: [...driftRoutes, ...settingsRoutes(parts)],
    ...createJudging(parts, aside),
    async start() {
      await alarms.start()
      timer = setInterval(() => void look(), lookEvery)
      timer.unref()
    },
    stop() {
      clearInterval(timer)
      alarms.stop()
      return Promise.resolve()
    },
    alarms: alarms.now,
    *figures() {
      const { clients } = yield* standing()
      return [
        {
          key: 'drift',
          title: 'Clients that disagree with what they were served',
          value: clients,
          link: '/drift?state=disagrees',
        },
      ]
    },
    forget: deleteOf,
  }
}
