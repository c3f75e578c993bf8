import { Status, type Meaning } from '#web/kit/index.ts'
import type { ProposalState, Review } from '../../approval/schema.ts'

const states: Readonly<Record<ProposalState, readonly [meaning: Meaning, word: string]>> = {
  open: ['prompt', 'waits for approval'],
  approved: ['allowed', 'approved, not done yet'],
  declined: ['forbidden', 'declined'],
  withdrawn: ['neutral', 'withdrawn'],
  expired: ['neutral', 'expired'],
  planned: ['changed', 'approved and planned'],
  used: ['added', 'done'],
}

export const stateWord = (state: ProposalState): string => states[state][1]

export function StateMark({ state }: { readonly state: ProposalState }) {
  const [meaning, word] = states[state]
  return <Status meaning={meaning}>{word}</Status>
}

export const reviewWords: Readonly<Record<Review['why'], string>> = {
  emergency: 'Called an emergency',
  safety: 'Took access away',
  operator: 'Done on the machine',
}

export const outdatedWords = {
  draft_edited: 'The draft was saved again since it was proposed.',
  other_effect: 'It would have another effect by now than it had when it was proposed.',
  approver_contributed: 'Who approved it has written in the draft since.',
  approver_gone: 'Who approved it can approve no more.',
} as const
