import { route } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { found } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import { z } from 'zod'
import { ask } from './ask.ts'
import { declineRequest, grantRequest, withdrawRequest } from './decide.ts'
import type { Setting } from './ports.ts'
import * as schema from './schema.ts'
import { listRequests, requestById, type RequestRow } from './store.ts'
import { requestView, wantedOf } from './view.ts'
import { waysFor } from './ways.ts'

const params = z.object({ id: z.string().max(100) })
/** Whoever is signed in asks for herself; a key is nobody who could need access. */
const asking = { auth: ['session'], permission: null, errors: 'problem' } as const
/** As with approvals: a person decides, not a key, and says her password again. */
const deciding = {
  auth: ['session'],
  permission: 'requests.decide',
  errors: 'problem',
  recent: true,
} as const

const target = (row: RequestRow) => ({ kind: 'request', id: row.id, label: row.title })

export function requestRoutes(setting: Setting): readonly Route[] {
  const { ports } = setting
  return [
    route({
      ...asking,
      id: 'requests.create',
      method: 'POST',
      path: '/api/v1/requests',
      summary: 'Ask for access',
      description: 'At most ten in an hour, and one for the same thing at a time.',
      body: schema.newRequest,
      output: schema.request,
      status: 201,
      audit: 'request.create',
      handle: (call, { body }) =>
        call.write(function* (record) {
          const row = yield* ask(setting, call.actor.id, call.now, body)
          yield* record({ target: target(row), after: { wanted: body.wanted, lasts: body.lasts } })
          return requestView(row, call.now)
        }),
    }),
    route({
      ...asking,
      id: 'requests.own',
      method: 'GET',
      path: '/api/v1/requests/mine',
      summary: 'What the caller asked for, newest first',
      query: schema.ownQuery,
      output: schema.requestList,
      audit: null,
      handle: async (call, { query }) => {
        const list = await call.read(() => listRequests({ ...query, member: call.actor.id }))
        return { ...list, items: list.items.map((row) => requestView(row, call.now)) }
      },
    }),
    route({
      ...asking,
      id: 'requests.about',
      method: 'GET',
      path: '/api/v1/requests/about',
      summary: 'The rule that the address in a refusal means',
      query: schema.aboutQuery,
      output: schema.aboutAnswer,
      audit: null,
      handle: async (call, { query }) => ({
        rule: (await call.read(() => ports.ruleOf(query.policy, query.rule))) ?? null,
      }),
    }),
    route({
      id: 'requests.list',
      method: 'GET',
      path: '/api/v1/requests',
      summary: 'Requests for access, newest first',
      auth: ['session', 'key'],
      permission: 'requests.decide',
      errors: 'problem',
      query: schema.requestQuery,
      output: schema.requestList,
      produces: 'text/csv',
      audit: null,
      handle: async (call, { query }) => {
        const whole = query.format !== undefined
        const filter = whole ? { ...query, cursor: undefined, limit: null } : query
        const list = await call.read(() => listRequests(filter))
        const items = list.items.map((row) => requestView(row, call.now))
        if (query.format === 'json') return jsonResponse('requests', items)
        if (query.format === 'csv') return csvResponse('requests', csvHeader, items.map(csvRow))
        return { ...list, items }
      },
    }),
    route({
      ...asking,
      id: 'requests.get',
      method: 'GET',
      path: '/api/v1/requests/{id}',
      summary: 'One request: the own, or any for those who decide',
      params,
      output: schema.requestPage,
      audit: null,
      handle: (call, { params: { id } }) =>
        call.read(function* () {
          const row = yield* requestById(id)
          const own = row?.member_id === call.actor.id
          const decides = call.actor.permissions.has('requests.decide')
          const seen = found(own || decides ? row : undefined, 'request')
          const wanted = wantedOf(seen)
          const rule =
            wanted.kind === 'refusal' && wanted.policyId !== null && wanted.rule !== null
              ? ((yield* ports.ruleOf(wanted.policyId, wanted.rule)) ?? null)
              : null
          return { ...requestView(seen, call.now), rule, own, mayDecide: decides && !own }
        }),
    }),
    route({
      ...asking,
      id: 'requests.withdraw',
      method: 'POST',
      path: '/api/v1/requests/{id}/withdraw',
      summary: 'Take an own request back',
      params,
      output: schema.request,
      audit: 'request.withdraw',
      handle: (call, { params: { id } }) =>
        call.write(function* (record) {
          const row = yield* withdrawRequest(call, id)
          yield* record({ target: target(row), after: { state: row.state } })
          return requestView(row, call.now)
        }),
    }),
    route({
      id: 'requests.ways',
      method: 'GET',
      path: '/api/v1/requests/{id}/ways',
      summary: 'What the caller may answer a request with',
      auth: ['session', 'key'],
      permission: 'requests.decide',
      errors: 'problem',
      params,
      output: schema.ways,
      audit: null,
      handle: (call, { params: { id } }) => call.read(() => waysFor(call.actor, id)),
    }),
    route({
      ...deciding,
      id: 'requests.grant',
      method: 'POST',
      path: '/api/v1/requests/{id}/grant',
      summary: 'Give what was asked for, by a role or a group, for a time or for good',
      description:
        'Needs the rights that giving that role or changing that group needs otherwise, and never gives more than the own rights. Nobody grants the own request. A group is a change set like any other: with the four-eyes rule on, somebody else may have to approve it first.',
      params,
      body: schema.grant,
      output: schema.request,
      audit: 'request.grant',
      handle: (call, { params: { id }, body }) =>
        call.write(function* (record) {
          const { row, touches } = yield* grantRequest(setting, call, id, body)
          const { granted } = requestView(row, call.now)
          yield* record({
            target: target(row),
            before: { state: 'open' },
            after: { state: row.state, member: row.member, granted },
            touches,
          })
          return requestView(row, call.now)
        }),
    }),
    route({
      ...deciding,
      id: 'requests.decline',
      method: 'POST',
      path: '/api/v1/requests/{id}/decline',
      summary: 'Decline a request, with a reason that the person reads',
      params,
      body: schema.decline,
      output: schema.request,
      audit: 'request.decline',
      handle: (call, { params: { id }, body }) =>
        call.write(function* (record) {
          const row = yield* declineRequest(call, id, body.reason)
          yield* record({
            target: target(row),
            before: { state: 'open' },
            after: { state: row.state, member: row.member, reason: body.reason },
          })
          return requestView(row, call.now)
        }),
    }),
  ]
}

const csvHeader = ['asked', 'by', 'for', 'reason', 'state', 'decided', 'decided by', 'note', 'id']
const csvRow = (one: schema.AccessRequest) => [
  timeCell(one.createdAt),
  one.requester.label,
  one.title,
  one.reason,
  one.state,
  timeCell(one.decided?.at ?? null),
  one.decided?.by ?? '',
  one.decided?.note ?? '',
  one.id,
]
