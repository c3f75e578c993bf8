import { membersByIds, type Member } from '#features/access/index.ts'
import { route, surfaceByKey } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import type { Call, Route } from '#kernel/route.ts'
import { programOf } from '../fleet/program.ts'
import { oauthClientOf } from '../grant/oauth-clients.ts'
import { clientCache } from '../lifetimes.ts'
import { effectOf } from './effect.ts'
import * as schema from './schema.ts'
import {
  countReach,
  newestHeld,
  reachPage,
  tellsClients,
  type ReachFilter,
  type ReachRow,
} from './store.ts'

/** The most rows that one download holds. */
const exportLimit = 50_000

const readers = {
  auth: ['session', 'key'],
  permission: 'clients.read',
  params: schema.reachKey,
  errors: 'problem',
  audit: null,
} as const

/** Who has heard of the last change of a surface, and until when the others may not have. */
export const reachRoutes = (): readonly Route[] => [
  route({
    ...readers,
    id: 'surfaces.reach',
    method: 'GET',
    path: '/api/v1/surfaces/{key}/reach',
    summary: 'How far the last change of a surface has come',
    description:
      'Clients keep an answer for up to an hour and there is no push, so a change is confirmed only when a client asks. Enrolments are not among them: their machines cannot be told apart.',
    output: schema.reach,
    handle: (call, { params: { key } }) =>
      call.read(function* () {
        const surface = yield* surfaceByKey(key)
        const filter: ReachFilter = { surface, now: call.now }
        const total = yield* countReach(filter)
        const told = tellsClients(filter)
        const confirmed = told ? yield* countReach({ ...filter, state: 'confirmed' }) : 0
        const pending = told ? yield* countReach({ ...filter, state: 'pending' }) : 0
        const held = told ? yield* newestHeld(filter) : null
        return {
          surface,
          effect: effectOf(key),
          total,
          confirmed,
          pending,
          silent: told ? total - confirmed - pending : 0,
          lastBy: held === null ? null : held + clientCache,
        }
      }),
  }),
  route({
    ...readers,
    id: 'surfaces.clients',
    method: 'GET',
    path: '/api/v1/surfaces/{key}/clients',
    summary: 'The clients that a surface is about, and which of them have heard of its last change',
    query: schema.reachQuery,
    output: schema.reachedPage,
    produces: 'text/csv',
    handle: (call, { params, query }) => list(call, params.key, query),
  }),
]

async function list(
  call: Pick<Call, 'now' | 'read'>,
  key: (typeof schema.reachKey)['_output']['key'],
  { q, cursor, limit: size, format, state }: (typeof schema.reachQuery)['_output'],
) {
  const limit = format === undefined ? size : exportLimit
  const after = cursor === undefined ? undefined : String(decodeCursor(cursor)[0])
  const { rows, total, members, told } = await call.read(function* () {
    const filter: ReachFilter = { surface: yield* surfaceByKey(key), now: call.now, state, text: q }
    const rows = yield* reachPage(filter, after, limit)
    return {
      rows,
      total: yield* countReach(filter),
      members: yield* membersByIds(rows.flatMap((row) => row.member_id ?? [])),
      told: tellsClients(filter),
    }
  })
  const { items, next } = pageOf(rows, limit, (row) => [row.id])
  const shown = items.map((row) => show(row, members.get(row.member_id ?? ''), told))
  if (format === 'json') return jsonResponse('clients', shown)
  if (format === 'csv') return csvResponse('clients', columns, shown.map(cells))
  return { items: shown, next, total }
}

function show(row: ReachRow, member: Member | undefined, told: boolean): schema.Reached {
  const whose = row.account ?? member?.email ?? ''
  const named = programOf(row.user_agent)
  return {
    id: row.id,
    kind: row.token === null ? 'client' : 'access_token',
    name: row.token === null ? whose : `${row.token} of ${whose}`,
    program: named === '' ? (oauthClientOf(row.oauth_client)?.name ?? '') : named,
    state: told ? row.state : null,
    seenAt: row.last_at,
    knowsBy:
      told && row.state === 'pending' && row.last_at !== null ? row.last_at + clientCache : null,
  }
}

const columns = ['id', 'kind', 'client', 'program', 'state', 'asked last', 'knows by']
const cells = (one: schema.Reached) => [
  one.id,
  one.kind,
  one.name,
  one.program,
  one.state,
  timeCell(one.seenAt),
  timeCell(one.knowsBy),
]
