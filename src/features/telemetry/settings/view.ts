import { second } from '#kernel/clock.ts'
import { createReading } from '#kernel/reading.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { relayState } from '../relay/store.ts'
import type { RelayState, TelemetrySettings } from '../schema.settings.ts'
import { contentLevelOf } from './content.ts'
import { settingsChannel, settingsVersion, telemetrySettings } from './store.ts'
import type { ContentPolicy } from '../take.ts'

/** The settings in memory: every fetch of a policy and every request with telemetry asks for them. */
export interface SettingsView {
  /** Undefined until they were read once. */
  readonly current: () => TelemetrySettings | undefined
  readonly contentFor: (groupIds: readonly string[]) => ContentPolicy
  /** How the relay is doing; undefined where nothing is passed on. */
  readonly relay: () => RelayState | undefined
  readonly onChange: (heard: () => void) => void
  /** Rejects without a database. */
  readonly refresh: () => Promise<void>
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** A change made in another process is known here at most this (ms) later; a notification makes it at once. */
const pollEvery = second

export function createSettingsView({ db, log }: Pick<Runtime, 'db' | 'log'>): SettingsView {
  const heard: (() => void)[] = []
  let present: TelemetrySettings | undefined
  let relay: RelayState | undefined
  let failing = false
  let timer: NodeJS.Timeout | undefined
  let unlisten: (() => void) | undefined

  const { refresh, settled } = createReading(async () => {
    const known = present
    const read = await db.read(function* () {
      const same = known && (yield* settingsVersion()) === known.version
      const settings = same ? known : yield* telemetrySettings()
      return { settings, relay: settings.relay ? yield* relayState() : undefined }
    })
    relay = read.relay
    if (read.settings === known) return
    present = read.settings
    for (const tell of heard) tell()
  })

  async function poll(): Promise<void> {
    try {
      await refresh()
      failing = false
    } catch (error) {
      if (!failing) log.error({ err: error }, 'the settings of telemetry cannot be read')
      failing = true
    }
  }

  return {
    current: () => present,
    contentFor(groupIds) {
      // Before they were read nothing is kept: that can be said without knowing them.
      if (!present) return { level: 'nothing', patterns: [] }
      return { level: contentLevelOf(present, groupIds), patterns: present.content.patterns }
    },
    relay: () => relay,
    onChange: (tell) => void heard.push(tell),
    refresh,
    async start() {
      await refresh()
      unlisten = db.listen(settingsChannel, () => void poll())
      timer = setInterval(() => void poll(), pollEvery)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      unlisten?.()
      await settled()
    },
  }
}
