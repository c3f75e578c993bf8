import type { Work } from '#kernel/work.ts'
import { assess, type Assessment } from '../preview.ts'
import type { Snapshot } from '../snapshot.ts'
import { offEffect } from './guard.ts'
import type { ProposalDetail, ProposalState, ProposedAct } from './schema.ts'
import type { ProposalRow } from './store.ts'

export const actOf = (row: ProposalRow): ProposedAct => JSON.parse(row.act) as ProposedAct

/** The state as people see it: what waits for somebody does not wait forever. */
export const stateOf = (row: ProposalRow, now: number): ProposalState =>
  (row.state === 'open' || row.state === 'approved') && row.expires_at <= now
    ? 'expired'
    : row.state

export const outdatedWords: Readonly<
  Record<NonNullable<NonNullable<ProposalDetail['holds']>['outdated']>, string>
> = {
  draft_edited: 'The draft was saved again since it was proposed.',
  other_effect: 'It would have another effect by now than it had when it was proposed.',
  approver_contributed: 'Who approved it has written in the draft since.',
  approver_gone: 'Who approved it can approve no more.',
}

/** What an act that is proposed would do; turning the rule off does nothing to anybody's policy. */
export function* effectOf(present: () => Work<Snapshot>, act: ProposedAct): Work<Assessment> {
  if (act.kind !== 'four_eyes_off') return yield* assess(present, act)
  const before = yield* present()
  const changes = {
    hash: offEffect,
    touches: 0,
    members: 0,
    enrolments: 0,
    accounts: 0,
    changes: [],
  }
  return { before, after: before, publishes: undefined, changes }
}
