import type { Aside } from '#kernel/aside.ts'
import { readJson } from '#kernel/body.ts'
import { found } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import { enqueue } from '#kernel/work.ts'
import { z } from 'zod'
import { route } from '#features/workspace/index.ts'
import type { WatchParts } from '../parts.ts'
import { collectionAt } from '../read/load.ts'
import { inTurn } from '../record/turn.ts'
import * as schema from '../schema.ts'
import { exportRoute } from './routes.export.ts'
import { verifyRoute } from './routes.verify.ts'
import {
  changeImport,
  importById,
  importByOrigin,
  importsOf,
  insertImport,
  type ImportRow,
} from './store.ts'
import type { takeUploaded } from './task.ts'
import { importView } from './view.ts'

const task = new URL('./task.ts', import.meta.url)
const path = '/api/v1/watch/{v}/{p}/{s}/{l}/imports'
const one = schema.collectionParams.extend({ id: z.string() })
/** Of one batch: files in base64 within JSON. Small ones are better, since others wait while one is read. */
const batchLimit = 48 * 1024 * 1024

export const importRoutes = (parts: WatchParts, aside: Aside): readonly Route[] => [
  route({
    id: 'watch-imports.list',
    method: 'GET',
    path,
    summary: 'Histories that were taken in',
    auth: ['session', 'key'],
    permission: 'watch.manage',
    params: schema.collectionParams,
    output: z.object({ items: z.array(schema.importState) }),
    errors: 'problem',
    audit: null,
    handle: (call, { params }) =>
      call.read(function* () {
        const collection = yield* collectionAt(params)
        return { items: (yield* importsOf(collection.id)).map(importView) }
      }),
  }),
  openRoute(parts),
  route({
    id: 'watch-imports.get',
    method: 'GET',
    path: `${path}/{id}`,
    summary: 'How far an import is',
    auth: ['session', 'key'],
    permission: 'watch.manage',
    params: one,
    output: schema.importState,
    errors: 'problem',
    audit: null,
    handle: (call, { params }) =>
      call.read(function* () {
        const collection = yield* collectionAt(params)
        return importView(found(yield* importById(collection.id, params.id), 'import'))
      }),
  }),
  batchRoute(parts, aside),
  finishRoute(),
  exportRoute(parts),
  verifyRoute(parts),
]

const openRoute = (parts: WatchParts): Route =>
  route({
    id: 'watch-imports.open',
    method: 'POST',
    path,
    summary: 'Begin to take a history in, or go on with one',
    description:
      'The origin says which history it is. Where an import of it is known, that one goes on after `received` snapshots.',
    auth: ['session', 'key'],
    permission: 'watch.manage',
    params: schema.collectionParams,
    body: schema.newImport,
    output: schema.importState,
    errors: 'problem',
    audit: 'watch.import',
    handle: (call, { params, body }) =>
      call.write(function* (record) {
        const collection = yield* collectionAt(params)
        const before = yield* importByOrigin(collection.id, body.origin)
        const row: ImportRow = before ?? {
          id: parts.runtime.ids('wim'),
          collection_id: collection.id,
          origin: body.origin,
          state: 'open',
          total: body.total,
          received: 0,
          versions: 0,
          last_key: null,
          last_at: null,
          left_out: 0,
          started_at: call.now,
          finished_at: null,
          message: null,
        }
        if (before === undefined) yield* insertImport(row)
        else yield* changeImport(row.id, { state: 'open', total: body.total, finished_at: null })
        yield* record({
          target: { kind: 'collection', id: collection.id, label: collection.path },
          after: { origin: body.origin, after: row.received },
        })
        return importView({ ...row, state: 'open', total: body.total, finished_at: null })
      }),
  })

const batchRoute = (parts: WatchParts, aside: Aside): Route =>
  route({
    id: 'watch-imports.add',
    method: 'POST',
    path: `${path}/{id}/snapshots`,
    summary: 'Take further snapshots of a history in',
    description:
      'Oldest first. `after` is the number taken in before; another one is answered with 409 and `received`, the true one. Markdown and text files are kept byte for byte, HTML is extracted as the collection says, other files are left out and counted.',
    auth: ['session', 'key'],
    permission: 'watch.manage',
    params: one,
    body: schema.importBatch,
    bodyElsewhere: true,
    limit: batchLimit,
    output: schema.importState,
    errors: 'problem',
    audit: 'watch.import-add',
    handle: async (call, { params }) => {
      const body = await readJson(batchLimit, call.request)
      const { id, path: label } = await call.read(() => collectionAt(params))
      const record = call.recordOf({ target: { kind: 'collection', id, label } })
      return inTurn(parts.runtime, id, () =>
        aside.run<typeof takeUploaded>(
          task,
          'takeUploaded',
          { collectionId: id, importId: params.id, body, record },
          { transfer: body.map(({ buffer }) => buffer) },
        ),
      )
    },
  })

const finishRoute = (): Route =>
  route({
    id: 'watch-imports.finish',
    method: 'POST',
    path: `${path}/{id}/finish`,
    summary: 'End an import: what follows it in time is judged again',
    auth: ['session', 'key'],
    permission: 'watch.manage',
    params: one,
    output: schema.importState,
    errors: 'problem',
    audit: 'watch.import-finish',
    handle: (call, { params }) =>
      call.write(function* (record) {
        const collection = yield* collectionAt(params)
        const row = found(yield* importById(collection.id, params.id), 'import')
        if (row.state === 'open') {
          yield* changeImport(row.id, { state: 'settling' })
          yield* enqueue({
            name: 'watch.settle-import',
            payload: { collectionId: collection.id, importId: row.id },
            dedupeKey: row.id,
          })
        }
        yield* record({
          target: { kind: 'collection', id: collection.id, label: collection.path },
          after: { origin: row.origin, received: row.received, versions: row.versions },
        })
        return importView({ ...row, state: row.state === 'open' ? 'settling' : row.state })
      }),
  })
