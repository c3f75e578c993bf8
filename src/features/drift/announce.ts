import { minute } from '#kernel/clock.ts'
import type { Job } from '#kernel/jobs.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import type { DriftParts } from './ports.ts'
import { checkWords } from './schema.ts'
import { countUntold, setTold, untoldFindings } from './store.findings.ts'
import { progress, settingsRow, setToldAt } from './store.ts'
import type { FindingRow, SettingsRow } from './tables.ts'

/** Findings named in one message. */
const named = 20
const mailJob = 'drift.mail'

interface Mail {
  readonly to: string
  readonly key: string
  readonly subject: string
  readonly text: string
}

/** Between two messages: what is found meanwhile is told together. */
const quiet = 10 * minute

/** Tells of everything that nobody was told of yet, unless somebody was told just now. */
export function* tell(parts: DriftParts): Work<void> {
  const now = parts.runtime.clock()
  const { told_at } = yield* progress()
  // A clock that was put back silences nobody for long.
  if (told_at <= now && told_at > now - quiet) return
  const found = yield* untoldFindings(named)
  if (found.length === 0) return
  const count = yield* countUntold()
  yield* setTold(now)
  // Acknowledged or over before anybody was told: nobody has to look.
  const fresh = found.filter((f) => f.closed_at === null && f.acknowledged_at === null)
  if (fresh.length === 0) return
  yield* setToldAt(now)
  yield* announce(parts, yield* settingsRow(), fresh, count - found.length)
}

/** One message for all of them. */
function* announce(
  { runtime, webhooks, siteUrl }: DriftParts,
  { webhook_id, mail_to }: SettingsRow,
  listed: readonly FindingRow[],
  more: number,
): Work<void> {
  const [first] = listed
  if (!first) return
  const key = `drift:${first.id}`
  const clients = new Set(listed.map((f) => f.client_id)).size
  const label = `Drift: ${clients} ${clients === 1 ? 'client' : 'clients'}${more > 0 ? ' and more' : ''}`
  const link = `${siteUrl}/drift?state=disagrees`
  const text = [
    ...listed.map(
      (f) =>
        `${f.client}: reported ${checkWords[f.key].toLowerCase()} “${f.reported}”, allowed: ${f.allowed}. ${siteUrl}/drift/${f.client_id}`,
    ),
    ...(more > 0 ? [`And ${more} more.`] : []),
    `All of them: ${link}`,
    'What is reported is the client’s own word.',
  ].join('\n\n')
  if (webhook_id !== null)
    yield* webhooks.post(webhook_id, {
      key,
      label,
      text: `${label}\n${text}`,
      payload: {
        type: 'drift.found',
        at: runtime.clock(),
        findings: listed.map((f) => ({
          client: f.client,
          key: f.key,
          allowed: f.allowed,
          reported: f.reported,
          since: f.since,
          link: `${siteUrl}/drift/${f.client_id}`,
        })),
        more,
        link,
      },
    })
  for (const to of JSON.parse(mail_to) as readonly string[])
    yield* enqueue({ name: mailJob, payload: { to, key, subject: label, text } satisfies Mail })
}

export const mailJobs = ({ mailer, siteUrl, runtime }: DriftParts): readonly Job[] => [
  {
    name: mailJob,
    async handle(payload) {
      const { to, key, subject, text } = payload as Mail
      if (!mailer) return
      const messageId = `${key.replace(':', '-')}@${new URL(siteUrl).hostname}`
      const sent = await mailer.send({ to, subject, text, messageId })
      if (sent.ok) return
      // Tried again by the queue, with growing pauses.
      if (sent.temporary) throw new Error(sent.message)
      runtime.log.warn({ reason: sent.message }, 'a mail about drift was refused for good')
    },
  },
]
