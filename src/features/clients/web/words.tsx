import './clients.css'
import { Text } from '@mantine/core'
import { Link, Status, useMayOpen, type Meaning } from '#web/kit/index.ts'
import type { Client, EndReason, Flow, Route } from '../schema.ts'

export const routeNames: Readonly<Record<Route, string>> = {
  config_server: 'Configuration server',
  workspace: 'Workspace sign-in',
}

export const flowNames: Readonly<Record<Flow, string>> = {
  code: 'Browser on the machine',
  browser: 'Browser, for an app or editor',
  device: 'Device code',
  access_token: 'Access token',
}

const endings: Readonly<Record<EndReason, string>> = {
  signed_out: 'signed out',
  revoked: 'ended by hand',
  reused_token: 'ended: a used token came again',
  reused_code: 'ended: a used code came again',
  member_removed: 'ended with its member',
  password_changed: 'ended with a new password',
  account_deleted: 'ended with its service account',
  expired: 'ended: not used for too long',
}

/** Somebody else may have held its token. */
const alarming: readonly (EndReason | null)[] = ['reused_token', 'reused_code']

/** How a client stands, with the reason of its end. */
export function ClientState({ of: { state, endReason } }: { readonly of: Client }) {
  // Nearly every client is signed in: a colour would say nothing.
  if (state === 'active') return <Status>signed in</Status>
  if (state === 'suspended') return <Status meaning="forbidden">refused: member suspended</Status>
  const meaning: Meaning = alarming.includes(endReason) ? 'forbidden' : 'neutral'
  return <Status meaning={meaning}>{endReason === null ? 'ended' : endings[endReason]}</Status>
}

/** What its member is called: the name, or the address where there is none. */
export const memberOf = ({ member }: Client): string =>
  member.name === '' ? member.email : member.name

/** The policy version that a client was served last; a link for those who may open policies. */
export function Served({ of: { served, fetches } }: { readonly of: Client }) {
  const opens = useMayOpen()
  if (served === null)
    return (
      <Text span inherit c="dimmed">
        {fetches === 0 ? 'not fetched yet' : 'no policy'}
      </Text>
    )
  const to = `/policies/${served.policyId}`
  return opens(to) ? <Link to={to}>{served.name}</Link> : served.name
}

/** What a program is called; some ask without a name. */
export const programOf = ({ program }: Pick<Client, 'program'>): string =>
  program === '' ? 'A client without a name' : program
