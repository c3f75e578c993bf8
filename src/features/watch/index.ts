import type { Aside } from '#kernel/aside.ts'
import type { Feature, Runtime } from '#kernel/runtime.ts'
import { archiveMigrations } from './archive/index.ts'
import { checklist, createAlarms, figures, findCollections } from './collections/overview.ts'
import { collectionsRoutes } from './collections/routes.ts'
import { importJobs } from './import/jobs.ts'
import { importRoutes } from './import/routes.ts'
import { keysRoutes } from './keys/routes.ts'
import { watchMigrations } from './migrations.ts'
import { noiseRoutes } from './noise/routes.ts'
import type { WatchParts, WatchPorts } from './parts.ts'
import { createPlain, type Plain } from './read/plain/plain.ts'
import { reportOf } from './read/report.ts'
import { readRoutes } from './read/routes.ts'
import { recordJobs, recordSchedules } from './record/jobs.ts'
import type { ReportOptions, StepReport } from './report.ts'
import { createGoingOut } from './runs/going-out.ts'
import { runJobs, runSchedules } from './runs/jobs.ts'
import { runsRoutes } from './runs/routes.ts'
import { createRunner } from './runs/runner.ts'

export type { StepEvent, TroubleEvent, WatchEvent } from './event.ts'
export {
  announcedSteps,
  followedByPath,
  followedCollections,
  followsPage,
  workspaceExceptions,
  type AnnouncedStep,
  type Followed,
} from './followed.ts'
export type { PublishedPolicy, WatchPorts } from './parts.ts'
export { stylesheet as plainStylesheet } from './read/document.ts'
export type { ReportOptions, ReportPage, StepReport } from './report.ts'

export interface Watch extends Feature {
  readonly report: (snapshotId: string, options: ReportOptions) => Promise<StepReport | undefined>
  /** Screens for those without JavaScript. */
  readonly plain: Plain
  /** Resolves when no run of this process is under way. */
  readonly idle: () => Promise<void>
}

/** Watch: every version of every page, any two side by side. */
export function createWatch(runtime: Runtime, ports: WatchPorts, aside: Aside): Watch {
  const parts: WatchParts = { ...ports, runtime }
  const going = createGoingOut(parts)
  const runner = createRunner(parts, going)
  const { alarms, look } = createAlarms(runtime)
  return {
    name: 'watch',
    migrations: [...archiveMigrations, ...watchMigrations],
    routes: [
      ...collectionsRoutes(parts, going),
      ...runsRoutes(parts, runner),
      ...readRoutes(parts),
      ...importRoutes(parts, aside),
      ...noiseRoutes(parts),
      ...keysRoutes(parts),
    ],
    jobs: [...runJobs(parts, runner, look), ...recordJobs(parts, aside), ...importJobs(parts)],
    schedules: [...runSchedules, ...recordSchedules],
    report: (snapshotId, options) => reportOf(parts, snapshotId, options),
    plain: createPlain(parts),
    idle: runner.idle,
    async start() {
      await runner.recover()
      await look()
    },
    async stop() {
      await runner.close()
      await going.close()
    },
    checklist,
    figures,
    alarms,
    finders: [{ permission: 'watch.read', find: findCollections }],
  }
}
