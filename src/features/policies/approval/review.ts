import { found, Problem } from '#kernel/problem.ts'
import { notify, type Work } from '#kernel/work.ts'
import type { Deciding } from './decide.ts'
import { approvalsChanged } from './guard.ts'
import { reviewById, writeReviewed, type ReviewRow } from './store.reviews.ts'

/** Somebody else than who acted has looked at an act that did not wait; its alarm ends. */
export function* reviewAct({ actor, now }: Deciding, id: string, comment: string): Work<ReviewRow> {
  const row = found(yield* reviewById(id), 'review')
  if (row.actor_person === actor.id)
    throw new Problem('forbidden', 'You did it yourself; somebody else has to review it.', {
      remedy: 'Ask another member who can approve.',
    })
  if (!(yield* writeReviewed(id, actor, now, comment))) {
    const present = found(yield* reviewById(id), 'review')
    throw new Problem(
      'wrong_state',
      `${present.reviewed_by ?? 'Somebody'} has reviewed it already.`,
      {
        remedy: 'Reload it to see what was said.',
      },
    )
  }
  yield* notify(approvalsChanged)
  return {
    ...row,
    reviewed_by_id: actor.id,
    reviewed_by: actor.label,
    reviewed_at: now,
    comment,
  }
}
