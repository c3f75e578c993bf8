import { outboundRequest, schemesFor } from '#kernel/outbound.ts'
import { signatureHeaders } from '#kernel/sign.ts'
import type * as schema from '../schema.ts'
import type { Arrival } from './shipment.ts'

export interface WebhookWay {
  readonly url: string
  readonly secret: string
  readonly exceptions: readonly string[]
  /** ms */
  readonly now: number
}

/**
 * Tells that a file is there, and where; who may read it fetches it. Signed as all our webhooks are (docs/webhooks.md). The
 * same file has the same `webhook-id` in every attempt.
 */
export async function toWebhook(
  { url, secret, exceptions, now }: WebhookWay,
  id: string,
  payload: schema.FileNotice,
): Promise<Arrival> {
  const body = JSON.stringify(payload)
  const result = await outboundRequest(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Gatehouse',
      ...signatureHeaders({ id, at: now, body, secrets: [secret] }),
    },
    body,
    exceptions,
    schemes: schemesFor(url, exceptions),
    timeoutMs: 15_000,
    maxBytes: 1_000_000,
  })
  if (!result.ok) return { ok: false, message: `${result.message} ${result.remedy}` }
  if (result.status >= 200 && result.status < 300) return { ok: true }
  return { ok: false, message: `The receiver answered ${result.status}.` }
}
