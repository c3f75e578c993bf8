import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { bump } from '#features/workspace/index.ts'
import { ruleIsOn } from '../approval/store.ts'
import { asComplaints, judge, refuseErrors } from '../judge.ts'
import type { Terms } from '../preview.ts'
import { openPolicy, pinDraft, type Acting, type Published, type PublishWish } from '../publish.ts'
import type { Bounds } from './schema.ts'
import type { Stage } from '../snapshot.ts'
import type { PolicyHead } from '../store.ts'
import { setPublished, versionOf } from '../store.versions.ts'
import { addStep, endRollout } from './end.ts'
import {
  forgetRefusals,
  insertRollout,
  runningRollout,
  stageOf,
  updateRollout,
  type RolloutRow,
} from './store.ts'
import { isNobody, isWithin } from './within.ts'

/** How far a version goes at first, and when Gatehouse stops it. */
export interface StartWish {
  readonly stage: Stage
  readonly bounds: Bounds
  readonly takeBackWhenHalted: boolean
}

/** What is decided about a rollout that runs, on top of what was seen of it. */
export interface Decision {
  readonly revision: number
  readonly message?: string | undefined
  readonly changeSet?: string | undefined
}

export interface Decided {
  readonly policy: PolicyHead
  readonly before: RolloutRow
  readonly after: RolloutRow
  readonly touches: number
}

/** Makes the draft the next version, and serves it to the stage only. */
export function* startRollout(
  acting: Acting,
  wish: PublishWish & StartWish,
): Work<Published & { readonly rollout: RolloutRow }> {
  yield* refuseUnstaged(wish.policyId, wish.stage)
  const { policyId, stage } = wish
  const made = yield* pinDraft(
    acting,
    wish,
    { kind: 'rollout', policyId, stage },
    { watched: wish },
  )
  const rollout = yield* serveToStage(acting, made, wish)
  return { ...made, rollout }
}

/** Without a version that everybody else is served there is nothing to stage; and a stage has somebody in it. */
export function* refuseUnstaged(policyId: string, stage: Stage): Work<void> {
  const policy = yield* openPolicy(policyId)
  if (policy.number === null)
    throw new Problem('wrong_state', `${policy.name} was never published, so it reaches nobody.`, {
      remedy: 'Publish its first version to everybody; then give its policy to groups one by one.',
    })
  if (isNobody(stage)) throw noStage()
}

const noStage = (): Problem =>
  new Problem('invalid_input', 'The stage names nobody.', {
    remedy: 'Name a group, an enrolment, or a share of the members.',
    errors: [{ field: 'stage', message: 'Name a group, an enrolment, or a share of the members.' }],
  })

export function* serveToStage(
  acting: Pick<Acting, 'ids' | 'now' | 'actor'>,
  made: Pick<Published, 'policy' | 'version' | 'touches'>,
  { stage, bounds, takeBackWhenHalted }: StartWish,
): Work<RolloutRow> {
  const rollout: RolloutRow = {
    id: acting.ids('rol'),
    policy_id: made.policy.id,
    version_id: made.version.id,
    number: made.version.number,
    state: 'in_stage',
    stage: JSON.stringify(stage),
    ...boundColumns(bounds),
    take_back_when_halted: takeBackWhenHalted ? 1 : 0,
    started_at: acting.now,
    started_by: acting.actor.label,
    halted_at: null,
    ended_at: null,
    ended_by_id: null,
    ended_by: null,
    noted_at: null,
    revision: 1,
  }
  yield* insertRollout(rollout)
  yield* addStep(acting, rollout, 'start', { touches: made.touches, note: made.version.message })
  yield* bump('policies')
  return rollout
}

const boundColumns = ({ refusedFetches }: Bounds) => ({
  most_refused: refusedFetches?.count ?? null,
  within_minutes: refusedFetches?.minutes ?? null,
})

/** The rollout of a policy, when it is still as the one who decides has seen it. */
function* asSeen(
  policyId: string,
  revision: number,
): Work<{ policy: PolicyHead; before: RolloutRow }> {
  const policy = yield* openPolicy(policyId)
  const before = yield* runningRollout(policyId)
  if (!before)
    throw new Problem('wrong_state', `Nothing of ${policy.name} is being rolled out.`, {
      remedy: 'Reload the page: somebody has ended it, or it was never begun.',
    })
  if (before.revision !== revision)
    throw new Problem(
      'edited_meanwhile',
      `The rollout of version ${before.number} has changed since you looked at it; nothing was done.`,
      {
        remedy: 'Look at it again, then decide.',
        data: { current: { revision: before.revision, state: before.state } },
      },
    )
  return { policy, before }
}

