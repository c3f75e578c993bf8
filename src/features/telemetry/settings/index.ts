import type { Feature, Runtime } from '#kernel/runtime.ts'
import { relayAlarms } from '../relay/alarms.ts'
import { relayJobs, type RelayPorts } from '../relay/job.ts'
import { relayMigrations } from '../relay/migrations.ts'
import type { IngestTokens } from '../token.ts'
import { createFragments, type Fragments } from './fragment.ts'
import { settingsMigrations } from './migrations.ts'
import { settingsRoutes, type SettingsParts } from './routes.ts'
import { createSettingsView, type SettingsView } from './view.ts'

/** What is collected needs of others. */
export interface SettingsPorts extends RelayPorts, Pick<SettingsParts, 'reach' | 'groupsOf'> {}

export interface Settings
  extends
    Required<Pick<Feature, 'jobs' | 'schedules' | 'start' | 'stop' | 'alarms'>>,
    Pick<Feature, 'migrations' | 'routes'> {
  readonly view: SettingsView
  readonly fragments: Fragments
}

/** What clients are told to report, what of it is kept, and where it is passed on to. */
export function createSettings(
  runtime: Runtime,
  ports: SettingsPorts,
  tokens: IngestTokens,
): Settings {
  const view = createSettingsView(runtime)
  return {
    view,
    fragments: createFragments(runtime.publicUrl, view, tokens),
    migrations: [...settingsMigrations, ...relayMigrations],
    routes: settingsRoutes({ runtime, settings: view, ...ports }),
    ...relayJobs(runtime, ports),
    start: view.start,
    stop: view.stop,
    alarms() {
      const state = view.relay()
      return state ? relayAlarms(state, runtime.clock()) : []
    },
  }
}
