import type { Aside } from '#kernel/aside.ts'
import type { Feature, Runtime } from '#kernel/runtime.ts'
import { heldRoutes } from './held/routes.ts'
import { createIngest, type Ingest } from './ingest/index.ts'
import { ingestRoutes } from './ingest/routes.ts'
import { seenMigration } from './ingest/seen.ts'
import { createKeep, type Keep } from './keep/index.ts'
import { telemetryMigrations } from './migrations.ts'
import type { TelemetryPorts } from './ports.ts'
import { createSettings, type Settings } from './settings/index.ts'
import { recordedCommands } from './store.commands.ts'
import { createIngestTokens } from './token.ts'

export type { TelemetryPorts } from './ports.ts'
export {
  measures,
  type FactKind,
  type Measures,
  type RuleDecision,
  type TelemetryTables,
} from './tables.ts'
export { percentile, type Bin } from './rollups/histogram.ts'
export type { AnalyticsEvent } from './facts/index.ts'
export type { Sender } from './take.ts'
export type { Fragment } from './settings/fragment.ts'
export * from './reading/index.ts'
export { telemetrySettings } from './settings/store.ts'
export { relayWork, type RelayItem } from './relay/store.ts'
export { createIngestTokens, type IngestClaims } from './token.ts'

export interface Telemetry extends Feature {
  /** What delivery puts behind each policy. */
  readonly fragments: Settings['fragments']
  /** Told after each change of what is delivered. */
  readonly onChange: Settings['view']['onChange']
  /** What waits to be stored, and what was, for metrics. */
  readonly measures: Ingest['measures']
  /** The client's own analytics events; where nothing is collected, nothing is kept of them. */
  readonly takeEvents: Ingest['takeEvents']
  readonly forget: Keep['forget']
  /** Commands that agents ran lately, to try a policy on. */
  readonly recordedCommands: typeof recordedCommands
}

/** Prove: what agents report about themselves, taken in, made into facts, and passed on. */
export function createTelemetry(runtime: Runtime, ports: TelemetryPorts, aside: Aside): Telemetry {
  const tokens = createIngestTokens(runtime)
  const settings = createSettings(runtime, ports, tokens)
  const ingest = createIngest({ ...ports, runtime, aside }, tokens, settings.view)
  const keep = createKeep({ ...ports, runtime, aside }, settings.view)
  return {
    ...settings,
    name: 'telemetry',
    migrations: [...telemetryMigrations, seenMigration, ...settings.migrations, ...keep.migrations],
    routes: [...ingestRoutes(ingest), ...settings.routes, ...keep.routes, ...heldRoutes],
    jobs: [...ingest.jobs, ...settings.jobs, ...keep.jobs],
    schedules: [...ingest.schedules, ...settings.schedules, ...keep.schedules],
    async stop() {
      await ingest.close()
      await settings.stop()
    },
    measures: ingest.measures,
    takeEvents: ingest.takeEvents,
    forget: keep.forget,
    recordedCommands,
    onChange: settings.view.onChange,
  }
}
