import { ReadableStream as Stream } from 'node:stream/web'
import type { Route } from '#kernel/route.ts'
import { z } from 'zod'
import { route } from '#features/workspace/index.ts'
import type { WatchParts } from '../parts.ts'
import { collectionAt } from '../read/load.ts'
import { collectionParams } from '../schema.ts'
import { fastImport } from './fast-import.ts'

const format = 'application/x-git-fast-import'

export const exportRoute = (parts: WatchParts): Route =>
  route({
    id: 'watch.export',
    method: 'GET',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}/export',
    summary: 'The whole history as a git repository',
    description:
      'A stream for `git fast-import`: one commit a snapshot with its time, one Markdown file a page. The same history gives the same commits. It ends with `done`; without that it was cut off.',
    auth: ['session', 'key'],
    permission: 'watch.read',
    params: collectionParams,
    query: z.object({ format: z.literal('git').default('git') }),
    output: null,
    produces: format,
    errors: 'problem',
    audit: null,
    handle: async (call, { params }) => {
      const collection = await call.read(() => collectionAt(params))
      const name = collection.path.replaceAll('/', '-')
      return new Response(
        Stream.from(fastImport(parts, collection)) as ReadableStream<Uint8Array>,
        {
          headers: {
            'content-type': format,
            'content-disposition': `attachment; filename="${name}.fast-import"`,
            'cache-control': 'no-store',
          },
        },
      )
    },
  })
