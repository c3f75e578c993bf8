import { csvResponse, jsonResponse } from '#kernel/export.ts'
import { route } from '#features/workspace/index.ts'
import type { WatchParts } from '../parts.ts'
import * as schema from '../schema.ts'
import { collectionAt } from './load.ts'
import { readers } from './readers.ts'
import { searchPages } from './search.ts'

/** Hits of a download. */
const mostExported = 1000

export const searchRoutes = (parts: WatchParts) => [
  route({
    ...readers,
    id: 'watch-search.get',
    method: 'GET',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}/search',
    summary: 'Find lines on the pages of a collection, or among all lines that ever stood on one',
    description:
      'All words must be in a line; "words in quotation marks" stand together, and word* is the beginning of a word. How many there are in all is not counted.',
    params: schema.collectionParams,
    query: schema.searchQuery,
    output: schema.searchAnswer,
    produces: 'text/csv',
    handle: async (call, { params, query }) => {
      const { id } = await call.read(() => collectionAt(params))
      const limit = query.format === undefined ? query.limit : mostExported
      const answer = await searchPages(parts, id, { ...query, limit })
      if (query.format === 'json') return jsonResponse('search', answer.items)
      if (query.format === 'csv')
        return csvResponse(
          'search',
          ['page', 'line', 'text', 'appeared', 'went'],
          answer.items.map((hit) => [
            hit.page,
            hit.line,
            hit.text,
            hit.appeared?.stamp,
            hit.disappeared?.stamp,
          ]),
        )
      return { ...answer, items: [...answer.items] }
    },
  }),
]
