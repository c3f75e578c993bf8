import { z } from 'zod'
import { all, queries, type Work } from '#kernel/work.ts'
import type { WatchParts } from '../parts.ts'
import {
  extractSettings,
  fetchSettings,
  ignoreRule,
  retention,
  schedule,
  source,
  type ExtractSettings,
  type FetchSettings,
  type IgnoreRule,
  type Retention,
  type Schedule,
  type Source,
} from '../schema.ts'
import type { WatchTables } from '../tables.ts'

const q = queries<WatchTables>()

/** What an admin decides about a collection beside its name: the JSON of `watch_collections.settings`. */
export interface Settings {
  readonly sources: readonly KnownSource[]
  readonly schedule: Schedule
  readonly extract: ExtractSettings
  readonly fetch: FetchSettings
  readonly ignore: readonly IgnoreRule[]
  readonly retention: Retention
}

/** A stored source has an id: pages remember by it which source brought them. */
export type KnownSource = Source & { readonly id: string }

const stored = z.object({
  sources: z.array(source),
  schedule: schedule.prefault({}),
  extract: extractSettings.prefault({}),
  fetch: fetchSettings.prefault({}),
  ignore: z.array(ignoreRule).default([]),
  retention: retention.prefault({}),
})

/** Of a row of `watch_collections`. Values that later releases add get their defaults. */
export function parseSettings(row: { readonly settings: string }): Settings {
  const settings = stored.parse(JSON.parse(row.settings))
  return {
    ...settings,
    sources: settings.sources.map((s, i) => ({ ...s, id: s.id ?? `src${i + 1}` })),
  }
}

/** `host:port` entries that may be called although they are not public: the configuration's, then the workspace's. */
export function* exceptionsNow(parts: Pick<WatchParts, 'fixedExceptions'>): Work<string[]> {
  const rows = yield* all(q.selectFrom('watch_exceptions').select('target').orderBy('id'))
  return [...parts.fixedExceptions, ...rows.map((row) => row.target)]
}
