import { appendAudit, gatehouse } from '#kernel/audit.ts'
import { minute } from '#kernel/clock.ts'
import type { Work } from '#kernel/work.ts'
import { bump } from '#features/workspace/index.ts'
import { afterAct } from '../act.ts'
import { changes } from '../changeset.ts'
import type { PolicyParts } from '../parts.ts'
import { policyHead } from '../store.ts'
import { addStep, endRollout } from './end.ts'
import type { RefusalKind } from './migrations.ts'
import {
  addRefusals,
  refusalsSince,
  rolloutById,
  updateRollout,
  type Refusals,
  type RolloutRow,
} from './store.ts'

/** Counted in one process since the last time. */
export interface Counted {
  readonly rolloutId: string
  /** Its start (ms). */
  readonly minute: number
  readonly kind: RefusalKind
  readonly count: number
}

/** The time that is shown where no bound names one (minutes). */
const shownMinutes = 60

/** Refused fetches within the time of the bound, counted in whole minutes. */
export function* refusalsOf(
  { id, within_minutes }: Pick<RolloutRow, 'id' | 'within_minutes'>,
  now: number,
): Work<Refusals & { readonly minutes: number }> {
  const minutes = within_minutes ?? shownMinutes
  const since = now - (now % minute) - (minutes - 1) * minute
  return { ...(yield* refusalsSince(id, since)), minutes }
}

/** Stores what was counted and halts what has reached its bound, in one transaction: nobody widens it in between. */
export function* countRefusals(
  parts: PolicyParts,
  counted: readonly Counted[],
  now: number,
): Work<void> {
  const ids = new Set(counted.map(({ rolloutId }) => rolloutId))
  for (const id of [...ids].sort()) {
    const rollout = yield* rolloutById(id)
    if (!rollout || rollout.ended_at !== null) continue
    for (const one of counted)
      if (one.rolloutId === id) yield* addRefusals(id, one.minute, one.kind, one.count)
    if (rollout.state !== 'in_stage' || rollout.most_refused === null) continue
    const { refused, came_back, minutes } = yield* refusalsOf(rollout, now)
    if (refused + came_back < rollout.most_refused) continue
    yield* halt(parts, rollout, reason(refused, came_back, minutes), now)
  }
}

const reason = (refused: number, cameBack: number, minutes: number): string =>
  `${refused + cameBack} refused fetches within ${minutes} min: ${refused} by Gatehouse, ${cameBack} by clients that came back at once.`

/** The stage gets no wider from now on, until somebody decides; or it is taken back at once, where that was wished. */
function* halt(parts: PolicyParts, rollout: RolloutRow, note: string, now: number): Work<void> {
  const { runtime, directory } = parts
  const policyId = rollout.policy_id
  const acting = { ids: runtime.ids, now, actor: gatehouse }
  const policy = yield* policyHead(policyId)
  const record = (action: string, touches: number): Work<void> =>
    appendAudit({
      id: runtime.ids('aud'),
      at: now,
      actor: gatehouse,
      action,
      target: { kind: 'policy', id: policyId, label: policy?.name ?? policyId },
      after: { version: rollout.number, note },
      touches,
      requestId: null,
      ip: null,
    })
  const halted = yield* updateRollout(rollout, { state: 'halted', halted_at: now })
  yield* addStep(acting, halted, 'halt', { touches: 0, note })
  yield* record('rollout.halt', 0)
  if (rollout.take_back_when_halted === 1) {
    const snapshot = yield* directory.present()
    const after = afterAct(snapshot, { kind: 'take_back_rollout', policyId })
    const { touches } = changes(snapshot, after)
    yield* endRollout(acting, policyId, 'taken_back', { touches, note })
    yield* record('rollout.take-back', touches)
  }
  yield* bump('policies')
}
