import type { Actor } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import type { ChangeSet } from '../schema.act.ts'
import type { Assessment } from '../preview.ts'
import { whyNotApprove } from './decide.ts'
import { outdatedBy } from './guard.ts'
import { permissionFor } from './kinds.ts'
import { authorsOf } from './people.ts'
import type { How, Proposal, ProposalDetail, Review } from './schema.ts'
import { actOf, stateOf } from './standing.ts'
import type { ProposalRow } from './store.ts'
import type { ReviewRow } from './store.reviews.ts'

export const proposalView = (row: ProposalRow, now: number): Proposal => ({
  id: row.id,
  kind: row.kind,
  title: row.title,
  message: row.message,
  touches: row.touches,
  proposer: { kind: row.proposer_kind, id: row.proposer_id, label: row.proposer },
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  state: stateOf(row, now),
  decidedBy: row.decided_by,
  decidedAt: row.decided_at,
  comment: row.comment,
  usedBy: row.used_by,
  usedAt: row.used_at,
})

const changeSetOf = (json: string | null): ChangeSet | null =>
  json === null ? null : (JSON.parse(json) as ChangeSet)

/** A proposal as its page shows it to somebody; `now` in `holds` is for the caller to fill in, outside the transaction. */
export function* proposalDetail(
  row: ProposalRow,
  assessment: Assessment,
  actor: Actor,
  now: number,
): Work<ProposalDetail> {
  const act = actOf(row)
  const shown = proposalView(row, now)
  const live = shown.state === 'open' || shown.state === 'approved'
  const outdated = live ? yield* outdatedBy(row, act, assessment, now) : null
  const approver = actor.kind === 'session' && actor.permissions.has('policies.approve')
  const why = yield* whyNotApprove(row, actor.id, assessment)
  const mine = row.proposer_id === actor.id || row.proposer_person === actor.id
  return {
    ...shown,
    act,
    how: JSON.parse(row.how) as How,
    changeSet: changeSetOf(row.change_set),
    draftRevision: row.draft_revision,
    holds: live ? { outdated, now: null } : null,
    contributors: live ? (yield* authorsOf(act, assessment)).map((who) => ({ ...who })) : [],
    may: {
      approve: approver && why === null && shown.state === 'open' && outdated === null,
      whyNot: approver && shown.state === 'open' ? why : null,
      decline: approver && live && !mine,
      withdraw: live && mine,
      perform:
        shown.state === 'approved' &&
        outdated === null &&
        actor.permissions.has(permissionFor[act.kind]),
    },
  }
}

export const reviewView = (row: ReviewRow, actor: Actor): Review => ({
  id: row.id,
  why: row.why,
  title: row.title,
  reason: row.reason,
  touches: row.touches,
  actor: { kind: row.actor_kind, id: row.actor_id, label: row.actor },
  at: row.at,
  changeSet: changeSetOf(row.change_set),
  reviewedBy: row.reviewed_by,
  reviewedAt: row.reviewed_at,
  comment: row.comment,
  mayReview:
    row.reviewed_at === null &&
    row.actor_person !== actor.id &&
    actor.kind === 'session' &&
    actor.permissions.has('policies.approve'),
})
