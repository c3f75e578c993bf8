import { minute } from '#kernel/clock.ts'
import type { Alarm } from '#kernel/runtime.ts'
import type { RelayState } from '../schema.settings.ts'

/** Pure: what an operator has to know of the relay. */
export function relayAlarms(state: RelayState, now: number): readonly Alarm[] {
  const alarms: Alarm[] = []
  if (state.failingSince !== null && now - state.failingSince >= 5 * minute)
    alarms.push({
      key: 'telemetry-relay',
      severity: state.waitingBytes > state.maxBytes / 2 ? 'error' : 'warning',
      message: `The collector does not take telemetry: ${state.lastError ?? ''} ${state.waiting} requests wait.`,
      remedy: 'Check the collector and its address under Settings, Telemetry.',
      since: state.failingSince,
    })
  if (state.lastLostAt !== null && now - state.lastLostAt < 24 * 60 * minute)
    alarms.push({
      key: 'telemetry-relay-lost',
      severity: 'error',
      message: `Telemetry was not passed on (${state.lost} requests in all): ${state.lastLoss ?? ''}`,
      remedy: 'It is stored here all the same. Check the collector; settings show what waits.',
      since: state.lastLostAt,
    })
  return alarms
}
