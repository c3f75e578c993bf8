import { dateText } from '#features/analytics/index.ts'
import type { Job } from '#kernel/jobs.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import type { AlertParts } from './ports.ts'
import { figureOf } from './schema.figure.ts'
import { measures, type Rule } from './schema.ts'
import { updateFiring } from './store.ts'
import type { AlertRow, FiringRow } from './tables.ts'
import { sentenceOf } from './words.ts'

const mailJob = 'alerts.mail'

interface Mail {
  readonly to: string
  readonly key: string
  readonly subject: string
  readonly text: string
}

export interface Told {
  readonly row: AlertRow
  readonly rule: Rule
  readonly subject: string
  readonly currency: string
  /** Firings that are told now: one message for all of them. */
  readonly fired: readonly FiringRow[]
  /** Ends that are worth a message: the figure is well on the other side again. */
  readonly over: readonly FiringRow[]
}

/** In the transaction that keeps the firings. */
export function* tell(parts: AlertParts, told: Told): Work<void> {
  if (told.fired.length > 0) yield* send(parts, told, 'alert.fired', told.fired)
  if (told.over.length > 0) yield* send(parts, told, 'alert.ended', told.over)
  const at = parts.runtime.clock()
  for (const { id } of told.fired) yield* updateFiring(id, { told_at: at })
}

function* send(
  { runtime, webhooks, siteUrl }: AlertParts,
  { row, rule, subject, currency }: Told,
  type: 'alert.fired' | 'alert.ended',
  firings: readonly FiringRow[],
): Work<void> {
  const key = `${type}:${firings.map(({ id }) => id).join()}`
  const label = `${type === 'alert.fired' ? 'Alert' : 'Alert over'}: ${row.name}`
  const link = `${siteUrl}/alerts/${row.id}`
  const says = sentenceOf(rule, subject, currency)
  const { kind } = measures[rule.measure]
  const lines = firings.map(
    ({ period, value }) =>
      `${titles[rule.unit]} ${dateText(period)}: ${figureOf(Number(JSON.parse(value)), kind, currency)}`,
  )
  const text = [`${says}.`, ...lines, `Nothing is refused: an alert only tells. ${link}`].join('\n')
  if (row.webhook_id !== null)
    yield* webhooks.post(row.webhook_id, {
      key,
      label,
      text: `${label}\n${text}`,
      payload: {
        type,
        at: runtime.clock(),
        alert: { id: row.id, name: row.name, says },
        firings: firings.map(({ period, value }) => ({
          period: dateText(period),
          unit: rule.unit,
          value: Number(JSON.parse(value)),
        })),
        link,
      },
    })
  for (const to of JSON.parse(row.mail_to) as readonly string[])
    yield* enqueue({ name: mailJob, payload: { to, key, subject: label, text } satisfies Mail })
}

const titles = { day: 'Day', week: 'Week from', month: 'Month from' } as const

export const mailJobs = ({ mailer, siteUrl, runtime }: AlertParts): readonly Job[] => [
  {
    name: mailJob,
    async handle(payload) {
      const { to, key, subject, text } = payload as Mail
      if (!mailer) return
      const messageId = `${key.replaceAll(/[^\w.]/g, '-')}@${new URL(siteUrl).hostname}`
      const sent = await mailer.send({ to, subject, text, messageId })
      if (sent.ok) return
      // Tried again by the queue, with growing pauses.
      if (sent.temporary) throw new Error(sent.message)
      runtime.log.warn({ reason: sent.message }, 'a mail about an alert was refused for good')
    },
  },
]
