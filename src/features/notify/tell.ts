import { issueToken } from '#kernel/tokens.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import type { Content } from './content.ts'
import { insertMail } from './mail/store.ts'
import type { NotifyParts } from './parts.ts'
import { insertDelivery } from './webhooks/store.deliveries.ts'

export const mailJob = 'notify.mail'
export const deliverJob = 'notify.deliver'

/** Whom something is told. */
export type Target =
  | { readonly kind: 'member'; readonly id: string }
  | { readonly kind: 'endpoint'; readonly id: string }

export interface Message {
  /** What it tells: a target hears of one key once. */
  readonly key: string
  readonly content: Content
  /** How the delivery log calls it. */
  readonly label: string
}

/**
 * Notes the message for its target and enqueues what sends it, in one transaction. The row is unique by target and key,
 * so doing it again after a crash changes nothing.
 */
export function* tell(
  { runtime: { ids, clock, secrets } }: NotifyParts,
  target: Target,
  { key, content, label }: Message,
): Work<void> {
  const json = JSON.stringify(content)
  if (target.kind === 'member') {
    const id = ids('mal')
    const made = yield* insertMail({
      id,
      member_id: target.id,
      key,
      content: json,
      token_sealed: secrets.seal(issueToken('uns', id).token, tokenContext(id)),
      state: 'waiting',
      attempts: 0,
      subject: null,
      error: null,
      created_at: clock(),
      finished_at: null,
    })
    if (made) yield* enqueue({ name: mailJob, payload: { mailId: id, attempt: 1 } })
    return
  }
  const id = ids('dlv')
  const made = yield* insertDelivery({
    id,
    endpoint_id: target.id,
    key,
    type: typeOf(content),
    label,
    content: json,
    body: null,
    state: 'waiting',
    attempts: 0,
    next_at: clock(),
    last_status: null,
    created_at: clock(),
    finished_at: null,
  })
  if (made) yield* enqueue({ name: deliverJob, payload: { deliveryId: id, attempt: 1 } })
}

export const tokenContext = (mailId: string): string => `notify.unsubscribe:${mailId}`

function typeOf(content: Content): string {
  if (content.kind === 'trouble') return 'watch.trouble'
  return content.digest ? 'watch.digest' : 'watch.step'
}
