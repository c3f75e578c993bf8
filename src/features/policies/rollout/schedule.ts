import { appendAudit, gatehouse } from '#kernel/audit.ts'
import { day, minute, minuteText } from '#kernel/clock.ts'
import { found, Problem } from '#kernel/problem.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { bump } from '#features/workspace/index.ts'
import { afterAct } from '../act.ts'
import { endPlanned, ruleIsOn } from '../approval/store.ts'
import { changes, type Changes } from '../changeset.ts'
import { asComplaints, errorsOf, judge } from '../judge.ts'
import type { PolicyParts } from '../parts.ts'
import { pinDraft, type Acting, type Published, type PublishWish } from '../publish.ts'
import type { Act } from '../schema.act.ts'
import type { Snapshot } from '../snapshot.ts'
import { policyHead, type PolicyHead } from '../store.ts'
import { publishedVersion, setPublished, versionOf, type VersionRow } from '../store.versions.ts'
import { refuseUnstaged, serveToStage, type StartWish } from './decide.ts'
import {
  insertSchedule,
  openSchedules,
  runningRollout,
  scheduleOf,
  updateSchedule,
  type ScheduleRow,
} from './store.ts'

/** The job that looks for versions whose time has come. */
export const runSchedules = 'policies.run-schedules'

/** Nobody knows what is right further ahead than this (ms). */
const furthest = 366 * day
/** A version that is served later than this after its time is said to be late (ms). */
const late = minute

/**
 * Makes the draft the next version now, and serves it at a later time: to everybody, or to a stage first. Its text is
 * fixed from now on; the act is bound to the effect that it would have now.
 */
export function* scheduleDraft(
  acting: Acting,
  wish: PublishWish & { readonly at: number; readonly rollout: StartWish | null },
): Work<Published & { readonly schedule: ScheduleRow }> {
  const { at, rollout, policyId } = wish
  refuseTime(at, acting.now)
  if (rollout) yield* refuseUnstaged(policyId, rollout.stage)
  yield* refuseSecond(policyId)
  const made = yield* pinDraft(acting, wish, actOf(policyId, rollout), {
    later: { until: at },
    watched: rollout ?? undefined,
  })
  const schedule: ScheduleRow = {
    id: acting.ids('sch'),
    policy_id: policyId,
    version_id: made.version.id,
    number: made.version.number,
    based_on: made.before?.id ?? null,
    at,
    rollout: rollout && JSON.stringify(rollout),
    change_set: made.hash,
    approval: made.approval,
    state: 'scheduled',
    made_at: acting.now,
    made_by_id: acting.actor.id,
    made_by: acting.actor.label,
    ran_at: null,
    note: '',
  }
  yield* insertSchedule(schedule)
  yield* enqueue({ name: runSchedules, payload: null, runAt: at })
  // Nobody is served anything else; but every process is to know what stands open.
  yield* bump('policies')
  return { ...made, schedule }
}

function refuseTime(at: number, now: number): void {
  const say = (message: string) =>
    new Problem('invalid_input', message, {
      remedy: 'Choose a time in the future, at most a year from now.',
      errors: [{ field: 'at', message }],
    })
  if (at <= now) throw say(`${minuteText(at)} has passed already.`)
  if (at - now > furthest) throw say(`${minuteText(at)} is more than a year from now.`)
}

function* refuseSecond(policyId: string): Work<void> {
  const [open] = yield* openSchedules(policyId)
  if (open?.state === 'scheduled')
    throw new Problem(
      'wrong_state',
      `Version ${open.number} is scheduled for ${minuteText(open.at)} already.`,
      { remedy: 'Cancel that one first.' },
    )
}

const actOf = (policyId: string, rollout: StartWish | null): Act =>
  rollout ? { kind: 'rollout', policyId, stage: rollout.stage } : { kind: 'publish', policyId }

/** What serving a version that is made already would do to whom, as the preview of its draft said it. */
function effectOf(
  snapshot: Snapshot,
  act: Act,
  policy: PolicyHead,
  { text, defaults, number }: VersionRow,
): Changes {
  const replaces = snapshot.policies.get(policy.id)?.version ?? null
  const publishes = { policyId: policy.id, name: policy.name, text, defaults, number, replaces }
  return changes(snapshot, afterAct(snapshot, act, publishes))
}

