import type { Alarm } from '#kernel/runtime.ts'
import { notify, type Work } from '#kernel/work.ts'
import type { NotifyParts } from './parts.ts'
import { countMailSubscriptions } from './subscriptions/store.ts'
import { allEndpoints } from './webhooks/store.ts'

const channel = 'notify.changed'

/** Say it in the transaction after which the alarms may be others. */
export const changed = (): Work<void> => notify(channel)

export interface Alarms {
  readonly now: () => readonly Alarm[]
  readonly start: () => Promise<void>
  readonly stop: () => void
}

/** Alarms must be told without the database, so what they say is kept here and renewed when something changes. */
export function createAlarms({ runtime, mailer }: NotifyParts): Alarms {
  const { db, log } = runtime
  let alarms: readonly Alarm[] = []
  let deaf = (): void => undefined

  function* look(): Work<readonly Alarm[]> {
    const unsent = mailer ? 0 : yield* countMailSubscriptions()
    const off = (yield* allEndpoints()).filter((e) => e.disabled_at !== null)
    return [
      ...off.map((endpoint): Alarm => ({
        key: `webhook-disabled:${endpoint.id}`,
        severity: 'warning',
        message: `The webhook ${endpoint.name} took nothing for days and was turned off.`,
        remedy: 'Open it under Webhooks, test it, and turn it on again.',
        since: endpoint.disabled_at,
      })),
      ...(unsent === 0
        ? []
        : [
            {
              key: 'subscriptions-without-mail',
              severity: 'warning',
              message: `${unsent} subscriptions want mails, but no mail server is configured.`,
              remedy: 'Set GATEHOUSE_SMTP_URL and GATEHOUSE_MAIL_FROM.',
              since: null,
            } satisfies Alarm,
          ]),
    ]
  }
  const renew = async (): Promise<void> => {
    try {
      alarms = await db.read(look)
    } catch (error) {
      log.warn({ err: error }, 'the alarms of webhooks could not be read')
    }
  }
  return {
    now: () => alarms,
    async start() {
      deaf = db.listen(channel, () => void renew())
      await renew()
    },
    stop: () => deaf(),
  }
}
