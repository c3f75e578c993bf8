import { activeHolders } from '#features/access/index.ts'
import { appendAudit } from '#kernel/audit.ts'
import type { Ids } from '#kernel/ids.ts'
import { Problem } from '#kernel/problem.ts'
import { notify, type Work } from '#kernel/work.ts'
import { takesLong } from '../judge.ts'
import { describe, textsOf, type Assessment, type By, type Guard, type Terms } from '../preview.ts'
import type { Act, ApprovalNeed, ChangeSet } from '../schema.act.ts'
import { draftOf, policyHead } from '../store.ts'
import { decideOn, mayBeEmergency } from './emergency.ts'
import { servesDraft, takesAway, titleOf } from './kinds.ts'
import type { ReviewReason } from './migrations.ts'
import { authorsOf, personOf } from './people.ts'
import { actHash } from './same-act.ts'
import { sameHow } from './same-how.ts'
import type { How, ProposalDetail, ProposedAct } from './schema.ts'
import { moveProposal, proposalsFor, ruleIsOn, type ProposalRow } from './store.ts'
import { insertReview } from './store.reviews.ts'

/** Told after every step: what waits, what is to be reviewed, whether the rule is on. */
export const approvalsChanged = 'approvals.changed'

/** Effects are hashed by `changeset.ts`; turning the rule off has one of its own. */
export const offEffect = 'four_eyes_off'

/**
 * With the four-eyes rule on, lets an act pass that changes what somebody gets only if somebody else has approved this act
 * with this effect, and uses that approval up: in the transaction of the act itself, so that what was approved is what
 * happens, once.
 */
export const createGuard = (ids: Ids): Guard =>
  function* (act, assessment, by, terms) {
    const { touches } = assessment.changes
    if (touches === 0 || !(yield* ruleIsOn())) return null
    if (takesAway(act)) return yield* atOnce(ids, 'safety', act, assessment, by, '')
    if (terms.emergency && (yield* mayBeEmergency(act)))
      return yield* atOnce(ids, 'emergency', act, assessment, by, terms.emergency.reason)
    const how = howOf(terms)
    const usable = yield* usableFor(act, how, assessment, by.now)
    if (!usable) throw yield* approvalRequired(act, how, assessment, by.now)
    yield* useUp(ids, usable, by, terms)
    yield* decideOn(assessment)
    return usable.id
  }

const howOf = ({ later, watched }: Terms): How => ({ at: later?.until, ...watched })

/** Uses an approval up. Whoever comes second at the same moment finds it used. */
export function* useUp(ids: Ids, row: ProposalRow, by: By, terms: Terms = {}): Work<void> {
  const moved = yield* moveProposal(row.id, ['approved'], {
    state: terms.later ? 'planned' : 'used',
    used_by: by.actor.label,
    used_at: by.now,
  })
  if (!moved)
    throw new Problem('approval_required', 'What was approved has been used in the meantime.', {
      remedy: 'Look at the present state first.',
    })
  yield* trail(ids, by, terms.later ? 'approval.plan' : 'approval.use', row.id, row.title)
}

/** What somebody approved and nobody has used yet. */
function* usableFor(
  act: Act,
  how: How,
  assessment: Assessment,
  now: number,
): Work<ProposalRow | undefined> {
  const hash = actHash(act)
  for (const row of yield* proposalsFor(assessment.changes.hash, now)) {
    if (row.state !== 'approved' || row.act_hash !== hash) continue
    if (!sameHow(act, JSON.parse(row.how) as How, how)) continue
    if ((yield* outdatedBy(row, act, assessment, now)) === null) return row
  }
  return undefined
}

type Outdated = NonNullable<ProposalDetail['holds']>['outdated']

/** Why a proposal stands for nothing any more; null: it holds. */
export function* outdatedBy(
  row: ProposalRow,
  act: ProposedAct,
  assessment: Assessment,
  now: number,
): Work<Outdated> {
  if (servesDraft(act, assessment.before)) {
    const draft = yield* draftOf(act.policyId)
    // Also when somebody has put the former text back since: what was saved in between, nobody looked at.
    if (draft?.revision !== row.draft_revision) return 'draft_edited'
  }
  if (assessment.changes.hash !== row.effect_hash) return 'other_effect'
  const authors = yield* authorsOf(act, assessment)
  if (authors.some(({ id }) => id === row.decided_by_id)) return 'approver_contributed'
  return (yield* approverGone(row, now)) ? 'approver_gone' : null
}

/** Whoever is suspended or demoted, perhaps because somebody else signed in as her, has approved nothing. */
export function* approverGone({ decided_by_id }: ProposalRow, now: number): Work<boolean> {
  if (decided_by_id === null) return false
  return !(yield* activeHolders('policies.approve', now)).some(({ id }) => id === decided_by_id)
}

