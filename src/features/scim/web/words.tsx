import { Status } from '#web/kit/index.ts'
import type { Directory, Entry, Provider, Token } from '../schema.ts'

export const providerNames: Readonly<Record<Provider, string>> = {
  okta: 'Okta',
  entra: 'Microsoft Entra ID',
  other: 'Another provider',
}

export function DirectoryState({ of }: { readonly of: Pick<Directory, 'state'> }) {
  return of.state === 'connected' ? (
    <Status meaning="allowed">connected</Status>
  ) : (
    <Status meaning="neutral">disconnected</Status>
  )
}

export function TokenState({ of }: { readonly of: Pick<Token, 'state'> }) {
  if (of.state === 'working') return <Status meaning="allowed">works</Status>
  return of.state === 'ending' ? (
    <Status meaning="prompt">works for a while</Status>
  ) : (
    <Status meaning="neutral">ended</Status>
  )
}

const outcomes = {
  changed: ['changed', 'changed'],
  unchanged: ['neutral', 'as it was'],
  read: ['neutral', 'asked'],
  refused: ['forbidden', 'refused'],
} as const

export function Outcome({ of }: { readonly of: Pick<Entry, 'outcome' | 'status'> }) {
  const [meaning, word] = outcomes[of.outcome]
  return (
    <Status meaning={meaning}>
      {word} · {of.status}
    </Status>
  )
}
