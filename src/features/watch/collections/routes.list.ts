import { page } from '#features/workspace/schema.ts'
import { route } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import type { Route } from '#kernel/route.ts'
import type { WatchParts } from '../parts.ts'
import { collectionAt } from '../read/load.ts'
import { readers } from '../read/readers.ts'
import * as schema from '../schema.ts'
import { headRows } from './store.ts'
import { collectionView, headView } from './view.ts'

type Head = schema.CollectionHead
const byPath = (a: Head, b: Head): number => (a.path < b.path ? -1 : 1)
const changed = ({ lastSnapshot }: Head): number => lastSnapshot?.at ?? 0
const sorters = {
  path: byPath,
  '-path': (a: Head, b: Head) => byPath(b, a),
  changed: (a: Head, b: Head) => changed(a) - changed(b) || byPath(a, b),
  '-changed': (a: Head, b: Head) => changed(b) - changed(a) || byPath(a, b),
} as const

export const listRoutes = ({ runtime }: WatchParts): readonly Route[] => [
  route({
    ...readers,
    id: 'watch.collections',
    method: 'GET',
    path: '/api/v1/watch/collections',
    summary: 'Collections with what changed last',
    query: schema.collectionQuery,
    output: page(schema.collectionHead),
    produces: 'text/csv',
    handle: async (call, { query }) => {
      const text = query.q?.trim().toLowerCase() ?? ''
      const items = (await call.read(() => headRows()))
        .map(headView)
        .filter((c) => query.vendor === undefined || c.vendor === query.vendor)
        .filter((c) => `${c.path}\n${c.title}`.toLowerCase().includes(text))
        .sort(sorters[query.sort])
      if (query.format === 'json') return jsonResponse('collections', items)
      if (query.format === 'csv') return csv(items)
      const from = query.cursor === undefined ? 0 : Number(decodeCursor(query.cursor)[0])
      const rows = items.slice(from, from + query.limit + 1)
      const shown = pageOf(rows, query.limit, () => [from + query.limit])
      return { items: [...shown.items], next: shown.next, total: items.length }
    },
  }),
  route({
    ...readers,
    id: 'watch.collection',
    method: 'GET',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}',
    summary: 'One collection with its settings and what is stored of it',
    params: schema.collectionParams,
    output: schema.collection,
    handle: async (call, { params }) => {
      const { id } = await call.read(() => collectionAt(params))
      return collectionView(runtime, id, call.actor.id)
    },
  }),
]

const csv = (items: readonly Head[]): Response =>
  csvResponse(
    'collections',
    ['path', 'title', 'pages', 'failing', 'snapshots', 'last change', 'last run', 'next run', 'id'],
    items.map((c) => [
      c.path,
      c.title,
      c.pages,
      c.failing,
      c.snapshots,
      timeCell(c.lastSnapshot?.at),
      timeCell(c.lastRunAt),
      timeCell(c.nextRunAt),
      c.id,
    ]),
  )
