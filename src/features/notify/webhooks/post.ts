/** What other features send to a webhook of the workspace: signed, tried again and logged like everything it gets. */
import { enqueue, type Work } from '#kernel/work.ts'
import type { NotifyParts } from '../parts.ts'
import type { WebhookPayload } from '../schema.ts'
import { deliverJob } from '../tell.ts'
import { isOff } from './deliver.ts'
import { endpointById } from './store.ts'
import { insertDelivery } from './store.deliveries.ts'

type WithoutId<P> = P extends { readonly id: string } ? Omit<P, 'id'> : never

export interface WebhookMessage {
  /** A webhook hears of one key once. */
  readonly key: string
  /** How the log of the webhook calls it. */
  readonly label: string
  readonly payload: WithoutId<WebhookPayload>
  /** The same for a chat. */
  readonly text: string
}

/** In the transaction of what it tells. False: there is no such webhook, or it is off. */
export function* post(
  { runtime: { ids, clock } }: NotifyParts,
  webhookId: string,
  { key, label, payload, text }: WebhookMessage,
): Work<boolean> {
  const endpoint = yield* endpointById(webhookId)
  if (!endpoint || isOff(endpoint)) return false
  const id = ids('dlv')
  const made = yield* insertDelivery({
    id,
    endpoint_id: webhookId,
    key,
    type: payload.type,
    label,
    content: null,
    body: JSON.stringify(endpoint.kind === 'slack' ? { text } : { ...payload, id }),
    state: 'waiting',
    attempts: 0,
    next_at: clock(),
    last_status: null,
    created_at: clock(),
    finished_at: null,
  })
  if (made) yield* enqueue({ name: deliverJob, payload: { deliveryId: id, attempt: 1 } })
  return true
}
