import { found, Problem } from '#kernel/problem.ts'
import type { Actor } from '#kernel/route.ts'
import { notify, type Work } from '#kernel/work.ts'
import type { Assessment } from '../preview.ts'
import type { Snapshot } from '../snapshot.ts'
import { approvalsChanged, outdatedBy } from './guard.ts'
import { authorsOf } from './people.ts'
import { actOf, effectOf, outdatedWords, stateOf } from './standing.ts'
import { moveProposal, proposalById, type ProposalRow } from './store.ts'

export interface Deciding {
  readonly actor: Pick<Actor, 'id' | 'label'>
  readonly now: number
}

/** Why somebody cannot approve; null: she can. */
export function* whyNotApprove(
  row: ProposalRow,
  memberId: string,
  assessment: Assessment,
): Work<string | null> {
  if (row.proposer_person === memberId)
    return row.proposer_kind === 'key'
      ? 'A key that you made has proposed it; somebody else has to approve it.'
      : 'You have proposed it; somebody else has to approve it.'
  const authors = yield* authorsOf(actOf(row), assessment)
  if (authors.some(({ id }) => id === memberId))
    return 'You have written in the draft that it would serve; somebody who has not has to approve it.'
  return null
}

/** One approval is enough. It binds to the act, to its effect and to the draft as they were proposed. */
export function* approve(
  present: () => Work<Snapshot>,
  { actor, now }: Deciding,
  id: string,
  comment: string,
): Work<ProposalRow> {
  const row = yield* openProposal(id, now)
  const act = actOf(row)
  const assessment = yield* effectOf(present, act)
  const why = yield* whyNotApprove(row, actor.id, assessment)
  if (why !== null)
    throw new Problem('forbidden', why, {
      remedy: 'Ask another member who can approve.',
    })
  const outdated = yield* outdatedBy(row, act, assessment, now)
  if (outdated !== null)
    throw new Problem('preview_outdated', outdatedWords[outdated], {
      remedy: 'Nothing was approved. It has to be proposed again as it is now.',
    })
  return yield* decided(row, ['open'], { actor, now }, 'approved', comment)
}

/** Says no; also to what was approved and has not been done yet. */
export function* decline(by: Deciding, id: string, comment: string): Work<ProposalRow> {
  const row = found(yield* proposalById(id), 'proposal')
  if (row.proposer_person === by.actor.id)
    throw new Problem('forbidden', 'You have proposed it yourself.', { remedy: 'Withdraw it.' })
  return yield* decided(row, ['open', 'approved'], by, 'declined', comment)
}

/** Only who proposed it takes it back; for all others there is `decline`. */
export function* withdraw(by: Deciding, id: string): Work<ProposalRow> {
  const row = found(yield* proposalById(id), 'proposal')
  if (row.proposer_id !== by.actor.id && row.proposer_person !== by.actor.id)
    throw new Problem('forbidden', `Only ${row.proposer} can withdraw it.`, {
      remedy: 'Whoever can approve can decline it.',
    })
  const withdrawn = { state: 'withdrawn' } as const
  if (!(yield* moveProposal(id, ['open', 'approved'], withdrawn)))
    throw over(found(yield* proposalById(id), 'proposal'), by.now)
  yield* notify(approvalsChanged)
  return { ...row, ...withdrawn }
}

function* openProposal(id: string, now: number): Work<ProposalRow> {
  const row = found(yield* proposalById(id), 'proposal')
  if (stateOf(row, now) !== 'open') throw over(row, now)
  return row
}

function* decided(
  row: ProposalRow,
  from: readonly ProposalRow['state'][],
  { actor, now }: Deciding,
  state: 'approved' | 'declined',
  comment: string,
): Work<ProposalRow> {
  const change = {
    state,
    decided_by_id: actor.id,
    decided_by: actor.label,
    decided_at: now,
    comment,
  }
  if (!(yield* moveProposal(row.id, from, change)))
    throw over(found(yield* proposalById(row.id), 'proposal'), now)
  yield* notify(approvalsChanged)
  return { ...row, ...change }
}

function over(row: ProposalRow, now: number): Problem {
  return new Problem('wrong_state', `This proposal is ${stateOf(row, now)} already.`, {
    remedy: 'Reload it to see what happened.',
  })
}
