import { demand, groupById, permissionsOfGroup, type Acting } from '#features/access/index.ts'
import { route } from '#features/workspace/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { providerTarget } from './ground.ts'
import * as schema from './schema.ts'
import { mappingsOf, providerById, replaceMappings, updateProvider } from './store.providers.ts'
import { manage, one, refuseOutdated } from './view.ts'

/**
 * Whoever connects a value to a group lets the provider put anybody into it, so she needs what the group gives; whoever takes one
 * away needs it as well, since members leave by it at their next sign-in.
 */
export const mappingRoute = route({
  ...manage,
  id: 'sso-providers.map',
  method: 'PUT',
  path: '/api/v1/sso/providers/{id}/groups',
  summary: 'Connect values of the groups claim to groups',
  description: 'Takes effect for each member at her next sign-in through the provider.',
  params: schema.idParams,
  body: schema.mappingsChange,
  output: schema.provider,
  audit: 'sso-provider.map',
  recent: true,
  handle: (call, { params, body }) =>
    call.write(function* (record) {
      const row = found(yield* providerById(params.id), 'provider')
      refuseOutdated(row, body.version)
      const before = yield* mappingsOf(row.id)
      const key = (m: schema.Mapping): string => `${m.groupId} ${m.value}`
      const wanted = [...new Map(body.mappings.map((m) => [key(m), m])).values()]
      const had = before.map((m) => ({ value: m.value, groupId: m.group_id }))
      const changed = [
        ...wanted.filter((m) => had.every((h) => key(h) !== key(m))),
        ...had.filter((h) => wanted.every((m) => key(m) !== key(h))),
      ]
      for (const groupId of new Set(changed.map((m) => m.groupId)))
        yield* demandGroup(call.actor, call.now, groupId, wanted)
      yield* replaceMappings(row.id, wanted)
      if (!(yield* updateProvider(row.id, row.version, { updated_at: call.now })))
        refuseOutdated(found(yield* providerById(row.id), 'provider'), body.version)
      yield* record({ target: providerTarget(row), before: had, after: wanted })
      return yield* one(row.id)
    }),
})

function* demandGroup(
  actor: Acting,
  now: number,
  groupId: string,
  wanted: readonly schema.Mapping[],
): Work<void> {
  const group = yield* groupById(groupId)
  // One that is gone can only be taken out.
  if (!group && wanted.every((m) => m.groupId !== groupId)) return
  if (!group)
    throw new Problem('invalid_input', `There is no group ${groupId}.`, {
      errors: [{ field: 'mappings', message: 'There is no such group.' }],
    })
  demand(actor, { kind: 'map_claim', grants: yield* permissionsOfGroup(groupId, now) })
}
