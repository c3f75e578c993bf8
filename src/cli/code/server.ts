import type { Draft, Policy, Rules, Version } from '#features/policies/schema.ts'
import type { ChangeSet } from '#features/policies/schema.act.ts'
import { api, ApiRefusal, everything } from '../api.ts'
import type { ServerState } from './plan.ts'
import type { CodePolicy } from './folder.ts'
import type { Step } from './plan.ts'

/** What the server serves now. */
export async function serverState(): Promise<ServerState> {
  const [policies, groups, rules] = await Promise.all([
    everything<Policy>('/api/v1/policies'),
    everything<{ id: string; name: string }>('/api/v1/groups'),
    api<Rules>('GET', '/api/v1/rules'),
  ])
  const served = await Promise.all(
    policies.map(async ({ id, name, description, published, draft }) => {
      if (published === null) return []
      const path = `/api/v1/policies/${id}/versions/${published.number}`
      const { text, defaults } = await api<{ text: string; defaults: string }>('GET', path)
      return [
        { id, name, description, text, defaults, draftBy: draft.changed ? draft.updatedBy : null },
      ]
    }),
  )
  return {
    policies: served.flat(),
    groups,
    rules: rules.rules.map(({ groupId, policyId }) => ({ groupId, policyId })),
    defaultPolicyId: rules.default?.policyId ?? null,
  }
}

type Act = Readonly<Record<string, unknown>>
const preview = (act: Act): Promise<ChangeSet> =>
  api<ChangeSet>('POST', '/api/v1/change-sets/preview', { act })

/** What a step would do; null where that can only be known once an earlier step is done. */
export async function effectOf(step: Step, ids: ReadonlyMap<string, string>) {
  switch (step.kind) {
    case 'create':
    case 'describe':
      return null
    case 'publish': {
      const { text, defaults } = step.policy
      return preview({ kind: 'publish', policyId: step.id, document: { text, defaults } })
    }
    case 'rules':
    case 'default': {
      const act = assignment(step, ids)
      return act && preview(act)
    }
  }
}

/** Undefined while one of its policies has yet to be created. */
function assignment(
  step: Extract<Step, { kind: 'rules' | 'default' }>,
  ids: ReadonlyMap<string, string>,
) {
  if (step.kind === 'default') {
    const policyId = step.slug === null ? null : ids.get(step.slug)
    return policyId === undefined ? null : { kind: 'default', policyId }
  }
  const rules = step.rules.flatMap(({ groupId, slug }) => {
    const policyId = ids.get(slug)
    return policyId === undefined ? [] : [{ groupId, policyId }]
  })
  return rules.length < step.rules.length ? null : { kind: 'rules', rules }
}

/** Does a step; `ids` is given the id of a policy that it creates. The change set is looked at again right before. */
export async function carryOut(
  step: Step,
  ids: Map<string, string>,
  message: string,
): Promise<string> {
  switch (step.kind) {
    case 'create': {
      const { id } =
        (await begun(step.policy.name)) ??
        (await api<Policy>('POST', '/api/v1/policies', step.policy))
      ids.set(step.slug, id)
      return published(id, step.policy, message)
    }
    case 'publish': {
      const path = `/api/v1/policies/${step.id}/draft`
      const { revision } = await api<Draft>('GET', path)
      const { text, defaults } = step.policy
      await api<Draft>('PUT', path, { text, defaults, revision })
      return published(step.id, step.policy, message)
    }
    case 'describe': {
      const { name, description } = step.policy
      const path = `/api/v1/policies/${step.id}`
      const { revision } = await api<Policy>('GET', path)
      await api<Policy>('PATCH', path, { name, description, revision })
      return `${name} is described anew.`
    }
    case 'rules':
    case 'default': {
      const act = assignment(step, ids)
      if (!act) throw new ApiRefusal('A policy of the rules was not created.')
      const { hash, touches } = await preview(act)
      const { revision: expectedRevision } = await api<Rules>('GET', '/api/v1/rules')
      const { kind, ...body } = act
      const path = kind === 'rules' ? '/api/v1/rules' : '/api/v1/rules/default'
      await api<Rules>('PUT', path, { ...body, expectedRevision, changeSet: hash })
      return `${kind === 'rules' ? 'The group rules are' : 'The default is'} set; touches ${touches}.`
    }
  }
}

/** The policy of that name that a push made which was cut off before it published it. */
async function begun(name: string): Promise<Policy | undefined> {
  const all = await everything<Policy>('/api/v1/policies')
  const there = all.find((policy) => policy.name.toLowerCase() === name.toLowerCase())
  return there?.published === null ? there : undefined
}

async function published(id: string, policy: CodePolicy, message: string): Promise<string> {
  const path = `/api/v1/policies/${id}`
  const { revision, text, defaults, updatedBy } = await api<Draft>('GET', `${path}/draft`)
  // From here on the revision holds it: whatever is saved now is not published.
  if (text !== policy.text || defaults !== policy.defaults)
    throw new ApiRefusal(
      `${updatedBy} has a draft of ${policy.name} that says something else than the folder; it was not published.`,
    )
  const { hash } = await preview({ kind: 'publish', policyId: id })
  const done = await api<{ version: Version; touches: number }>('POST', `${path}/publish`, {
    message,
    draftRevision: revision,
    changeSet: hash,
  })
  return `${policy.name} v${done.version.number} is published; touches ${done.touches}.`
}
