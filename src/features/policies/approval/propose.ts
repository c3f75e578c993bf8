import { Problem } from '#kernel/problem.ts'
import { day } from '#kernel/clock.ts'
import type { Ids } from '#kernel/ids.ts'
import { enqueue, notify, type Work } from '#kernel/work.ts'
import type { Actor } from '#kernel/route.ts'
import { asComplaints, hashed, judge, refuseErrors } from '../judge.ts'
import { describe, type Assessment } from '../preview.ts'
import { refuseBadChoice } from '../rule-errors.ts'
import type { Snapshot } from '../snapshot.ts'
import { draftOf } from '../store.ts'
import { approvalsChanged, outdatedBy, titled } from './guard.ts'
import { permissionFor, servesDraft, takesAway } from './kinds.ts'
import { mailWaiting } from './mails.ts'
import { authorsOf, personOf } from './people.ts'
import { actHash } from './same-act.ts'
import { sameHow } from './same-how.ts'
import type { How, ProposedAct } from './schema.ts'
import { effectOf } from './standing.ts'
import { insertProposal, proposalsFor, ruleIsOn, type ProposalRow } from './store.ts'

/** Who is asked for approval has a week; then it has to be proposed again, on what is the case by then. */
export const standsFor = 7 * day

export interface Wish {
  readonly act: ProposedAct
  readonly how: How
  readonly message: string
  readonly changeSet?: string | undefined
}

/** Keeps an act with the effect that it has now, for somebody else to approve. Nothing of it happens. */
export function* propose(
  around: {
    readonly ids: Ids
    readonly present: () => Work<Snapshot>
    readonly approvers: () => Work<readonly { readonly id: string }[]>
  },
  by: { readonly actor: Actor; readonly now: number },
  { act, how, message, changeSet: seen }: Wish,
): Work<ProposalRow> {
  refuseWithout(permissionFor[act.kind], by.actor)
  if (!(yield* ruleIsOn()))
    throw new Problem('wrong_state', 'The four-eyes rule is off: nothing has to be approved.', {
      remedy: 'Do it at once, or turn the rule on under Settings.',
    })
  const assessment = yield* effectOf(around.present, act)
  const effect = assessment.changes
  yield* refuseBad(act, assessment)
  const changeSet = act.kind === 'four_eyes_off' ? null : describe(assessment, act)
  if (seen !== undefined && seen !== effect.hash)
    throw new Problem('preview_outdated', 'The effect is not the one you looked at.', {
      remedy: 'Look at the new change set, then decide again.',
      data: { changeSet },
    })
  const hash = actHash(act)
  yield* refuseTwice(act, how, assessment, by.now)
  const drafted = servesDraft(act, assessment.before) ? act.policyId : null
  const row: ProposalRow = {
    id: around.ids('apr'),
    kind: act.kind,
    act: JSON.stringify(act),
    act_hash: hash,
    how: JSON.stringify(how),
    title: yield* titled(act, assessment),
    message,
    effect_hash: effect.hash,
    touches: effect.touches,
    change_set: changeSet && JSON.stringify(changeSet),
    policy_id: 'policyId' in act ? act.policyId : null,
    draft_revision: drafted === null ? null : ((yield* draftOf(drafted))?.revision ?? null),
    proposer_kind: by.actor.kind,
    proposer_id: by.actor.id,
    proposer: by.actor.label,
    proposer_person: yield* personOf(by.actor),
    created_at: by.now,
    expires_at: by.now + standsFor,
    state: 'open',
    decided_by_id: null,
    decided_by: null,
    decided_at: null,
    comment: '',
    used_by: null,
    used_at: null,
  }
  yield* insertProposal(row)
  yield* notify(approvalsChanged)
  const involved = new Set([row.proposer_person])
  for (const author of yield* authorsOf(act, assessment)) involved.add(author.id)
  for (const { id } of yield* around.approvers())
    if (!involved.has(id))
      yield* enqueue({ name: mailWaiting, payload: { proposalId: row.id, memberId: id } })
  return row
}

/** What would be refused when it is done is not worth anybody's approval. */
function* refuseBad(act: ProposedAct, assessment: Assessment): Work<void> {
  const { before, publishes } = assessment
  if (act.kind === 'publish' && act.document)
    throw new Problem('invalid_input', 'What is published is the draft, not a text beside it.', {
      remedy: 'Save the text as the draft, then ask for approval of that.',
      errors: [{ field: 'act.document', message: 'Only a preview takes a text.' }],
    })
  if (act.kind !== 'four_eyes_off') yield* refuseBadChoice(act, before)
  if (publishes && servesDraft(act, before)) {
    const draft = hashed(publishes)
    if (before.policies.get(act.policyId)?.sha256 === draft.sha256)
      throw new Problem('wrong_state', 'The draft says exactly what is published.', {
        remedy: 'Change the draft first; there is nothing to publish.',
      })
    refuseErrors(asComplaints(judge(draft)), 'Correct the draft, then ask for approval.')
  }
  if (act.kind === 'four_eyes_off') return
  if (assessment.changes.touches === 0)
    throw new Problem('wrong_state', 'Nobody gets another policy by this.', {
      remedy: 'It needs no approval: do it at once.',
    })
  if (takesAway(act))
    throw new Problem('wrong_state', 'Taking access away does not wait for approval.', {
      remedy: 'Do it at once; somebody else reviews it afterwards.',
    })
}

/** One proposal at a time of an act in one way: an approval that is not used would be kept for another day. */
function* refuseTwice(act: ProposedAct, how: How, assessment: Assessment, now: number): Work<void> {
  const hash = actHash(act)
  for (const row of yield* proposalsFor(assessment.changes.hash, now)) {
    if (row.act_hash !== hash || !sameHow(act, JSON.parse(row.how) as How, how)) continue
    if ((yield* outdatedBy(row, act, assessment, now)) !== null) continue
    const approved = row.state === 'approved'
    throw new Problem(
      'already_exists',
      `${row.proposer} has proposed this already${approved ? `, and ${row.decided_by ?? 'somebody'} has approved it` : ''}.`,
      {
        remedy: `${approved ? 'It can be done' : 'It waits for somebody to approve it'}: /approvals/${row.id}`,
        data: { proposalId: row.id },
      },
    )
  }
}

function refuseWithout(permission: string, actor: Actor): void {
  if (!actor.permissions.has(permission))
    throw new Problem('forbidden', `This needs the permission ${permission}.`, {
      remedy: 'Ask an owner of the workspace for a role that holds it.',
    })
}
