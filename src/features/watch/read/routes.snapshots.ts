import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { pageOf } from '#kernel/page.ts'
import { page } from '../../workspace/schema.ts'
import { route } from '#features/workspace/index.ts'
import type { WatchParts } from '../parts.ts'
import * as schema from '../schema.ts'
import { collectionAt, snapshotByStamp } from './load.ts'
import { readers } from './readers.ts'
import { countSnapshots, listSnapshots, markSeen } from './store.snapshots.ts'
import { snapshotView } from './views.ts'

const columns = [
  'at',
  'stamp',
  'kind',
  'added',
  'removed',
  'pages',
  'new',
  'gone',
  'quiet',
  'flipped',
  'note',
] as const

export const snapshotRoutes = ({ runtime }: WatchParts) => [
  route({
    ...readers,
    id: 'watch-snapshots.list',
    method: 'GET',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}/snapshots',
    summary: 'Snapshots of a collection with the size of each step, newest first',
    params: schema.collectionParams,
    query: schema.snapshotQuery,
    output: page(schema.snapshot),
    produces: 'text/csv',
    handle: async (call, { params, query }) => {
      const filter = { ...query, text: query.q?.trim().toLowerCase() ?? '' }
      const limit = query.format === undefined ? query.limit : null
      const { rows, total } = await call.read(function* () {
        const { id } = yield* collectionAt(params)
        return {
          rows: yield* listSnapshots(id, filter, query.cursor, limit),
          total: limit === null ? 0 : yield* countSnapshots(id, filter),
        }
      })
      if (query.format === 'json') return jsonResponse('snapshots', rows.map(snapshotView))
      if (query.format === 'csv') return csv(rows.map(snapshotView))
      const shown = pageOf(rows, query.limit, (row) => [row.moment])
      return { items: shown.items.map(snapshotView), next: shown.next, total }
    },
  }),
  route({
    ...readers,
    id: 'watch-snapshots.all',
    method: 'GET',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}/snapshots/all',
    summary: 'Every snapshot of a collection at once, for pickers and timelines',
    params: schema.collectionParams,
    output: schema.allSnapshots,
    handle: (call, { params }) =>
      call.read(function* () {
        const { id } = yield* collectionAt(params)
        const rows = yield* listSnapshots(id, { text: '', quiet: true }, undefined, null)
        return { items: rows.map(snapshotView) }
      }),
  }),
  route({
    ...readers,
    auth: ['session'],
    id: 'watch-seen.set',
    method: 'POST',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}/seen',
    summary: 'Remember that you have looked at a snapshot and everything before it',
    description:
      'It is what "changed since I last looked" is about. It never goes back, and nobody else sees it.',
    params: schema.collectionParams,
    body: schema.seenChange,
    output: null,
    handle: async (call, { params, body }) => {
      await runtime.db.tx(function* () {
        const { id } = yield* collectionAt(params)
        const { moment } = yield* snapshotByStamp(id, body.stamp)
        yield* markSeen({ member_id: call.actor.id, collection_id: id, moment, at: call.now })
      })
      return undefined
    },
  }),
]

const csv = (items: readonly schema.Snapshot[]): Response =>
  csvResponse(
    'snapshots',
    columns,
    items.map((s) => [
      timeCell(s.at),
      s.stamp,
      s.kind,
      s.added,
      s.removed,
      s.pages,
      s.newPages,
      s.gonePages,
      s.quietPages,
      s.flippedPages,
      s.note,
    ]),
  )
