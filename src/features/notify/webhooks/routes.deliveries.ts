import { nameKey } from '#features/access/index.ts'
import { route } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { page } from '../../workspace/schema.ts'
import type { NotifyParts } from '../parts.ts'
import * as schema from '../schema.ts'
import { deliverJob } from '../tell.ts'
import { noteAttempt, noteHealth } from './deliver.ts'
import { testPayload } from './payload.ts'
import { one, webhookTarget } from './routes.ts'
import { sendWebhook } from './send.ts'
import { slackTest } from './slack.ts'
import { endpointById } from './store.ts'
import {
  attemptsOf,
  deliveryById,
  insertDelivery,
  listDeliveries,
  type DeliveryRow,
} from './store.deliveries.ts'

const guard = {
  auth: ['session', 'key'],
  permission: 'webhooks.manage',
  errors: 'problem',
} as const

export function deliveryRoutes(parts: NotifyParts): readonly Route[] {
  const { ids } = parts.runtime
  return [
    listRoute,
    route({
      ...guard,
      id: 'webhooks.delivery',
      method: 'GET',
      path: '/api/v1/webhooks/{id}/deliveries/{delivery}',
      summary: 'One delivery with its body and every attempt',
      params: schema.deliveryParams,
      output: schema.deliveryWhole,
      audit: null,
      handle: (call, { params }) => call.read(() => whole(params)),
    }),
    route({
      ...guard,
      id: 'webhooks.redeliver',
      method: 'POST',
      path: '/api/v1/webhooks/{id}/deliveries/{delivery}/redeliver',
      summary: 'Send a delivery once more, under the same id',
      params: schema.deliveryParams,
      output: schema.delivery,
      status: 202,
      audit: 'webhook.redeliver',
      handle: (call, { params }) =>
        call.write(function* (record) {
          const delivery = yield* deliveryOf(params)
          if (delivery.state === 'waiting')
            throw new Problem('wrong_state', 'It is still being tried.', {
              remedy: 'Wait for the next attempt, or pause the webhook to end them.',
            })
          yield* enqueue({
            name: deliverJob,
            payload: { deliveryId: delivery.id, attempt: delivery.attempts + 1, byHand: true },
          })
          yield* record({
            target: webhookTarget(yield* one(params.id)),
            after: { delivery: delivery.id },
          })
          return shownDelivery(delivery)
        }),
    }),
    route({
      ...guard,
      id: 'webhooks.test',
      method: 'POST',
      path: '/api/v1/webhooks/{id}/test',
      summary: 'Send a test now and say what came back',
      params: schema.idParams,
      output: schema.deliveryWhole,
      audit: 'webhook.test',
      async handle(call, { params }) {
        const endpoint = found(await call.read(() => endpointById(params.id)), 'webhook')
        const id = ids('dlv')
        const body = JSON.stringify(
          endpoint.kind === 'slack'
            ? slackTest(endpoint.name)
            : testPayload({ id, at: call.now }, endpoint.name),
        )
        const sent = await sendWebhook(parts, endpoint, id, body)
        return call.write(function* (record) {
          const present = found(yield* endpointById(endpoint.id), 'webhook')
          yield* insertDelivery({
            id,
            endpoint_id: endpoint.id,
            key: `test:${id}`,
            type: 'test',
            label: `Test by ${call.actor.label}`,
            content: null,
            body,
            state: sent.ok ? 'delivered' : 'failed',
            attempts: 1,
            next_at: null,
            last_status: sent.status,
            created_at: call.now,
            finished_at: call.now,
          })
          yield* noteAttempt(id, 1, sent)
          // A failed test says something to who pressed the button; it does not count towards turning off.
          if (sent.ok) yield* noteHealth(parts, present, sent)
          yield* record({
            target: webhookTarget(yield* one(endpoint.id)),
            after: { ok: sent.ok, status: sent.status },
          })
          return yield* whole({ id: endpoint.id, delivery: id })
        })
      },
    }),
  ]
}

const listRoute = route({
  ...guard,
  id: 'webhooks.deliveries',
  method: 'GET',
  path: '/api/v1/webhooks/{id}/deliveries',
  summary: 'What was sent to a webhook in the last 30 days',
  params: schema.idParams,
  query: schema.deliveriesQuery,
  output: page(schema.delivery),
  audit: null,
  handle: async (call, { params, query }) => {
    const filter = {
      endpointId: params.id,
      q: query.q === undefined ? undefined : nameKey(query.q),
      state: query.state,
    }
    const list = (cursor: string | undefined, limit: number | null) =>
      call.read(function* () {
        found(yield* endpointById(params.id), 'webhook')
        const { items, next, total } = yield* listDeliveries({ ...filter, cursor, limit })
        return { items: items.map(shownDelivery), next, total }
      })
    if (query.format === undefined) return list(query.cursor, query.limit)
    const { items } = await list(undefined, null)
    if (query.format === 'json') return jsonResponse('deliveries', items)
    return csvResponse(
      'deliveries',
      ['id', 'type', 'label', 'state', 'attempts', 'last status', 'created', 'finished'],
      items.map((d) => [
        d.id,
        d.type,
        d.label,
        d.state,
        d.attempts,
        d.lastStatus,
        timeCell(d.createdAt),
        timeCell(d.finishedAt),
      ]),
    )
  },
})

interface DeliveryAt {
  readonly id: string
  readonly delivery: string
}

function* deliveryOf({ id, delivery }: DeliveryAt): Work<DeliveryRow> {
  const row = yield* deliveryById(delivery)
  return found(row?.endpoint_id === id ? row : undefined, 'delivery')
}

function* whole(at: DeliveryAt): Work<schema.DeliveryWhole> {
  const row = yield* deliveryOf(at)
  const log = yield* attemptsOf(row.id)
  return {
    ...shownDelivery(row),
    body: row.body,
    log: log.map(({ delivery_id: _, ...attempt }) => attempt),
  }
}

const shownDelivery = (row: DeliveryRow): schema.Delivery => ({
  id: row.id,
  type: row.type,
  label: row.label,
  state: row.state,
  attempts: row.attempts,
  lastStatus: row.last_status,
  createdAt: row.created_at,
  nextAt: row.next_at,
  finishedAt: row.finished_at,
})
