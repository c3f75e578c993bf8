import { api, useAct, type ActOptions } from '#web/kit/index.ts'
import {
  telemetryPage,
  type TelemetryChange,
  type TelemetryPage,
  type TelemetrySettings,
} from '../schema.settings.ts'

/** Saves the present settings with something else in them. The relay keeps its headers where none are given. */
export function useSaveSettings(
  { changedAt: _at, changedBy: _by, relay, ...present }: TelemetrySettings,
  options: Pick<ActOptions<Partial<TelemetryChange>, TelemetryPage>, 'onError'> = {},
) {
  return useAct(
    (change: Partial<TelemetryChange>) =>
      api.put('/api/v1/telemetry/settings', {
        body: { ...present, relay: relay && { url: relay.url }, ...change },
        schema: telemetryPage,
      }),
    { done: 'Saved.', refresh: ['telemetry', 'own-telemetry'], ...options },
  )
}
