import { route } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { found } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import {
  auditedDirectory,
  changeDirectory,
  connect,
  directoryTarget,
  disconnect,
  endToken,
  rotate,
  shownDirectories,
  shownDirectory,
} from './directories.ts'
import * as schema from './schema.ts'
import type { Setting } from './setting.ts'
import { directoryById } from './store.directories.ts'
import { listLog } from './store.log.ts'
import type { LogRow } from './tables.ts'

const common = {
  auth: ['session', 'key'],
  permission: 'directories.manage',
  errors: 'problem',
} as const

/** What an owner does with directories. */
export function directoryRoutes({ runtime, base, recorder }: Setting): readonly Route[] {
  return [
    listRoute,
    route({
      ...common,
      id: 'directories.connect',
      method: 'POST',
      path: '/api/v1/directories',
      summary: 'Connect a directory',
      description: 'Its token is in this answer and nowhere else.',
      body: schema.newDirectory,
      output: schema.issued,
      status: 201,
      audit: 'directory.connect',
      recent: true,
      handle: (call, { body }) =>
        call.write(function* (record) {
          const { row, secret } = yield* connect(runtime.ids, call.actor, call.now, body)
          yield* record({ target: directoryTarget(row), after: auditedDirectory(row) })
          return { directory: yield* shownDirectory(base, row.id, call.now), secret }
        }),
    }),
    route({
      ...common,
      id: 'directories.get',
      method: 'GET',
      path: '/api/v1/directories/{id}',
      summary: 'Everything about one directory',
      params: schema.idParams,
      output: schema.directoryPage,
      audit: null,
      async handle(call, { params }) {
        await recorder.flush()
        return call.read(() => shownDirectory(base, params.id, call.now))
      },
    }),
    route({
      ...common,
      id: 'directories.change',
      method: 'PATCH',
      path: '/api/v1/directories/{id}',
      summary: 'Rename a directory, or let it take over who was made by hand',
      params: schema.idParams,
      body: schema.directoryChange,
      output: schema.directoryPage,
      audit: 'directory.change',
      recent: true,
      handle: (call, { params, body }) =>
        call.write(function* (record) {
          const { before, after } = yield* changeDirectory(call.now, params.id, body)
          yield* record({
            target: directoryTarget(after),
            before: auditedDirectory(before),
            after: auditedDirectory(after),
          })
          return yield* shownDirectory(base, after.id, call.now)
        }),
    }),
    route({
      ...common,
      id: 'directories.rotate-token',
      method: 'POST',
      path: '/api/v1/directories/{id}/tokens',
      summary: 'Make a new token; the ones until now work for a while',
      params: schema.idParams,
      body: schema.rotation,
      output: schema.issued,
      status: 201,
      audit: 'directory.rotate-token',
      recent: true,
      handle: (call, { params, body }) =>
        call.write(function* (record) {
          const { overlapHours } = body
          const { row, secret } = yield* rotate(
            runtime.ids,
            call.actor,
            call.now,
            params.id,
            overlapHours,
          )
          yield* record({ target: directoryTarget(row), after: { overlapHours } })
          return { directory: yield* shownDirectory(base, row.id, call.now), secret }
        }),
    }),
    route({
      ...common,
      id: 'directories.end-token',
      method: 'DELETE',
      path: '/api/v1/directories/{id}/tokens/{token}',
      summary: 'End a token now',
      params: schema.tokenParams,
      output: null,
      audit: 'directory.end-token',
      handle: (call, { params }) =>
        call.write(function* (record) {
          const row = found(yield* directoryById(params.id), 'directory')
          const token = yield* endToken(call.now, row.id, params.token)
          yield* record({ target: directoryTarget(row), before: { token: token.prefix } })
          return undefined
        }),
    }),
    route({
      ...common,
      id: 'directories.disconnect',
      method: 'POST',
      path: '/api/v1/directories/{id}/disconnect',
      summary: 'Disconnect a directory; its people are kept by hand from then on',
      params: schema.idParams,
      body: schema.disconnection,
      output: schema.directoryPage,
      audit: 'directory.disconnect',
      recent: true,
      handle: (call, { params, body }) =>
        call.write(function* (record) {
          const before = yield* shownDirectory(base, params.id, call.now)
          const row = yield* disconnect(call.now, params.id, body)
          const { users, groups } = before
          yield* record({
            target: directoryTarget(before),
            before: { users, groups },
            after: { people: body.people },
          })
          return yield* shownDirectory(base, row.id, call.now)
        }),
    }),
    route({
      ...common,
      id: 'directories.log',
      method: 'GET',
      path: '/api/v1/directories/{id}/log',
      summary: 'Every request of a directory: what, with which result, and why it was refused',
      params: schema.idParams,
      query: schema.logQuery,
      output: schema.logPage,
      audit: null,
      async handle(call, { params, query }) {
        await recorder.flush()
        const { name } = found(await call.read(() => directoryById(params.id)), 'directory')
        if (query.format === undefined) {
          const list = await call.read(() => listLog(params.id, query))
          return { ...list, items: list.items.map(shownEntry) }
        }
        const whole = { ...query, cursor: undefined, limit: null }
        const { items } = await call.read(() => listLog(params.id, whole))
        const file = `provisioning-${name}`
        if (query.format === 'json') return jsonResponse(file, items.map(shownEntry))
        return csvResponse(
          file,
          [
            'at',
            'method',
            'resource',
            'about',
            'id',
            'status',
            'outcome',
            'why',
            'before',
            'after',
          ],
          items.map((row) => [
            timeCell(row.at),
            row.method,
            row.resource,
            row.target_label,
            row.target_id,
            row.status,
            row.outcome,
            row.detail,
            row.before,
            row.after,
          ]),
        )
      },
    }),
  ]
}

const listRoute = route({
  ...common,
  id: 'directories.list',
  method: 'GET',
  path: '/api/v1/directories',
  summary: 'List directories',
  query: schema.directoriesQuery,
  output: schema.directoriesPage,
  audit: null,
  async handle(call, { query }) {
    const all = await call.read(() => shownDirectories())
    const text = query.q?.trim().toLowerCase() ?? ''
    const items = all.filter(({ name }) => name.toLowerCase().includes(text))
    if (query.format === 'json') return jsonResponse('directories', items)
    if (query.format === 'csv')
      return csvResponse(
        'directories',
        ['name', 'provider', 'state', 'users', 'groups', 'last request', 'id'],
        items.map((d) => [
          d.name,
          d.provider,
          d.state,
          d.users,
          d.groups,
          timeCell(d.lastRequestAt),
          d.id,
        ]),
      )
    return { items, next: null, total: items.length }
  },
})

const parsed = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text))

const shownEntry = (row: LogRow): schema.Entry => ({
  id: row.id,
  at: row.at,
  method: row.method,
  resource: row.resource,
  targetId: row.target_id,
  targetLabel: row.target_label,
  status: row.status,
  outcome: row.outcome,
  detail: row.detail,
  before: parsed(row.before),
  after: parsed(row.after),
  requestId: row.request_id,
})
