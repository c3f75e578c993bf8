import type { Ids } from '#kernel/ids.ts'
import { Problem } from '#kernel/problem.ts'
import { notify, type Work } from '#kernel/work.ts'
import type { By } from '../preview.ts'
import { addReview, approvalsChanged, approverGone, offEffect, useUp } from './guard.ts'
import type { ApprovalNeed } from '../schema.act.ts'
import { moveProposal, proposalsFor, ruleIsOn, writeSetting, type ProposalRow } from './store.ts'

/** With fewer, whatever the one proposes nobody could approve. */
const fewest = 2

/** Turns the rule on; refused while nobody could approve what another proposes. */
export function* turnOn(by: By, approvers: readonly { readonly id: string }[]): Work<void> {
  if (approvers.length < fewest)
    throw new Problem(
      'wrong_state',
      `The rule needs two people who can approve and sign in; there ${approvers.length === 1 ? 'is one' : 'is none'}.`,
      { remedy: 'Make another member an admin or an owner first, and let her choose a password.' },
    )
  // What was approved about an earlier time is not kept for this one.
  for (const { id } of yield* proposalsFor(offEffect, by.now))
    yield* moveProposal(id, ['open', 'approved'], { state: 'withdrawn' })
  yield* writeSetting(true, by.now, by.actor.label)
  yield* notify(approvalsChanged)
}

/** The proposal to turn it off: the approved one, if there is one. */
function* proposedOff(now: number): Work<ProposalRow | undefined> {
  const rows: ProposalRow[] = []
  for (const row of yield* proposalsFor(offEffect, now))
    if (!(yield* approverGone(row, now))) rows.push(row)
  return rows.find((row) => row.state === 'approved') ?? rows[0]
}

export function* turningOff(now: number): Work<ApprovalNeed['proposal']> {
  const row = yield* proposedOff(now)
  return row ? { id: row.id, state: row.state === 'approved' ? 'approved' : 'open' } : null
}

/** Turning it off is under the rule itself: somebody else has approved that, and it is used up. */
export function* turnOff(ids: Ids, by: By): Work<void> {
  const row = yield* proposedOff(by.now)
  if (row?.state !== 'approved') {
    const proposal = yield* turningOff(by.now)
    throw new Problem('approval_required', 'The rule itself is turned off by two people.', {
      remedy: proposal
        ? `It was proposed and waits for somebody to approve it: /approvals/${proposal.id}`
        : 'Ask for approval; when somebody else has approved it, do it again.',
      data: {
        act: { kind: 'four_eyes_off' },
        changeSet: null,
        approval: {
          needed: true,
          reviewed: false,
          emergency: false,
          proposal,
        },
      },
    })
  }
  yield* useUp(ids, row, by)
  yield* writeSetting(false, by.now, by.actor.label)
}

/** The way out on the machine itself, when nobody is left who could approve. It stands as an alarm until it is reviewed. */
export function* turnOffOnMachine(ids: Ids, by: By): Work<boolean> {
  if (!(yield* ruleIsOn())) return false
  yield* addReview(ids, by, {
    why: 'operator',
    act: JSON.stringify({ kind: 'four_eyes_off' }),
    title: 'The four-eyes rule was turned off on the machine itself',
    reason: '',
    touches: 0,
    change_set: null,
  })
  yield* writeSetting(false, by.now, by.actor.label)
  return true
}
