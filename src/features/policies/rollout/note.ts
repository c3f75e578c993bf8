import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { bump } from '#features/workspace/index.ts'
import type { PolicyHead } from '../store.ts'
import { rolloutById, standing, tookBackItself, updateRollout } from './store.ts'

/** Somebody has seen what Gatehouse took back of a policy by itself, also when the next rollout has begun since. */
export function* noteRollout(policy: PolicyHead, now: number): Work<void> {
  const { rollouts } = yield* standing()
  const its = rollouts.filter((row) => row.policy_id === policy.id && tookBackItself(row))
  if (its.length === 0)
    throw new Problem('wrong_state', `Nothing of ${policy.name} waits for somebody to take note.`)
  for (const { id } of its)
    yield* updateRollout(found(yield* rolloutById(id), 'rollout'), { noted_at: now })
  yield* bump('policies')
}
