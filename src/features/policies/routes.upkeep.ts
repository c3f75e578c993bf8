import { z } from 'zod'
import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { route } from '#features/workspace/index.ts'
import { forgetContributors } from './approval/index.ts'
import { admins, type PolicyParts } from './parts.ts'
import { openPolicy } from './publish.ts'
import { standing } from './rollout/store.ts'
import * as schema from './schema.ts'
import { deletePolicy, policyHead, updatePolicy, type PolicyHead } from './store.ts'
import { newestNumber } from './store.versions.ts'
import { policyView, usedBy } from './view.ts'

const params = z.object({ id: z.string().max(100) })

/** The policy, when it is still as the one who acts has seen it. */
export function* asSeen(id: string, revision: number): Work<PolicyHead> {
  const policy = found(yield* policyHead(id), 'policy')
  if (policy.revision !== revision)
    throw new Problem('edited_meanwhile', `Somebody changed ${policy.name} since you opened it.`, {
      remedy: 'Reload it, then make your change again.',
      data: {
        current: {
          name: policy.name,
          description: policy.description,
          archivedAt: policy.archived_at,
          revision: policy.revision,
        },
      },
    })
  return policy
}

/** A policy with what uses it, as its page shows it. */
export function* detail(
  { directory }: PolicyParts,
  id: string,
): Work<z.input<typeof schema.policyDetail>> {
  const row = found(yield* policyHead(id), 'policy')
  const snapshot = yield* directory.present()
  return { ...policyView(row, snapshot, yield* standing()), usedBy: usedBy(id, snapshot) }
}

/** The routes by which a policy is laid aside: archive, take out again, delete. */
export const upkeepRoutes = (parts: PolicyParts) => {
  const { directory } = parts

  function* unused(policy: PolicyHead): Work<void> {
    const uses = usedBy(policy.id, yield* directory.present())
    if (uses.length > 0)
      throw new Problem(
        'in_use',
        `${policy.name} is used by: ${uses.map((u) => u.label).join(', ')}.`,
        {
          remedy: 'Give those another policy first, under Group rules.',
          data: { usedBy: uses },
        },
      )
  }

  /** What is on its way to people is not laid aside. */
  function* refuseUnderway(policy: PolicyHead): Work<void> {
    const { rollout, scheduled } = yield* detail(parts, policy.id)
    const underway = rollout ?? (scheduled?.state === 'scheduled' ? scheduled : null)
    if (underway)
      throw new Problem(
        'in_use',
        `Version ${underway.version} of ${policy.name} is ${rollout ? 'being rolled out' : 'scheduled'}.`,
        { remedy: 'Take it back or cancel it first, on the Rollout tab.' },
      )
  }

  return [
    route({
      ...admins,
      id: 'policies.archive',
      method: 'POST',
      path: '/api/v1/policies/{id}/archive',
      summary: 'Archive a policy that nothing uses; its versions stay',
      permission: 'policies.edit',
      params,
      body: schema.revisionOnly,
      output: schema.policyDetail,
      audit: 'policy.archive',
      handle: (call, { params: { id }, body }) =>
        call.write(function* (record) {
          const before = yield* asSeen(id, body.revision)
          yield* openPolicy(id)
          yield* unused(before)
          yield* refuseUnderway(before)
          yield* updatePolicy(before, { archived_at: call.now })
          yield* record({ target: { kind: 'policy', id, label: before.name } })
          return yield* detail(parts, id)
        }),
    }),
    route({
      ...admins,
      id: 'policies.unarchive',
      method: 'POST',
      path: '/api/v1/policies/{id}/unarchive',
      summary: 'Take a policy out of the archive',
      permission: 'policies.edit',
      params,
      body: schema.revisionOnly,
      output: schema.policyDetail,
      audit: 'policy.unarchive',
      handle: (call, { params: { id }, body }) =>
        call.write(function* (record) {
          const before = yield* asSeen(id, body.revision)
          yield* updatePolicy(before, { archived_at: null })
          yield* record({ target: { kind: 'policy', id, label: before.name } })
          return yield* detail(parts, id)
        }),
    }),
    route({
      ...admins,
      id: 'policies.delete',
      method: 'DELETE',
      path: '/api/v1/policies/{id}',
      summary: 'Delete a policy that was never published',
      permission: 'policies.edit',
      params,
      output: null,
      audit: 'policy.delete',
      handle: (call, { params: { id } }) =>
        call.write(function* (record) {
          const before = found(yield* policyHead(id), 'policy')
          yield* unused(before)
          if ((yield* newestNumber(id)) > 0)
            throw new Problem(
              'wrong_state',
              `${before.name} was published; its versions are kept.`,
              {
                remedy: 'Archive it instead.',
              },
            )
          yield* forgetContributors(id)
          yield* deletePolicy(id)
          yield* record({
            target: { kind: 'policy', id, label: before.name },
            before: { name: before.name, description: before.description },
          })
          return undefined
        }),
    }),
  ]
}
