import { nameKey } from '#features/access/index.ts'
import { route } from '#features/workspace/index.ts'
import { day } from '#kernel/clock.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import { newSigningSecret } from '#kernel/sign.ts'
import type { Work } from '#kernel/work.ts'
import { page, pageQuery } from '../../workspace/schema.ts'
import { changed } from '../alarms.ts'
import type { NotifyParts } from '../parts.ts'
import * as schema from '../schema.ts'
import {
  countByEndpoint,
  deleteSubscriptions,
  subscriptionsOfEndpoint,
} from '../subscriptions/store.ts'
import { shownUrl } from './address.ts'
import { secretContext, urlContext } from './send.ts'
import {
  changeEndpoint,
  deleteEndpoint,
  endpointById,
  insertEndpoint,
  listEndpoints,
  type EndpointRow,
  type EndpointsFilter,
} from './store.ts'

const guard = {
  auth: ['session', 'key'],
  permission: 'webhooks.manage',
  errors: 'problem',
} as const
/** How long the secret before the newest one signs as well. */
const overlap = day

export function webhookRoutes({ runtime }: NotifyParts): readonly Route[] {
  const { ids, secrets } = runtime
  return [
    listRoute,
    route({
      ...guard,
      id: 'webhooks.create',
      method: 'POST',
      path: '/api/v1/webhooks',
      summary: 'Add a webhook',
      description:
        'The secret of a signed webhook is in this answer and nowhere else. docs/webhooks.md says what is sent.',
      body: schema.newEndpoint,
      output: schema.issuedEndpoint,
      status: 201,
      audit: 'webhook.create',
      handle: (call, { body }) =>
        call.write(function* (record) {
          const id = ids('whk')
          const secret = body.kind === 'signed' ? newSigningSecret() : null
          yield* insertEndpoint({
            id,
            name: body.name,
            name_key: nameKey(body.name),
            kind: body.kind,
            ...addressOf(id, body.kind, body.url),
            secret_sealed: secret === null ? null : secrets.seal(secret, secretContext(id)),
            old_secret_sealed: null,
            old_secret_until: null,
            paused: 0,
            disabled_at: null,
            failing_since: null,
            last_error: null,
            last_success_at: null,
            revision: 1,
            created_at: call.now,
            created_by: call.actor.label,
          })
          const made = yield* one(id)
          yield* record({ target: webhookTarget(made), after: facts(made) })
          return { endpoint: made, secret }
        }),
    }),
    route({
      ...guard,
      id: 'webhooks.get',
      method: 'GET',
      path: '/api/v1/webhooks/{id}',
      summary: 'One webhook, without its secret',
      params: schema.idParams,
      output: schema.endpoint,
      audit: null,
      handle: (call, { params }) => call.read(() => one(params.id)),
    }),
    route({
      ...guard,
      id: 'webhooks.change',
      method: 'PATCH',
      path: '/api/v1/webhooks/{id}',
      summary: 'Rename, readdress, pause a webhook, or turn it on again',
      params: schema.idParams,
      body: schema.endpointChange,
      output: schema.endpoint,
      audit: 'webhook.change',
      handle: (call, { params, body }) =>
        call.write(function* (record) {
          const row = found(yield* endpointById(params.id), 'webhook')
          const before = yield* one(row.id)
          if (row.revision !== body.revision)
            throw new Problem('edited_meanwhile', undefined, {
              remedy: 'Look at it as it is now, then change it again.',
              data: { current: before },
            })
          const { name, url, paused } = body
          yield* changeEndpoint(row, {
            ...(name !== undefined && { name, name_key: nameKey(name) }),
            ...(url !== undefined && addressOf(row.id, row.kind, url)),
            ...(paused !== undefined && { paused: Number(paused) }),
            // Who turns it on again says that it works: counting begins anew.
            ...(paused === false && { disabled_at: null, failing_since: null }),
          })
          yield* changed()
          const after = yield* one(row.id)
          yield* record({
            target: webhookTarget(after),
            before: facts(before),
            after: facts(after),
          })
          return after
        }),
    }),
    route({
      ...guard,
      id: 'webhooks.rotate',
      method: 'POST',
      path: '/api/v1/webhooks/{id}/rotate',
      summary: 'Give a signed webhook a new secret',
      description: 'For 24 hours both secrets sign, so a receiver that knows either goes on.',
      params: schema.idParams,
      output: schema.issuedEndpoint,
      audit: 'webhook.rotate',
      recent: true,
      handle: (call, { params }) =>
        call.write(function* (record) {
          const row = found(yield* endpointById(params.id), 'webhook')
          if (row.secret_sealed === null)
            throw new Problem('wrong_state', 'A chat has no secret but its address.', {
              remedy: 'Make a new address there and change it here.',
            })
          const secret = newSigningSecret()
          yield* changeEndpoint(row, {
            secret_sealed: secrets.seal(secret, secretContext(row.id)),
            old_secret_sealed: row.secret_sealed,
            old_secret_until: call.now + overlap,
          })
          const after = yield* one(row.id)
          yield* record({
            target: webhookTarget(after),
            after: { oldSecretUntil: after.oldSecretUntil },
          })
          return { endpoint: after, secret }
        }),
    }),
    route({
      ...guard,
      id: 'webhooks.delete',
      method: 'DELETE',
      path: '/api/v1/webhooks/{id}',
      summary: 'Delete a webhook with its subscriptions and its log',
      params: schema.idParams,
      output: null,
      audit: 'webhook.delete',
      handle: async (call, { params }) => {
        await call.write(function* (record) {
          const before = yield* one(params.id)
          const subscriptions = yield* subscriptionsOfEndpoint(params.id)
          yield* deleteSubscriptions(subscriptions.map((s) => s.id))
          yield* deleteEndpoint(params.id)
          yield* changed()
          yield* record({ target: webhookTarget(before), before: facts(before) })
        })
        return new Response(null, { status: 204 })
      },
    }),
  ]

  function addressOf(
    id: string,
    kind: schema.Endpoint['kind'],
    url: string,
  ): Pick<EndpointRow, 'url_sealed' | 'url_shown'> {
    return { url_sealed: secrets.seal(url, urlContext(id)), url_shown: shownUrl(kind, url) }
  }
}

