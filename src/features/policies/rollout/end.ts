import type { AuditActor } from '#kernel/audit.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Work } from '#kernel/work.ts'
import type { StepKind } from './migrations.ts'
import {
  forgetRefusals,
  insertStep,
  runningRollout,
  updateRollout,
  type RolloutRow,
} from './store.ts'

/** Who takes a step, and when. */
export interface Stepping {
  readonly ids: Ids
  readonly now: number
  readonly actor: Pick<AuditActor, 'id' | 'label'>
}

const ends = { finished: 'finish', taken_back: 'take_back' } as const

/** Ends the rollout of a policy, if there is one. What is served then, the caller has decided. */
export function* endRollout(
  acting: Stepping,
  policyId: string,
  state: keyof typeof ends,
  step: { readonly touches: number; readonly note: string },
): Work<RolloutRow | undefined> {
  const running = yield* runningRollout(policyId)
  if (!running) return undefined
  const ended = yield* updateRollout(running, {
    state,
    ended_at: acting.now,
    ended_by_id: acting.actor.id,
    ended_by: acting.actor.label,
  })
  yield* forgetRefusals(running.id)
  yield* addStep(acting, ended, ends[state], step)
  return ended
}

/** Puts down what was done with a rollout, and what it is from then on. */
export function* addStep(
  { ids, now, actor }: Stepping,
  { id, stage }: RolloutRow,
  what: StepKind,
  { touches, note }: { readonly touches: number; readonly note: string },
): Work<void> {
  yield* insertStep({
    id: ids('ros'),
    rollout_id: id,
    at: now,
    by: actor.label,
    what,
    stage,
    touches,
    note,
  })
}
