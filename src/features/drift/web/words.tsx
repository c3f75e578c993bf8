import type { ReactNode } from 'react'
import { Status, type Meaning } from '#web/kit/index.ts'
import {
  checkWords,
  type Check,
  type ClientState,
  type DriftClient,
  type Finding,
} from '../schema.ts'

export const path = '/api/v1/drift'

export const stateWords: Readonly<Record<ClientState, string>> = {
  disagrees: 'disagrees',
  acknowledged: 'acknowledged',
  agrees: 'agrees',
  unknown: 'cannot all be told',
  ended: 'sign-in or enrolment ended',
  silent: 'not heard of for 30 days',
}
const stateMeaning: Readonly<Record<ClientState, Meaning>> = {
  disagrees: 'drift',
  acknowledged: 'prompt',
  agrees: 'allowed',
  unknown: 'neutral',
  ended: 'neutral',
  silent: 'neutral',
}
export const StateMark = ({ of }: { readonly of: Pick<DriftClient, 'state'> }) => (
  <Status meaning={stateMeaning[of.state]}>{stateWords[of.state]}</Status>
)

const outcomeWords: Readonly<Record<Check['outcome'], readonly [Meaning, string]>> = {
  agrees: ['allowed', 'agrees'],
  disagrees: ['drift', 'disagrees'],
  unknown: ['neutral', 'cannot be told'],
}
export function OutcomeMark({ of }: { readonly of: Check }) {
  const [meaning, word] = outcomeWords[of.outcome]
  return <Status meaning={meaning}>{word}</Status>
}

export const keyOptions = Object.entries(checkWords).map(([value, label]) => ({ value, label }))

export function FindingMark({ of }: { readonly of: Finding }): ReactNode {
  if (of.closedBecause !== null)
    return (
      <Status meaning="neutral">
        {of.closedBecause === 'agrees' ? 'agrees now' : stateWords[of.closedBecause]}
      </Status>
    )
  if (of.acknowledged !== null) return <Status meaning="prompt">acknowledged</Status>
  return <Status meaning="drift">open</Status>
}

/** The client's own word may be empty. */
export const saidWord = (text: string | null): ReactNode =>
  text === null || text === '' ? 'not reported' : <code>{text}</code>
