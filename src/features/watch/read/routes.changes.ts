import { csvResponse, jsonResponse } from '#kernel/export.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { route } from '#features/workspace/index.ts'
import type { WatchParts } from '../parts.ts'
import * as schema from '../schema.ts'
import { changedSet, type Changed } from './changes.ts'
import { collectionAt, type SnapshotRow } from './load.ts'
import { noteOf, snapshotPair } from './pair.ts'
import { readers } from './readers.ts'
import { changedBetween } from './store.changes.ts'
import { boundariesBetween } from './store.snapshots.ts'

export const changeRoutes = (parts: WatchParts) => [
  route({
    ...readers,
    id: 'watch-changes.get',
    method: 'GET',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}/changes/{a}/{b}',
    summary: 'What changed in the whole set between two snapshots, one line a page',
    description:
      'From the older snapshot to the newer one; the other way round is refused. Pages that changed in formatting only are counted, and listed when formatting is shown or they are asked for by kind.',
    params: schema.rangeParams,
    query: schema.changesQuery,
    output: schema.changes,
    produces: 'text/csv',
    handle: async (call, { params, query }) => {
      const { collection, a, b, rows, notes } = await call.read(function* () {
        const collection = yield* collectionAt(params)
        const { a, b } = yield* snapshotPair(collection.id, params)
        return {
          collection,
          a,
          b,
          rows: yield* changedBetween(collection.id, a.moment, b.moment),
          notes: (yield* boundariesBetween(collection.id, a.moment, b.moment)).map(noteOf),
        }
      })
      const { pages, estimated } = await changedSet(parts, collection, rows, query)
      const items = pages.filter(listed(query)).map(({ pageId: _, ...page }) => page)
      if (query.format === 'json') return jsonResponse('changes', items)
      if (query.format === 'csv') return csv(items)
      const from = query.cursor === undefined ? '' : String(decodeCursor(query.cursor)[0])
      const rest = items.filter((page) => page.page > from)
      const shown = pageOf(rest, query.limit, ({ page }) => [page])
      return {
        from: sideOf(a),
        to: sideOf(b),
        ...sumsOf(pages),
        boundary: notes.length === 0 ? null : notes.join(' '),
        ...(estimated ? { estimated } : {}),
        items: [...shown.items],
        next: shown.next,
        total: items.length,
      }
    },
  }),
]

export const sideOf = ({ at, stamp }: SnapshotRow) => ({ at, version: stamp })

type Query = Pick<ReturnType<typeof schema.changesQuery.parse>, 'kind' | 'formatting' | 'q'>

function listed({ kind, formatting, q }: Query): (page: Changed) => boolean {
  const text = q?.trim().toLowerCase() ?? ''
  return (page) =>
    (kind === undefined ? formatting === 'shown' || page.kind !== 'quiet' : page.kind === kind) &&
    `${page.page}\n${page.title ?? ''}`.toLowerCase().includes(text)
}

/** As snapshots sum their steps up: formatting, flips and boundaries are counted apart. */
export function sumsOf(pages: readonly schema.ChangedPage[]) {
  const of = (kind: schema.StepKind): number => pages.filter((page) => page.kind === kind).length
  const told = pages.filter(({ kind }) => !['quiet', 'flip', 'boundary'].includes(kind))
  return {
    added: told.reduce((sum, page) => sum + page.added, 0),
    removed: told.reduce((sum, page) => sum + page.removed, 0),
    pages: told.length,
    newPages: of('new'),
    gonePages: of('gone'),
    movedPages: of('moved'),
    quietPages: of('quiet'),
    flippedPages: of('flip'),
  }
}

const csv = (items: readonly schema.ChangedPage[]): Response =>
  csvResponse(
    'changes',
    ['page', 'title', 'kind', 'added', 'removed', 'moved'],
    items.map((p) => [p.page, p.title, p.kind, p.added, p.removed, p.movedFrom]),
  )
