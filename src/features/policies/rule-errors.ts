import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import type { Act } from './schema.act.ts'
import type { Snapshot } from './snapshot.ts'
import { policyHead } from './store.ts'

/** Throws `invalid_input` with every rule that could decide for nobody: its group or its policy is not there, or twice. */
function refuseBadRules(
  rules: readonly { readonly groupId: string; readonly policyId: string }[],
  snapshot: Snapshot,
): void {
  const first = new Map<string, number>()
  const errors = rules.flatMap((rule, index) => {
    const group = snapshot.groups.get(rule.groupId)
    const earlier = first.get(rule.groupId)
    if (earlier === undefined) first.set(rule.groupId, index)
    const say = (field: string, message: string) => [{ field: `rules.${index}.${field}`, message }]
    if (!group) return say('groupId', `Rule ${index + 1}: there is no such group.`)
    if (earlier !== undefined)
      return say(
        'groupId',
        `Rule ${index + 1} for ${group.name} is dead: rule ${earlier + 1} has the same group and is tried first.`,
      )
    if (!snapshot.policies.has(rule.policyId))
      return say(
        'policyId',
        `Rule ${index + 1}: its policy does not exist or has no published version.`,
      )
    return []
  })
  if (errors.length > 0)
    throw new Problem('invalid_input', errors.map((e) => e.message).join(' '), {
      remedy: 'Correct or remove those rules; nothing was changed.',
      errors,
    })
}

/** Refuses rules and defaults that could not be set: the preview of an act and the act say the same. */
export function* refuseBadChoice(act: Act, snapshot: Snapshot): Work<void> {
  if (act.kind === 'default' && act.policyId !== null) yield* usable(act.policyId, snapshot)
  if (act.kind !== 'rules') return
  refuseBadRules(act.rules, snapshot)
  for (const id of new Set(act.rules.map(({ policyId }) => policyId))) yield* usable(id, snapshot)
}

/** A policy that may be assigned: published and not archived. */
function* usable(policyId: string, snapshot: Snapshot): Work<void> {
  const policy = found(yield* policyHead(policyId), 'policy')
  if (policy.archived_at !== null || !snapshot.policies.has(policyId))
    throw new Problem(
      'wrong_state',
      `${policy.name} ${policy.archived_at === null ? 'has no published version' : 'is archived'}.`,
      { remedy: 'Publish it first, or choose another policy.' },
    )
}