/** Another stage, wider or narrower, or other bounds. While it stands halted it gets no wider. */
export function* changeRollout(
  acting: Acting,
  policyId: string,
  wish: Decision & { readonly stage?: Stage | undefined } & {
    readonly bounds?: Bounds | undefined
    readonly takeBackWhenHalted?: boolean | undefined
  },
): Work<Decided> {
  const { policy, before } = yield* asSeen(policyId, wish.revision)
  const stage = wish.stage ?? stageOf(before)
  if (isNobody(stage)) throw noStage()
  if (before.state === 'halted' && !isWithin(stage, stageOf(before))) throw stillHalted(before)
  if (yield* ruleIsOn()) {
    refuseQuietTakeBack(before, wish)
    refuseLooser(before, wish)
  }
  const { touches } =
    wish.stage === undefined
      ? { touches: 0 }
      : yield* acting.touch({ kind: 'rollout', policyId, stage }, wish.changeSet)
  const after = yield* updateRollout(before, {
    stage: JSON.stringify(stage),
    ...(wish.bounds && boundColumns(wish.bounds)),
    ...(wish.takeBackWhenHalted !== undefined && {
      take_back_when_halted: wish.takeBackWhenHalted ? 1 : 0,
    }),
  })
  yield* addStep(acting, after, wish.stage === undefined ? 'bounds' : 'stage', {
    touches,
    note: wish.message ?? '',
  })
  yield* bump('policies')
  return { policy, before, after, touches }
}

/**
 * When Gatehouse takes a version back by itself is part of what somebody approved: with a bound of one refused fetch whoever is
 * alone would take it back, and nobody would have to look at that.
 */
function refuseQuietTakeBack(
  before: RolloutRow,
  {
    bounds,
    takeBackWhenHalted,
  }: { bounds?: Bounds | undefined; takeBackWhenHalted?: boolean | undefined },
): void {
  const takesBack = takeBackWhenHalted ?? before.take_back_when_halted === 1
  if (!takesBack) return
  const { most_refused, within_minutes } = bounds ? boundColumns(bounds) : before
  const same =
    before.take_back_when_halted === 1 &&
    most_refused === before.most_refused &&
    within_minutes === before.within_minutes
  if (same) return
  throw new Problem(
    'wrong_state',
    'The four-eyes rule is on: when a version is taken back by itself is decided when its rollout begins.',
    { remedy: 'Let it halt only, or take it back yourself: that can be an emergency.' },
  )
}

/** The bounds are part of what somebody approved, too: nobody alone lets more go wrong before it halts. */
function refuseLooser(
  before: RolloutRow,
  {
    bounds,
    takeBackWhenHalted,
  }: { bounds?: Bounds | undefined; takeBackWhenHalted?: boolean | undefined },
): void {
  const keepsServing = before.take_back_when_halted === 1 && takeBackWhenHalted === false
  const { most_refused: most, within_minutes: within } = before
  const after = bounds?.refusedFetches
  // Fewer refusals, counted over a longer time, are reached earlier.
  const isLooser =
    bounds !== undefined &&
    most !== null &&
    within !== null &&
    (!after || after.count > most || after.minutes < within)
  if (!keepsServing && !isLooser) return
  throw new Problem(
    'wrong_state',
    'The four-eyes rule is on: a rollout that runs is not given looser bounds than those it began with.',
    { remedy: 'Take it back, and begin it again with other bounds; that can be approved.' },
  )
}

const stillHalted = ({ number }: RolloutRow): Problem =>
  new Problem('wrong_state', `The rollout of version ${number} stands halted; it gets no wider.`, {
    remedy: 'Look at why it halted. Then let it go on, or take it back.',
  })

/** Somebody has looked at why it halted and lets it go on; what was counted until then no longer counts. */
export function* goOn(acting: Acting, policyId: string, wish: Decision): Work<Decided> {
  const { policy, before } = yield* asSeen(policyId, wish.revision)
  if (before.state !== 'halted')
    throw new Problem('wrong_state', `The rollout of version ${before.number} is not halted.`, {
      remedy: 'Look at it again: somebody may have let it go on, or taken it back.',
    })
  const after = yield* updateRollout(before, { state: 'in_stage' })
  yield* forgetRefusals(before.id)
  yield* addStep(acting, after, 'go_on', { touches: 0, note: wish.message ?? '' })
  yield* bump('policies')
  return { policy, before, after, touches: 0 }
}

/** To everybody. The version is judged again: the check may have become stricter meanwhile. */
export function* finishRollout(acting: Acting, policyId: string, wish: Decision): Work<Decided> {
  const { policy, before } = yield* asSeen(policyId, wish.revision)
  if (before.state === 'halted') throw stillHalted(before)
  const version = found(yield* versionOf(policyId, before.number), 'version')
  refuseErrors(
    asComplaints(judge(version)),
    'It was found good when its rollout began; the present check is stricter. Take it back and correct the draft.',
  )
  const { touches } = yield* acting.touch({ kind: 'finish_rollout', policyId }, wish.changeSet)
  yield* setPublished(policyId, before.version_id)
  return yield* end(acting, policy, before, 'finished', { touches, note: wish.message ?? '' })
}

/** To nobody. It works in every state, so that there is always a way out. */
export function* takeBackRollout(
  acting: Acting,
  policyId: string,
  wish: Decision & Pick<Terms, 'emergency'>,
): Work<Decided> {
  const { policy, before } = yield* asSeen(policyId, wish.revision)
  const { touches } = yield* acting.touch({ kind: 'take_back_rollout', policyId }, wish.changeSet, {
    emergency: wish.emergency,
  })
  return yield* end(acting, policy, before, 'taken_back', { touches, note: wish.message ?? '' })
}

function* end(
  acting: Acting,
  policy: PolicyHead,
  before: RolloutRow,
  state: 'finished' | 'taken_back',
  step: { readonly touches: number; readonly note: string },
): Work<Decided> {
  const after = (yield* endRollout(acting, policy.id, state, step)) ?? before
  yield* bump('policies')
  return { policy, before, after, touches: step.touches }
}
