import { route } from '#features/workspace/index.ts'
import { Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import { refuseUnusableSource, selectorComplaints } from './check.ts'
import type { WatchParts } from '../parts.ts'
import type { GoingOut } from '../runs/going-out.ts'
import * as schema from '../schema.ts'
import { admins } from './admins.ts'
import { discover } from './discover.ts'
import { previewOf } from './preview.ts'

/** What settings would bring, on the live site. Nothing is stored. */
export const tryRoutes = (parts: WatchParts, going: GoingOut): readonly Route[] => [
  route({
    ...admins,
    id: 'watch.preview',
    method: 'POST',
    path: '/api/v1/watch/preview',
    summary: 'Fetch one page and show what would be kept of it',
    body: schema.previewRequest,
    output: schema.preview,
    audit: null,
    handle: async (call, { body }) => {
      const errors = await selectorComplaints(body.extract, 'extract')
      if (errors.length > 0)
        throw new Problem('invalid_input', 'Some selectors cannot be read.', { errors })
      return previewOf(parts, going, body, call.request.signal)
    },
  }),
  route({
    ...admins,
    id: 'watch.discover',
    method: 'POST',
    path: '/api/v1/watch/discover',
    summary: 'Fetch the list of a source and show which pages it would bring',
    description: 'Following links stops after 30 seconds or 200 pages.',
    body: schema.discoverRequest,
    output: schema.discovery,
    audit: null,
    handle: (call, { body }) => {
      refuseUnusableSource(body.source)
      return discover(parts, going, body, call.request.signal)
    },
  }),
]
