import type { Alarm, Runtime } from '#kernel/runtime.ts'
import { allDestinations } from './store.destinations.ts'

export const alarmChannel = 'compliance.alarms'

export interface Alarms {
  readonly now: () => readonly Alarm[]
  readonly start: () => Promise<void>
  readonly stop: () => void
}

/** Alarms must be told without the database, so what they say is kept here and renewed when something changes. */
export function createAlarms({ db, log }: Runtime): Alarms {
  let alarms: readonly Alarm[] = []
  let deaf = (): void => undefined
  const renew = async (): Promise<void> => {
    try {
      const failing = (await db.read(allDestinations)).filter(
        (d) => d.failing_since !== null && d.paused === 0,
      )
      alarms = failing.map((d) => ({
        key: `compliance-destination:${d.id}`,
        severity: 'warning',
        message: `Files of the compliance log do not arrive at ${d.name}: ${d.last_error ?? ''}`,
        remedy: 'Open Compliance, look at the exports and test it. Nothing is lost meanwhile.',
        since: d.failing_since,
      }))
    } catch (error) {
      log.warn({ err: error }, 'the alarms of the compliance log could not be read')
    }
  }
  return {
    now: () => alarms,
    async start() {
      deaf = db.listen(alarmChannel, () => void renew())
      await renew()
    },
    stop: () => deaf(),
  }
}
