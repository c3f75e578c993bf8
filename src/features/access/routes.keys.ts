import { route } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { found } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { createKey, keyTarget, revokeKey, withMakers } from './keys.ts'
import * as schema from './schema.ts'
import type { Setting } from './setting.ts'
import { keyById, listKeys, type KeysFilter } from './store.keys.ts'

const auth = ['session', 'key'] as const

export function keyRoutes({ runtime }: Setting): readonly Route[] {
  return [
    listRoute,
    route({
      id: 'keys.create',
      method: 'POST',
      path: '/api/v1/keys',
      summary: 'Make a service key',
      description:
        'The secret is in this answer and nowhere else. The key never holds more than its maker holds at the moment of use.',
      auth,
      permission: 'keys.manage',
      body: schema.newKey,
      output: schema.issuedKey,
      status: 201,
      errors: 'problem',
      audit: 'key.create',
      recent: true,
      handle: (call, { body }) =>
        call.write(function* (record) {
          const made = yield* createKey(runtime.ids, call.actor, call.now, body)
          const { scopes, expiresAt } = made.key
          yield* record({ target: keyTarget(made.key), after: { scopes, expiresAt } })
          return made
        }),
    }),
    route({
      id: 'keys.get',
      method: 'GET',
      path: '/api/v1/keys/{id}',
      summary: 'One service key, without its secret',
      auth,
      permission: 'keys.manage',
      params: schema.idParams,
      output: schema.key,
      errors: 'problem',
      audit: null,
      handle: (call, { params }) =>
        call.read(function* () {
          const key = found(yield* keyById(params.id), 'service key')
          return found((yield* withMakers([key], call.now))[0], 'service key')
        }),
    }),
    route({
      id: 'keys.revoke',
      method: 'DELETE',
      path: '/api/v1/keys/{id}',
      summary: 'Revoke a service key at once and for good',
      auth,
      permission: 'keys.manage',
      params: schema.idParams,
      output: schema.key,
      errors: 'problem',
      audit: 'key.revoke',
      handle: (call, { params }) =>
        call.write(function* (record) {
          const { before, after } = yield* revokeKey(call.actor, call.now, params.id)
          yield* record({ target: keyTarget(after), before: before.state, after: after.state })
          return after
        }),
    }),
  ]
}

const listRoute = route({
  id: 'keys.list',
  method: 'GET',
  path: '/api/v1/keys',
  summary: 'List service keys, newest first',
  auth,
  permission: 'keys.manage',
  query: schema.keysQuery,
  output: schema.keysPage,
  errors: 'problem',
  audit: null,
  handle: async (call, { query }) => {
    const usableAt = query.state === 'usable' ? call.now : undefined
    const filter = { q: query.q, usableAt, cursor: query.cursor, limit: query.limit }
    if (query.format === undefined) return call.read(() => shownKeys(filter, call.now))
    const whole = { ...filter, cursor: undefined, limit: null }
    const { items } = await call.read(() => shownKeys(whole, call.now))
    if (query.format === 'json') return jsonResponse('service-keys', items)
    return csvResponse(
      'service-keys',
      ['name', 'prefix', 'state', 'scopes', 'maker', 'created', 'expires', 'last used', 'id'],
      items.map((k) => [
        k.name,
        k.prefix,
        k.state,
        k.scopes.join(';'),
        k.maker.label,
        timeCell(k.createdAt),
        timeCell(k.expiresAt),
        timeCell(k.lastUsedAt),
        k.id,
      ]),
    )
  },
})

function* shownKeys(
  filter: KeysFilter,
  now: number,
): Work<{
  items: schema.ServiceKey[]
  next: string | null
  total: number
}> {
  const { items, next, total } = yield* listKeys(filter)
  return { items: [...(yield* withMakers(items, now))], next, total }
}
