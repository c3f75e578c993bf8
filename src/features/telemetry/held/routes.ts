import { z } from 'zod'
import { route } from '#features/workspace/index.ts'
import type { Route } from '#kernel/route.ts'
import { mustBeKnown } from '../store.forget.ts'
import * as schema from './schema.ts'
import { heldOf, reportedOf } from './store.ts'

/** How much is known of somebody: for whoever is about to remove it, and for the one it is about. */
export const heldRoutes: readonly Route[] = [
  route({
    id: 'telemetry.held',
    method: 'GET',
    path: '/api/v1/telemetry/principals/{id}',
    summary: 'How much is kept of one member, service account or enrolment',
    description:
      'To look at before it is removed: no more than what the record of the removal says. 404 where nothing was reported.',
    auth: ['session', 'key'],
    permission: 'telemetry.manage',
    errors: 'problem',
    params: z.object({ id: z.string().max(100) }),
    output: schema.held,
    audit: null,
    handle: (call, { params: { id } }) =>
      call.read(function* () {
        yield* mustBeKnown(id)
        return yield* heldOf(id)
      }),
  }),
  route({
    id: 'telemetry.own-reported',
    method: 'GET',
    path: '/api/v1/me/telemetry/reported',
    summary: 'What clients reported of the person who asks',
    auth: ['session'],
    permission: null,
    errors: 'problem',
    output: schema.ownReported,
    audit: null,
    handle: (call) => call.read(() => reportedOf(call.actor.id)),
  }),
]
