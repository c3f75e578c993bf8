import type { StepReport } from '#features/watch/index.ts'
import { day } from '#kernel/clock.ts'
import type { Job } from '#kernel/jobs.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { auditSystem } from '../audit.ts'
import { changed } from '../alarms.ts'
import { reportFor, type Content } from '../content.ts'
import type { NotifyParts } from '../parts.ts'
import { retryAt } from '../retry.ts'
import { deliverJob } from '../tell.ts'
import { digestPayload, stepPayload, troublePayload } from './payload.ts'
import { sendWebhook, type Sent } from './send.ts'
import { slackSteps, slackTrouble } from './slack.ts'
import { endpointById, setEndpoint, type EndpointRow } from './store.ts'
import {
  deliveryById,
  insertAttempt,
  updateDelivery,
  type DeliveryRow,
} from './store.deliveries.ts'

interface Payload {
  readonly deliveryId: string
  readonly attempt: number
  /** Asked for by a person: one attempt, whatever the state. */
  readonly byHand?: boolean
}

/** An endpoint that took nothing for so long is turned off. */
export const disableAfter = 5 * day
const maxRows = 200
const maxPages = 50

/**
 * Sends one delivery and notes the attempt. A process that dies between the two sends the same `webhook-id` again: receivers
 * that keep the ids they have seen act once.
 */
export function deliverJobs(parts: NotifyParts): readonly Job[] {
  return [{ name: deliverJob, handle: (payload) => deliver(parts, payload as Payload) }]
}

async function deliver(parts: NotifyParts, payload: Payload): Promise<void> {
  const { db } = parts.runtime
  const found = await db.read(() => due(payload))
  if (!found) return
  const { delivery, endpoint } = found
  const { id } = delivery
  if (!endpoint || (isOff(endpoint) && payload.byHand !== true)) {
    await db.tx(() => drop(parts, id))
    return
  }
  const body = delivery.body ?? (await bodyOf(parts, delivery, endpoint))
  if (body === undefined) {
    await db.tx(() => drop(parts, id))
    return
  }
  if (delivery.body === null) await db.tx(() => updateDelivery(id, { body }))
  const sent = await sendWebhook(parts, endpoint, id, body)
  await db.tx(() => note(parts, payload, sent))
}

export const isOff = (endpoint: EndpointRow): boolean =>
  endpoint.paused === 1 || endpoint.disabled_at !== null

/** Undefined when this attempt was made already, or none is wanted any more. */
function* due({
  deliveryId,
  attempt,
  byHand,
}: Payload): Work<
  { readonly delivery: DeliveryRow; readonly endpoint: EndpointRow | undefined } | undefined
> {
  const delivery = yield* deliveryById(deliveryId)
  if (!delivery || delivery.attempts >= attempt) return undefined
  if (delivery.state !== 'waiting' && byHand !== true) return undefined
  return { delivery, endpoint: yield* endpointById(delivery.endpoint_id) }
}

async function bodyOf(
  { report, siteUrl }: NotifyParts,
  { id, content: json, created_at: at }: DeliveryRow,
  { kind }: EndpointRow,
): Promise<string | undefined> {
  if (json === null) return undefined
  const content = JSON.parse(json) as Content
  if (content.kind === 'trouble')
    return JSON.stringify(
      kind === 'slack'
        ? slackTrouble(content, siteUrl)
        : troublePayload({ id, at }, content, siteUrl),
    )
  const share = Math.max(20, Math.floor(maxRows / content.steps.length))
  const reports: StepReport[] = []
  for (const step of content.steps) {
    const one = await reportFor(report, step, { maxRows: share, maxPages })
    if (one) reports.push(one)
  }
  const [only] = reports
  if (!only) return undefined
  const { digest, more } = content
  if (kind === 'slack') return JSON.stringify(slackSteps(reports, more, digest, siteUrl))
  return JSON.stringify(
    digest ? digestPayload({ id, at }, reports, more, siteUrl) : stepPayload(id, only, siteUrl),
  )
}

/** The attempt in the log, what comes next, and how the endpoint is doing. */
function* note(parts: NotifyParts, payload: Payload, sent: Sent): Work<void> {
  const { deliveryId, attempt, byHand } = payload
  const delivery = yield* deliveryById(deliveryId)
  if (!delivery || delivery.attempts >= attempt) return
  const now = parts.runtime.clock()
  yield* noteAttempt(deliveryId, attempt, sent)
  const endpoint = yield* endpointById(delivery.endpoint_id)
  if (!endpoint) return
  yield* noteHealth(parts, endpoint, sent)
  const runAt = sent.ok || byHand === true ? undefined : retryAt(now, attempt, sent.wait)
  const waits = runAt !== undefined && !sent.gone
  // A delivery that arrived once stays delivered, whatever a repetition by hand brought.
  const arrived = sent.ok || delivery.state === 'delivered'
  yield* updateDelivery(deliveryId, {
    state: arrived ? 'delivered' : waits ? 'waiting' : 'failed',
    next_at: waits ? runAt : null,
    finished_at: waits ? null : now,
    attempts: attempt,
    last_status: sent.status,
  })
  if (waits)
    yield* enqueue({ name: deliverJob, payload: { deliveryId, attempt: attempt + 1 }, runAt })
}

export function* noteAttempt(deliveryId: string, number: number, sent: Sent): Work<void> {
  const { at, ms, status, failure, message, answer } = sent
  yield* insertAttempt({
    delivery_id: deliveryId,
    number,
    at,
    ms,
    status,
    failure,
    message,
    answer,
  })
}

/** Since when it fails; off for good after days of it, or at once when the receiver says that it is gone. */
export function* noteHealth(parts: NotifyParts, endpoint: EndpointRow, sent: Sent): Work<void> {
  const now = parts.runtime.clock()
  if (sent.ok) {
    yield* setEndpoint(endpoint.id, {
      failing_since: null,
      last_error: null,
      last_success_at: now,
    })
    return
  }
  const failingSince = endpoint.failing_since ?? now
  yield* setEndpoint(endpoint.id, { failing_since: failingSince, last_error: sent.message })
  const tooLong = now - failingSince >= disableAfter
  if (endpoint.disabled_at !== null || (!tooLong && !sent.gone)) return
  yield* setEndpoint(endpoint.id, { disabled_at: now })
  yield* auditSystem(parts.runtime, 'webhook.disable', {
    target: { kind: 'webhook', id: endpoint.id, label: endpoint.name },
    after: { failingSince, error: sent.message },
  })
  yield* changed()
}

function* drop({ runtime }: NotifyParts, id: string): Work<void> {
  yield* updateDelivery(id, { state: 'dropped', next_at: null, finished_at: runtime.clock() })
}
