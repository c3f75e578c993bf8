import type { Alarm } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { driftChannel } from './channel.ts'
import type { DriftParts } from './ports.ts'
import { standing } from './store.findings.ts'
import { settingsRow } from './store.ts'

/** Alarms must be told without the database, so what they say is kept here and renewed when something changes. */
export function createAlarms({ runtime: { db, log }, webhooks }: DriftParts) {
  let alarms: readonly Alarm[] = []
  let deaf = (): void => undefined

  function* read(): Work<readonly Alarm[]> {
    const { clients, since } = yield* standing()
    const { webhook_id } = yield* settingsRow()
    const there = webhook_id === null || (yield* webhooks.all()).some(({ id }) => id === webhook_id)
    return [...(clients === 0 ? [] : [alarmOf(clients, since)]), ...(there ? [] : [nobodyTold])]
  }
  async function renew(): Promise<void> {
    try {
      alarms = await db.read(read)
    } catch (error) {
      log.warn({ err: error }, 'the alarms of drift could not be read')
    }
  }
  return {
    now: (): readonly Alarm[] => alarms,
    async start() {
      deaf = db.listen(driftChannel, () => void renew())
      await renew()
    },
    stop: () => deaf(),
  }
}

const alarmOf = (clients: number, since: number | null): Alarm => ({
  key: 'drift',
  severity: 'warning',
  message:
    clients === 1
      ? 'A client reports something else than what it was served.'
      : `${clients} clients report something else than what they were served.`,
  remedy: 'Open Drift, look at what they report, and acknowledge what is meant to be so.',
  since,
})

const nobodyTold: Alarm = {
  key: 'drift-webhook',
  severity: 'warning',
  message: 'The webhook that was told of drift is gone.',
  remedy: 'Choose another under Drift, What clients are held to, or none.',
  since: null,
}
