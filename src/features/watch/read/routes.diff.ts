import { route } from '#features/workspace/index.ts'
import type { WatchParts } from '../parts.ts'
import * as schema from '../schema.ts'
import { diffJson, pageDiff } from './diff.ts'
import { collectionAt } from './load.ts'
import { pairAt } from './pair.ts'
import { readers } from './readers.ts'
import { writtenDiff } from './written.ts'

export const diffRoutes = (parts: WatchParts) => [
  route({
    ...readers,
    id: 'watch-diff.get',
    method: 'GET',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}/diff/{a}/{b}',
    summary: 'What changed in one page between two snapshots, row by row',
    description:
      'From the older snapshot to the newer one; the other way round is refused. `format` downloads it instead: `patch` (exact, whatever the options hide, so that it can be applied), `html` or `markdown`.',
    params: schema.rangeParams,
    query: schema.pageDiffQuery,
    output: schema.pageDiff,
    produces: 'text/plain',
    handle: async (call, { params, query }) => {
      const { collection, pair } = await call.read(function* () {
        const collection = yield* collectionAt(params)
        return { collection, pair: yield* pairAt(collection, query.page, params) }
      })
      if (query.format !== 'json') return writtenDiff(parts, collection, pair, query, query.format)
      const diff = await pageDiff(parts, collection, pair, query)
      return new Response(diffJson(diff), {
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      })
    },
  }),
]
