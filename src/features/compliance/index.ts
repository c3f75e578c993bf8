import type { Aside } from '#kernel/aside.ts'
import type { Feature, Runtime } from '#kernel/runtime.ts'
import { createAlarms } from './alarms.ts'
import { createCloser } from './closer.ts'
import { eraseJobs } from './erasures/job.ts'
import { complianceMigrations } from './migrations.ts'
import type { ComplianceParts, CompliancePorts } from './parts.ts'
import { retentionJobs, retentionSchedules } from './retention.ts'
import { destinationRoutes } from './routes.destinations.ts'
import { erasureRoutes } from './routes.erasures.ts'
import { fileRoutes } from './routes.files.ts'
import { holdRoutes } from './routes.holds.ts'
import { platformRoutes } from './routes.platform.ts'
import { createArchives, type Archives } from './send/archive.ts'
import { deliverJobs } from './send/deliver.ts'

export type { CompliancePorts } from './parts.ts'
export type { Subject } from './schema.ts'

export interface Compliance extends Feature {
  /** Folders and buckets, for what else must leave this server. */
  readonly archives: Archives
  /** Writes what has come until now into files, before it goes where it came from. */
  readonly closeEarly: () => Promise<void>
}

/** Prove: files of what agents and people did that nobody changes, for those who must be able to show it. */
export function createCompliance(
  runtime: Runtime,
  ports: CompliancePorts,
  aside: Aside,
): Compliance {
  const parts: ComplianceParts = { ...ports, runtime, aside }
  const closer = createCloser(runtime, aside)
  const alarms = createAlarms(runtime)
  return {
    name: 'compliance',
    archives: createArchives(parts),
    closeEarly: closer.early,
    migrations: complianceMigrations,
    routes: [
      ...platformRoutes(parts),
      ...fileRoutes(parts),
      ...holdRoutes(parts),
      ...erasureRoutes(parts),
      ...destinationRoutes(parts),
    ],
    jobs: [
      ...deliverJobs(parts),
      ...eraseJobs(parts, closer.early),
      ...retentionJobs(runtime, aside),
    ],
    schedules: retentionSchedules,
    async start() {
      await alarms.start()
      closer.start()
    },
    async stop() {
      alarms.stop()
      await closer.stop()
    },
    alarms: alarms.now,
  }
}
