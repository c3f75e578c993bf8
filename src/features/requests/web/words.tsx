import { Status, type Meaning } from '#web/kit/index.ts'
import type { AccessRequest, RequestState } from '../schema.ts'

export const stateWords: Readonly<Record<RequestState, string>> = {
  open: 'waits',
  granted: 'granted',
  declined: 'declined',
  withdrawn: 'withdrawn',
}

const meanings: Readonly<Record<RequestState, Meaning>> = {
  open: 'prompt',
  granted: 'allowed',
  declined: 'forbidden',
  withdrawn: 'neutral',
}

export function RequestMark({ of }: { readonly of: Pick<AccessRequest, 'state' | 'granted'> }) {
  if (of.granted?.over === true) return <Status meaning="neutral">over</Status>
  return <Status meaning={meanings[of.state]}>{stateWords[of.state]}</Status>
}
