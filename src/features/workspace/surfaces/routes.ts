import { z } from 'zod'
import { Problem } from '#kernel/problem.ts'
import type { Call, Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { bump } from '../revision.ts'
import { route } from '../route.ts'
import * as schema from './schema.ts'
import { setSurface, surfaceByKey, surfaces } from './store.ts'

export interface SurfacePorts {
  /** What a change of a surface does to whom (features/policies). */
  readonly touch: (
    act: { kind: 'surface'; key: schema.SurfaceKey; on: boolean },
    expected: string | undefined,
    by: Call,
  ) => Work<{ touches: number }>
}

const admins = { auth: ['session', 'key'], errors: 'problem' } as const

export const surfaceRoutes = (ports: SurfacePorts): readonly Route[] => [
  route({
    ...admins,
    id: 'surfaces.list',
    method: 'GET',
    path: '/api/v1/surfaces',
    summary: 'The surfaces, on and off',
    permission: 'workspace.read',
    output: z.object({ items: z.array(schema.surface) }),
    audit: null,
    handle: async (call) => ({ items: [...(await call.read(surfaces))] }),
  }),
  route({
    ...admins,
    id: 'surfaces.set',
    method: 'PUT',
    path: '/api/v1/surfaces/{key}',
    summary: 'Turn a surface on or off',
    description:
      'Codex local off: every bundle is answered with 403, and nothing signs in. Clients learn it at their next start without a valid cache, at most one hour later. Device code off: no new sign-in with a device code; those that are signed in go on.',
    permission: 'surfaces.manage',
    params: z.object({ key: z.enum(schema.surfaceKeys) }),
    body: schema.surfaceChange,
    output: schema.surface,
    audit: 'surface.set',
    recent: true,
    handle: (call, { params, body }) =>
      call.write(function* (record) {
        if (body.maxDays !== undefined && params.key !== 'access_tokens')
          throw new Problem('invalid_input', 'Only access_tokens has a longest lifetime.', {
            errors: [{ field: 'maxDays', message: 'Leave it out for this surface.' }],
          })
        const before = yield* surfaceByKey(params.key)
        const { touches } = yield* ports.touch(
          { kind: 'surface', key: params.key, on: body.on },
          body.changeSet,
          call,
        )
        const after: schema.Surface = {
          key: params.key,
          on: body.on,
          message: body.message ?? before.message,
          maxDays: body.maxDays === undefined ? before.maxDays : body.maxDays,
          changedAt: call.now,
          changedBy: call.actor.label,
        }
        yield* setSurface(after)
        yield* bump('surfaces')
        yield* record({
          target: { kind: 'surface', id: params.key, label: params.key },
          before: asRecorded(before),
          after: asRecorded(after),
          touches,
        })
        return after
      }),
  }),
]

const asRecorded = ({ key, on, message, maxDays }: schema.Surface) => ({
  on,
  message,
  ...(key === 'access_tokens' ? { maxDays } : {}),
})
