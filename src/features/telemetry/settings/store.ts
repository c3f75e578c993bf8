import { first, notify, queries, run, type Work } from '#kernel/work.ts'
import type { TelemetrySettings } from '../schema.settings.ts'

interface Tables {
  telemetry_settings: {
    id: number
    version: number
    document: string
    /** A JSON object, sealed. */
    relay_headers: string | null
    changed_at: number
    changed_by: string
  }
}
const q = queries<Tables>()

/** The channel on which other processes learn of a change. */
export const settingsChannel = 'telemetry_settings'

/** Until somebody has said something. */
export const defaults: TelemetrySettings = {
  version: 0,
  collect: false,
  protocol: 'binary',
  environment: '',
  metrics: false,
  traces: false,
  logUserPrompt: false,
  content: { level: 'nothing', patterns: [] },
  groups: [],
  retention: { events: 90, content: 30, traces: 14, sums: 730 },
  relay: null,
  changedAt: null,
  changedBy: null,
}

/** Also used by whoever works in another thread, e.g. what deletes after the time of retention. */
export function* telemetrySettings(): Work<TelemetrySettings> {
  const row = yield* first(
    q
      .selectFrom('telemetry_settings')
      .select(['version', 'document', 'changed_at', 'changed_by'])
      .where('id', '=', 1),
  )
  if (!row) return defaults
  const document = JSON.parse(row.document) as Partial<TelemetrySettings>
  return {
    ...defaults,
    ...document,
    version: row.version,
    changedAt: row.changed_at,
    changedBy: row.changed_by,
  }
}

export function* settingsVersion(): Work<number> {
  const row = yield* first(q.selectFrom('telemetry_settings').select('version').where('id', '=', 1))
  return row?.version ?? 0
}

export function* sealedRelayHeaders(): Work<string | null> {
  const row = yield* first(
    q.selectFrom('telemetry_settings').select('relay_headers').where('id', '=', 1),
  )
  return row?.relay_headers ?? null
}

export function* putSettings(
  { version, changedAt, changedBy, ...document }: TelemetrySettings,
  relayHeaders: string | null,
): Work<void> {
  const values = {
    version,
    document: JSON.stringify(document),
    relay_headers: relayHeaders,
    changed_at: changedAt ?? 0,
    changed_by: changedBy ?? '',
  }
  yield* run(
    q
      .insertInto('telemetry_settings')
      .values({ id: 1, ...values })
      .onConflict((c) => c.column('id').doUpdateSet(values)),
  )
  yield* notify(settingsChannel, String(version))
}