/** What the rule asks for this act now, and what is under way about it: done in this way, or in whichever. */
export function* needOf(
  act: Act,
  assessment: Assessment,
  now: number,
  how?: How,
): Work<ApprovalNeed> {
  const ruled = assessment.changes.touches > 0 && (yield* ruleIsOn())
  if (!ruled || takesAway(act))
    return { needed: false, reviewed: ruled, emergency: false, proposal: null }
  const hash = actHash(act)
  let proposal: ApprovalNeed['proposal'] = null
  for (const row of yield* proposalsFor(assessment.changes.hash, now)) {
    if (row.act_hash !== hash || (yield* outdatedBy(row, act, assessment, now)) !== null) continue
    if (how && !sameHow(act, JSON.parse(row.how) as How, how)) continue
    if (proposal?.state !== 'approved')
      proposal = { id: row.id, state: row.state === 'approved' ? 'approved' : 'open' }
  }
  return { needed: true, reviewed: false, emergency: yield* mayBeEmergency(act), proposal }
}

function* approvalRequired(act: Act, how: How, assessment: Assessment, now: number): Work<Problem> {
  const approval = yield* needOf(act, assessment, now, how)
  const { touches } = assessment.changes
  const who = touches === 1 ? 'one principal gets' : `${touches} principals get`
  return new Problem(
    'approval_required',
    `The four-eyes rule is on, and ${who} another policy by this. Nothing was changed.`,
    {
      remedy: approval.proposal
        ? `It was proposed and waits for somebody to approve it: /approvals/${approval.proposal.id}`
        : 'Ask for approval; when somebody else has approved it, do it again.',
      data: {
        approval,
        changeSet: shown(act, assessment),
        // An import knows best what it would do; the largest ones are asked for in parts.
        ...(act.kind === 'join_groups' && act.joins.length > joinsAtOnce ? {} : { act }),
      },
    },
  )
}

const joinsAtOnce = 20_000

/** The change set, where saying it does not keep everybody else waiting inside the transaction. */
const shown = (act: Act, assessment: Assessment): ChangeSet | null =>
  textsOf(assessment).some(takesLong) ? null : describe(assessment, act)

function* atOnce(
  ids: Ids,
  why: ReviewReason,
  act: Act,
  assessment: Assessment,
  by: By,
  reason: string,
): Work<null> {
  const title = yield* titled(act, assessment)
  const changeSet = shown(act, assessment)
  yield* addReview(ids, by, {
    why,
    act: JSON.stringify(act),
    title,
    reason,
    touches: assessment.changes.touches,
    change_set: changeSet && JSON.stringify(changeSet),
  })
  return null
}

/** Keeps an act that did not wait until somebody else has looked at it. */
export function* addReview(
  ids: Ids,
  by: By,
  what: {
    readonly why: ReviewReason
    readonly act: string
    readonly title: string
    readonly reason: string
    readonly touches: number
    readonly change_set: string | null
  },
): Work<void> {
  const id = ids('rev')
  yield* insertReview({
    ...what,
    id,
    actor_kind: by.actor.kind,
    actor_id: by.actor.id,
    actor: by.actor.label,
    actor_person: yield* personOf(by.actor),
    at: by.now,
    reviewed_by_id: null,
    reviewed_by: null,
    reviewed_at: null,
    comment: '',
  })
  yield* trail(ids, by, 'approval.at-once', id, what.title, {
    why: what.why,
    ...(what.reason === '' ? {} : { reason: what.reason }),
  })
}

export function* titled(
  act: ProposedAct,
  { before, publishes }: Pick<Assessment, 'before' | 'publishes'>,
): Work<string> {
  const policyId = 'policyId' in act ? act.policyId : null
  const head = policyId === null ? undefined : yield* policyHead(policyId)
  return titleOf(act, before, { name: head?.name ?? policyId ?? '', number: publishes?.number })
}

/** The record of a step that happens within another act. */
function* trail(
  ids: Ids,
  by: By,
  action: string,
  id: string,
  label: string,
  after?: unknown,
): Work<void> {
  const { kind, id: actorId, label: actor } = by.actor
  yield* appendAudit({
    id: ids('aud'),
    at: by.now,
    actor: { kind, id: actorId, label: actor },
    action,
    target: { kind: action === 'approval.at-once' ? 'review' : 'approval', id, label },
    ...(after === undefined ? {} : { after }),
    requestId: by.requestId ?? null,
    ip: by.ip ?? null,
  })
  yield* notify(approvalsChanged)
}