/** Takes it off before its time; or takes note of one that was missed. The version stays as it is. */
export function* cancelSchedule(
  policyId: string,
  id: string,
): Work<{ readonly policy: PolicyHead; readonly schedule: ScheduleRow }> {
  const policy = found(yield* policyHead(policyId), 'policy')
  const schedule = found(yield* scheduleOf(policyId, id), 'scheduled version')
  if (schedule.state !== 'scheduled' && schedule.state !== 'missed')
    throw new Problem(
      'wrong_state',
      schedule.state === 'ran'
        ? `Version ${schedule.number} was published at its time already.`
        : `It was cancelled already.`,
      schedule.state === 'ran' ? { remedy: 'Put the former version back instead.' } : {},
    )
  yield* updateSchedule(id, { state: 'cancelled' })
  if (schedule.approval !== null) yield* endPlanned(schedule.approval, 'withdrawn')
  yield* bump('policies')
  return { policy, schedule }
}

/**
 * Serves one version whose time has come; also late. Safe to run twice, and by several processes at once. One transaction
 * each, so that what cannot be done with one policy holds up no other.
 */
export function* runOne(
  { runtime, directory }: PolicyParts,
  due: Pick<ScheduleRow, 'id' | 'policy_id'>,
  now: number,
): Work<void> {
  const schedule = yield* scheduleOf(due.policy_id, due.id)
  if (schedule?.state !== 'scheduled') return
  const policy = found(yield* policyHead(schedule.policy_id), 'policy')
  const version = found(yield* versionOf(policy.id, schedule.number), 'version')
  const rollout = schedule.rollout === null ? null : (JSON.parse(schedule.rollout) as StartWish)
  const act = actOf(policy.id, rollout)
  const effect = effectOf(yield* directory.present(), act, policy, version)
  const note = yield* whyNot(schedule, policy, version, effect)
  const lateBy = now - schedule.at
  yield* updateSchedule(schedule.id, {
    state: note === '' ? 'ran' : 'missed',
    ran_at: now,
    note,
  })
  if (schedule.approval !== null)
    yield* endPlanned(schedule.approval, note === '' ? 'used' : 'withdrawn')
  if (note === '') {
    if (rollout) {
      const acting = { ids: runtime.ids, now, actor: gatehouse }
      yield* serveToStage(acting, { policy, version, touches: effect.touches }, rollout)
    } else yield* setPublished(policy.id, version.id)
  }
  yield* bump('policies')
  yield* appendAudit({
    id: runtime.ids('aud'),
    at: now,
    actor: gatehouse,
    action: note === '' ? 'schedule.run' : 'schedule.miss',
    target: { kind: 'policy', id: policy.id, label: policy.name },
    after: {
      version: version.number,
      to: rollout ? 'stage' : 'all',
      decidedBy: schedule.made_by,
      for: schedule.at,
      ...(lateBy > late && { lateBy }),
      ...(note !== '' && { note }),
    },
    touches: note === '' ? effect.touches : 0,
    requestId: null,
    ip: null,
  })
}

/** Why a version is not served at its time after all; empty: nothing stands against it. */
function* whyNot(
  { based_on, approval, change_set }: ScheduleRow,
  policy: PolicyHead,
  version: VersionRow,
  effect: Changes,
): Work<string> {
  if (policy.archived_at !== null) return 'The policy was archived meanwhile.'
  const running = yield* runningRollout(policy.id)
  if (running) return `Version ${running.number} was being rolled out at that time.`
  const published = yield* publishedVersion(policy.id)
  if ((published?.id ?? null) !== based_on)
    return `Version ${published?.number ?? 0} was published meanwhile, by ${published?.author ?? ''}.`
  const [error] = errorsOf(asComplaints(judge(version)))
  if (error) return `The present check finds an error in line ${error.line}: ${error.message}`
  // Without approval it is for whoever is there at its time; with it, for exactly those whom somebody has approved.
  if (effect.touches > 0 && approval === null && (yield* ruleIsOn()))
    return 'The four-eyes rule is on, and nobody has approved it.'
  if (approval !== null && effect.hash !== change_set)
    return 'It would have touched others, or otherwise, than what was approved. It needs a new approval.'
  return ''
}
