import { memberById, membersByIds } from '#features/access/index.ts'
import { route } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Call, Record, Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import * as schema from '../schema.ts'
import { endClients, endClientsIn } from '../store.clients.ts'
import { csvColumns, showClient } from './show.ts'
import {
  clientsPage,
  countClients,
  countLiveIn,
  listedClient,
  liveIds,
  type ClientFilter,
} from './store.ts'

/** The most rows that one download holds. */
const exportLimit = 50_000

const own = { auth: ['session'], permission: null, errors: 'problem' } as const
const readers = {
  auth: ['session', 'key'],
  permission: 'clients.read',
  errors: 'problem',
  audit: null,
} as const
const managers = {
  auth: ['session', 'key'],
  permission: 'clients.manage',
  errors: 'problem',
} as const

const ownQuery = schema.clientQuery.omit({ member: true })

type Query = (typeof schema.clientQuery)['_output']
type Reader = Pick<Call, 'now' | 'read'>

async function list(call: Reader, query: Query) {
  const { q, cursor, limit: size, format, ...rest } = query
  const filter: ClientFilter = { ...rest, text: q }
  const after = cursor === undefined ? undefined : decodeCursor(cursor)
  const limit = format === undefined ? size : exportLimit
  const { rows, total, members } = await call.read(function* () {
    const rows = yield* clientsPage(filter, after, limit)
    return {
      rows,
      total: yield* countClients(filter),
      members: yield* membersByIds(rows.map((row) => row.member_id)),
    }
  })
  const { items, next } = pageOf(rows, limit, (row) => [row.created_at, row.id])
  const shown = items.map((row) => showClient(row, members.get(row.member_id), call.now))
  if (format === 'json') return jsonResponse('clients', shown)
  if (format === 'csv') return csvResponse('clients', csvColumns, shown.map(csvRow))
  return { items: shown, next, total }
}

const csvRow = (c: schema.Client) => [
  c.id,
  c.member.name,
  c.member.email,
  c.route,
  c.flow,
  c.state,
  c.program,
  timeCell(c.signedInAt),
  c.signedInFrom,
  timeCell(c.firstUsedAt),
  timeCell(c.lastUsedAt),
  c.lastUsedFrom,
  c.fetches,
  c.served?.name ?? '',
  timeCell(c.endedAt),
  c.endedBy,
  c.endReason,
]

/** Ends one that has not ended; `mine`: only if it is of that member. */
function* endOne(
  call: Pick<Call, 'actor' | 'now'>,
  record: Record,
  id: string,
  mine?: string,
): Work<void> {
  const row = yield* listedClient(id)
  const client = found(mine === undefined || row?.member_id === mine ? row : undefined, 'client')
  const member = yield* memberById(client.member_id)
  const shown = showClient(client, member, call.now)
  const end = {
    at: call.now,
    by: call.actor.label,
    reason: mine === undefined ? 'revoked' : 'signed_out',
  } as const
  if ((yield* endClients([id], end)).length === 0)
    throw new Problem('wrong_state', 'This sign-in has ended already.', {
      remedy: 'Reload the page to see the present state.',
    })
  yield* record({
    target: { kind: 'client', id, label: `${shown.program} of ${shown.member.email}` },
    before: { state: shown.state, route: shown.route, lastUsedAt: shown.lastUsedAt },
    after: { state: 'ended', reason: end.reason },
  })
}

const ownRoutes: readonly Route[] = [
  route({
    ...own,
    id: 'own-clients.list',
    method: 'GET',
    path: '/api/v1/me/clients',
    summary: 'The own signed-in clients, the newest sign-in first',
    query: ownQuery,
    output: schema.clientPage,
    audit: null,
    handle: (call, { query }) => list(call, { ...query, member: call.actor.id }),
  }),
  route({
    ...own,
    id: 'own-clients.end',
    method: 'DELETE',
    path: '/api/v1/me/clients/{id}',
    summary: 'Sign one of the own clients out',
    params: schema.clientId,
    output: null,
    audit: 'client.sign-out',
    handle: (call, { params }) =>
      call.write((record) => endOne(call, record, params.id, call.actor.id)),
  }),
]

const allRoutes: readonly Route[] = [
  route({
    ...readers,
    id: 'clients.list',
    method: 'GET',
    path: '/api/v1/clients',
    summary: 'Signed-in clients of all members, the newest sign-in first',
    query: schema.clientQuery,
    output: schema.clientPage,
    handle: (call, { query }) => list(call, query),
  }),
  route({
    ...readers,
    id: 'clients.get',
    method: 'GET',
    path: '/api/v1/clients/{id}',
    summary: 'One signed-in client',
    params: schema.clientId,
    output: schema.client,
    handle: (call, { params }) =>
      call.read(function* () {
        const row = found(yield* listedClient(params.id), 'client')
        return showClient(row, yield* memberById(row.member_id), call.now)
      }),
  }),
  route({
    ...managers,
    id: 'clients.end',
    method: 'DELETE',
    path: '/api/v1/clients/{id}',
    summary: 'End the sign-in of a client: its next fetch is refused',
    params: schema.clientId,
    output: null,
    audit: 'client.revoke',
    handle: (call, { params }) => call.write((record) => endOne(call, record, params.id)),
  }),
  route({
    ...managers,
    id: 'clients.end-many',
    method: 'POST',
    path: '/api/v1/clients/end',
    summary: 'End all sign-ins that a filter lets through: of a member, on a route, older than',
    description:
      'Those of suspended members are among them. `expected` is how many the caller looked at; when it is another number by now, nothing is ended and the answer says in `matching` how many it is.',
    body: schema.clientsEnd,
    output: schema.clientsEnded,
    audit: 'client.revoke-many',
    handle: (call, { body }) => {
      const { expected, ...filter } = body
      return call.write(function* (record) {
        const matching = yield* countLiveIn(filter)
        if (matching !== expected) throw outdated(matching, expected)
        const member = filter.member === undefined ? undefined : yield* memberById(filter.member)
        const end = { at: call.now, by: call.actor.label, reason: 'revoked' } as const
        const ended = yield* endClientsIn(liveIds(filter), end)
        yield* record({
          target:
            filter.member === undefined
              ? { kind: 'client', id: '', label: 'clients' }
              : { kind: 'member', id: filter.member, label: member?.email ?? filter.member },
          after: { filter, ended },
          touches: ended,
        })
        return { ended }
      })
    },
  }),
]

const outdated = (matching: number, expected: number) =>
  new Problem('preview_outdated', `It would end ${matching} sign-ins now, not ${expected}.`, {
    remedy: 'Look at the list again, then decide.',
    data: { matching },
  })

export const fleetRoutes = (): readonly Route[] => [...ownRoutes, ...allRoutes]
