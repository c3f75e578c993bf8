import { z } from 'zod'
import { page, pageQuery } from '#features/workspace/schema.ts'
import { route } from '#features/workspace/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import type { WatchParts } from '../parts.ts'
import { readers } from '../read/readers.ts'
import * as schema from '../schema.ts'
import { deleteException, exceptionById, exceptionRows, insertException } from './store.ts'

const path = '/api/v1/watch/exceptions'
const managers = {
  auth: ['session', 'key'],
  errors: 'problem',
  permission: 'outbound.manage',
} as const

/** Hosts that Gatehouse may call although they are not public. There are few, so a list is one page. */
export const exceptionRoutes = (parts: WatchParts): readonly Route[] => [
  route({
    ...readers,
    id: 'watch.exceptions',
    method: 'GET',
    path,
    summary: 'Hosts that may be called although they are not on the public internet',
    query: pageQuery,
    output: page(schema.outboundException),
    handle: (call, { query }) =>
      call.read(function* () {
        const text = query.q?.trim().toLowerCase() ?? ''
        const fixed = parts.fixedExceptions.map((target, i) => ({
          id: `fixed_${i + 1}`,
          target,
          note: 'Named in the configuration of the server.',
          createdAt: 0,
          createdBy: 'the operator',
          fixed: true,
        }))
        const items = [...fixed, ...(yield* exceptionRows()).map(view)].filter((e) =>
          `${e.target}\n${e.note}`.toLowerCase().includes(text),
        )
        return { items, next: null, total: items.length }
      }),
  }),
  route({
    ...managers,
    id: 'watch.add-exception',
    method: 'POST',
    path,
    summary: 'Allow calls to a host that is not on the public internet',
    body: schema.newException,
    output: schema.outboundException,
    status: 201,
    audit: 'outbound.allow',
    handle: (call, { body }) => {
      const target = body.target.toLowerCase()
      const port = Number(target.slice(target.lastIndexOf(':') + 1))
      if (port < 1 || port > 65_535)
        throw new Problem('invalid_input', 'There is no such port.', {
          errors: [{ field: 'target', message: 'Write a port from 1 to 65535.' }],
        })
      return call.write(function* (record) {
        const taken = [...parts.fixedExceptions, ...(yield* exceptionRows()).map((e) => e.target)]
        if (taken.includes(target))
          throw new Problem('already_exists', `${target} is allowed already.`, {
            errors: [{ field: 'target', message: 'It is in the list.' }],
          })
        const row = {
          id: parts.runtime.ids('exc'),
          target,
          note: body.note,
          created_at: call.now,
          created_by: call.actor.label,
        }
        yield* insertException(row)
        yield* record({ target: auditTarget(row), after: { note: body.note } })
        return view(row)
      })
    },
  }),
  route({
    ...managers,
    id: 'watch.remove-exception',
    method: 'DELETE',
    path: `${path}/{id}`,
    summary: 'No longer allow calls to a host',
    params: z.object({ id: z.string().max(100) }),
    output: null,
    audit: 'outbound.forbid',
    handle: (call, { params }) => {
      if (params.id.startsWith('fixed_'))
        throw new Problem('wrong_state', 'It is named in the configuration of the server.', {
          remedy: 'Take it out of GATEHOUSE_OUTBOUND_EXCEPTIONS and start the server again.',
        })
      return call.write(function* (record) {
        const row = found(yield* exceptionById(params.id), 'exception')
        yield* deleteException(row.id)
        yield* record({ target: auditTarget(row), before: { note: row.note } })
      })
    },
  }),
]

const auditTarget = (row: { readonly id: string; readonly target: string }) => ({
  kind: 'exception',
  id: row.id,
  label: row.target,
})

const view = (row: {
  readonly id: string
  readonly target: string
  readonly note: string
  readonly created_at: number
  readonly created_by: string
}) => ({
  id: row.id,
  target: row.target,
  note: row.note,
  createdAt: row.created_at,
  createdBy: row.created_by,
  fixed: false,
})
