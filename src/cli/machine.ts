import { systemClock } from '#kernel/clock.ts'
import { createLog } from '#kernel/log.ts'
import { createApp, type App } from '../app.ts'
import { readConfig, type Config, type Environment } from '../config.ts'

/**
 * The app without a server, for the commands that work on the machine itself: backup, restore, doctor, owner reset.
 * Nothing is migrated or started.
 */
export function openMachine(env: Environment): {
  readonly app: App
  readonly config: Config
  readonly close: () => Promise<void>
} {
  const config = readConfig(env)
  const app = createApp({ config, clock: systemClock, log: createLog('error') })
  return { app, config, close: () => app.runtime.db.close() }
}
