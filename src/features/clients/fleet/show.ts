import type { Member } from '#features/access/index.ts'
import { oauthClientOf } from '../grant/oauth-clients.ts'
import type { Client } from '../schema.ts'
import { clientCache } from '../lifetimes.ts'
import { programOf } from './program.ts'
import type { ListedRow } from './store.ts'

/** The program as it last named itself; a device code is asked for without any name. */
export function programNamed(row: ListedRow): string {
  const used = row.user_agent ?? ''
  const named = programOf(used === '' ? row.created_agent : used)
  return named === '' ? (oauthClientOf(row.oauth_client)?.name ?? row.oauth_client) : named
}

/** Her state decides: a client of somebody who is suspended is refused, and works again when she is active again. */
const stateOf = (row: ListedRow, member: Member | undefined): Client['state'] =>
  row.ended_at !== null ? 'ended' : member?.status === 'active' ? 'active' : 'suspended'

export function showClient(row: ListedRow, member: Member | undefined, now: number): Client {
  const used = row.user_agent ?? ''
  return {
    id: row.id,
    member: { id: row.member_id, name: member?.name ?? '', email: member?.email ?? '' },
    route: row.route,
    flow: row.flow,
    state: stateOf(row, member),
    program: programNamed(row),
    userAgent: used === '' ? row.created_agent : used,
    signedInAt: row.created_at,
    signedInFrom: row.created_ip,
    firstUsedAt: row.first_at,
    lastUsedAt: row.last_at,
    lastUsedFrom: row.ip,
    fetches: row.fetches ?? 0,
    served: servedOf(row),
    willKnowBy: now + clientCache,
    endsAt: row.ended_at === null ? row.refresh_until : null,
    endedAt: row.ended_at,
    endedBy: row.ended_by === '' ? null : row.ended_by,
    endReason: row.end_reason,
  }
}

const servedOf = ({ served_at: at, policy_id, version_id, served }: ListedRow): Client['served'] =>
  at === null
    ? null
    : { policyId: policy_id ?? '', versionId: version_id ?? '', name: served ?? '', at }

/** The columns of a download; the rest is for programs, which take the JSON. */
export const csvColumns = [
  'id',
  'member',
  'e-mail',
  'route',
  'flow',
  'state',
  'program',
  'signed in',
  'signed in from',
  'first used',
  'last used',
  'last used from',
  'fetches',
  'policy served last',
  'ended',
  'ended by',
  'reason',
] as const
