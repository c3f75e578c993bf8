import { z } from 'zod'
import { route } from '#features/workspace/index.ts'
import type { Work } from '#kernel/work.ts'
import { mustBeKnown } from '../store.forget.ts'

export const forgetRoute = (forget: (principalId: string) => Work<void>) =>
  route({
    id: 'telemetry.forget',
    method: 'DELETE',
    path: '/api/v1/telemetry/principals/{id}',
    summary: 'Remove what agents reported about one member, service account or enrolment',
    description:
      'Events, conversations and days go, some seconds after the answer; an audit record says how many. Sums of groups keep their counts. What her clients report from now on is kept again. What stands in files of the compliance log already is erased there, and what a collector was sent is with the collector.',
    auth: ['session', 'key'],
    permission: 'telemetry.manage',
    recent: true,
    errors: 'problem',
    audit: 'telemetry.forget',
    params: z.object({ id: z.string().max(100) }),
    output: z.object({}),
    handle: (call, { params: { id } }) =>
      call.write(function* (record) {
        yield* mustBeKnown(id)
        yield* forget(id)
        yield* record({ target: { kind: 'telemetry', id, label: id } })
        return {}
      }),
  })