const listRoute = route({
  ...guard,
  id: 'webhooks.list',
  method: 'GET',
  path: '/api/v1/webhooks',
  summary: 'List the webhooks of the workspace',
  query: pageQuery,
  output: page(schema.endpoint),
  audit: null,
  handle: async (call, { query }) => {
    const filter = { q: query.q === undefined ? undefined : nameKey(query.q) }
    if (query.format === undefined)
      return call.read(() => list({ ...filter, cursor: query.cursor, limit: query.limit }))
    const { items } = await call.read(() => list({ ...filter, limit: null }))
    if (query.format === 'json') return jsonResponse('webhooks', items)
    return csvResponse(
      'webhooks',
      ['name', 'kind', 'address', 'state', 'last success', 'made by', 'created', 'id'],
      items.map((e) => [
        e.name,
        e.kind,
        e.url,
        e.state,
        timeCell(e.lastSuccessAt),
        e.createdBy,
        timeCell(e.createdAt),
        e.id,
      ]),
    )
  },
})

function* list(filter: EndpointsFilter) {
  const { items, next, total } = yield* listEndpoints(filter)
  const counts = yield* countByEndpoint()
  return { items: items.map((row) => shownEndpoint(row, counts.get(row.id) ?? 0)), next, total }
}

export function* one(id: string): Work<schema.Endpoint> {
  const row = found(yield* endpointById(id), 'webhook')
  return shownEndpoint(row, (yield* subscriptionsOfEndpoint(id)).length)
}

function shownEndpoint(row: EndpointRow, subscriptions: number): schema.Endpoint {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    url: row.url_shown,
    state: stateOf(row),
    failingSince: row.failing_since,
    disabledAt: row.disabled_at,
    lastError: row.last_error,
    lastSuccessAt: row.last_success_at,
    oldSecretUntil: row.old_secret_until,
    subscriptions,
    revision: row.revision,
    createdAt: row.created_at,
    createdBy: row.created_by,
  }
}

function stateOf(row: EndpointRow): schema.Endpoint['state'] {
  if (row.disabled_at !== null) return 'disabled'
  if (row.paused === 1) return 'paused'
  if (row.failing_since !== null) return 'failing'
  return row.last_success_at === null ? 'unused' : 'working'
}

export const webhookTarget = ({ id, name }: schema.Endpoint) => ({
  kind: 'webhook',
  id,
  label: name,
})

const facts = ({ kind, url, state }: schema.Endpoint) => ({ kind, url, state })
