import { Problem } from '#kernel/problem.ts'
import { route } from '#features/workspace/index.ts'
import type { WatchParts } from '../parts.ts'
import { collectionAt } from '../read/load.ts'
import { snapshotPair } from '../read/pair.ts'
import * as schema from '../schema.ts'
import { keysBetween } from './step.ts'

/** Where Watch meets Govern. */
export const keysRoutes = (parts: WatchParts) => [
  route({
    id: 'watch-keys.between',
    method: 'GET',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}/keys/{a}/{b}',
    summary: 'Keys of policies that came or went between two snapshots of policy documentation',
    auth: ['session', 'key'],
    permission: 'watch.read',
    params: schema.rangeParams,
    output: schema.keyChanges,
    errors: 'problem',
    audit: null,
    handle: async (call, { params }) => {
      const { collection, a, b } = await call.read(function* () {
        const collection = yield* collectionAt(params)
        return { collection, ...(yield* snapshotPair(collection.id, params)) }
      })
      if (collection.policy_documentation === 0)
        throw new Problem(
          'invalid_input',
          'This collection is not marked as policy documentation.',
          {
            remedy: 'Mark it in its settings, if it documents what policies can say.',
          },
        )
      const mayName = call.actor.permissions.has('policies.read')
      return keysBetween(parts, collection.id, a.moment, b.moment, mayName)
    },
  }),
]
