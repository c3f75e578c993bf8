import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { pageOf } from '#kernel/page.ts'
import { route } from '#features/workspace/index.ts'
import { page as pageSchema, pageQuery } from '../../workspace/schema.ts'
import * as schema from '../schema.ts'
import { collectionAt, pageAt, snapshotByStamp } from './load.ts'
import { readers } from './readers.ts'
import { countPages, listPages, listVersions, type PageFilter } from './store.pages.ts'
import { pageView, versionView } from './views.ts'

/** Lists of pages and of the versions of one page. */
export const pageRoutes = () => [
  route({
    ...readers,
    id: 'watch-pages.list',
    method: 'GET',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}/pages',
    summary: 'Pages of a collection with their last change, as they are or at a snapshot',
    params: schema.collectionParams,
    query: schema.pagesQuery,
    output: pageSchema(schema.watchedPage),
    produces: 'text/csv',
    handle: async (call, { params, query }) => {
      const past = query.at !== undefined
      const limit = query.format === undefined ? query.limit : null
      const { items, next, total } = await call.read(function* () {
        const { id } = yield* collectionAt(params)
        const filter: PageFilter = {
          collectionId: id,
          text: query.q?.trim().toLowerCase() ?? '',
          state: query.state,
          moment:
            query.at === undefined ? undefined : (yield* snapshotByStamp(id, query.at)).moment,
          sort: query.sort,
        }
        return {
          ...(yield* listPages(filter, query.cursor, limit)),
          total: limit === null ? 0 : yield* countPages(filter),
        }
      })
      const pages = items.map((row) => pageView(row, past))
      if (query.format === 'json') return jsonResponse('pages', pages)
      if (query.format === 'csv') return pagesCsv(pages)
      return { items: pages, next, total }
    },
  }),
  route({
    ...readers,
    id: 'watch-pages.history',
    method: 'GET',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}/history/{page+}',
    summary: 'The versions of a page, newest first',
    params: schema.pageParams,
    query: pageQuery,
    output: pageSchema(schema.version),
    produces: 'text/csv',
    handle: async (call, { params, query }) => {
      const limit = query.format === undefined ? query.limit : null
      const { rows, total } = await call.read(function* () {
        const { id } = yield* collectionAt(params)
        const page = yield* pageAt(id, params.page)
        return yield* listVersions(page.id, query.q?.trim() ?? '', query.cursor, limit)
      })
      if (query.format === 'json') return jsonResponse('history', rows.map(versionView))
      if (query.format === 'csv') return versionsCsv(rows.map(versionView))
      const shown = pageOf(rows, query.limit, (row) => [row.moment])
      return { items: shown.items.map(versionView), next: shown.next, total }
    },
  }),
]

const pagesCsv = (pages: readonly schema.WatchedPage[]): Response =>
  csvResponse(
    'pages',
    [
      'page',
      'title',
      'url',
      'state',
      'first_seen',
      'last_change',
      'kind',
      'added',
      'removed',
      'versions',
      'lines',
      'failure',
    ],
    pages.map((p) => [
      p.page,
      p.title,
      p.url,
      p.state,
      timeCell(p.firstSeen?.at),
      timeCell(p.lastChange?.at),
      p.lastChange?.kind,
      p.lastChange?.added,
      p.lastChange?.removed,
      p.versions,
      p.lines,
      p.failure?.kind,
    ]),
  )

const versionsCsv = (versions: readonly schema.Version[]): Response =>
  csvResponse(
    'history',
    [
      'at',
      'stamp',
      'kind',
      'added',
      'removed',
      'bytes',
      'lines',
      'extractor',
      'flip_of',
      'raw_kept',
    ],
    versions.map((v) => [
      timeCell(v.at),
      v.stamp,
      v.kind,
      v.added,
      v.removed,
      v.bytes,
      v.lines,
      v.extractor,
      v.flipOf,
      v.raw ? 'yes' : 'no',
    ]),
  )
