import type { Route } from '#kernel/route.ts'
import { z } from 'zod'
import { route } from '#features/workspace/index.ts'
import { verifyArchive } from '../archive/index.ts'
import type { WatchParts } from '../parts.ts'
import { collectionAt } from '../read/load.ts'
import { collectionParams } from '../schema.ts'
import { pathsOfPages } from './store.ts'

export const verifyRoute = (parts: WatchParts): Route =>
  route({
    id: 'watch.integrity',
    method: 'GET',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}/integrity',
    summary: 'Read everything that is stored of a collection and compare it with its hash',
    auth: ['session', 'key'],
    permission: 'watch.manage',
    params: collectionParams,
    output: z.object({
      /** Texts and raw bytes that were read. */
      checked: z.int(),
      damaged: z.array(
        z.object({ kind: z.enum(['text', 'raw']), id: z.string(), page: z.string().nullable() }),
      ),
    }),
    errors: 'problem',
    audit: null,
    handle: async (call, { params }) => {
      const collection = await call.read(() => collectionAt(params))
      const { checked, damaged } = await verifyArchive(parts.runtime, collection.id)
      const paths = await call.read(() => pathsOfPages(damaged.map((d) => d.pageKey)))
      return {
        checked,
        damaged: damaged.map(({ kind, id, pageKey }) => ({
          kind,
          id,
          page: paths.get(pageKey) ?? null,
        })),
      }
    },
  })
