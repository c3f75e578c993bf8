import { membersByIds, type Member } from '#features/access/index.ts'
import type { Work } from '#kernel/work.ts'
import { accountsByIds } from '../accounts/store.ts'
import { programOf } from '../fleet/program.ts'
import { clientCache } from '../lifetimes.ts'
import type { AccountRow } from '../tables.ts'
import type { AccessToken } from './schema.ts'
import { successorsOf, tokensByIds, type ListedToken } from './store.ts'

/** Tokens with the names of whom they belong to. */
export function* showTokens(rows: readonly ListedToken[], now: number): Work<AccessToken[]> {
  const members = yield* membersByIds(rows.flatMap((row) => row.member_id ?? []))
  const accounts = yield* accountsByIds([...new Set(rows.flatMap((row) => row.account_id ?? []))])
  const before = yield* tokensByIds(rows.flatMap((row) => row.replaces ?? []))
  const after = yield* successorsOf(rows.map((row) => row.id))
  const named = (row: { readonly id: string; readonly name: string } | undefined) =>
    row ? { id: row.id, name: row.name } : null
  return rows.map((row): AccessToken => {
    const member = members.get(row.member_id ?? '')
    const account = accounts.get(row.account_id ?? '')
    return {
      id: row.id,
      name: row.name,
      purpose: row.purpose,
      prefix: row.prefix,
      of: account
        ? { kind: 'service_account', id: account.id, name: account.name, email: null }
        : {
            kind: 'member',
            id: row.member_id ?? '',
            name: member?.name ?? '',
            email: member?.email ?? null,
          },
      state: stateOf(row, member, account, now),
      madeAt: row.created_at,
      madeBy: row.made_by,
      expiresAt: row.expires_at,
      lastUsedAt: row.last_at,
      lastUsedFrom: row.ip,
      fetches: row.fetches ?? 0,
      program: programOf(row.user_agent ?? ''),
      served: row.served === '' ? null : row.served,
      replaces: named(before.get(row.replaces ?? '')),
      replacedBy: named(after.get(row.id)),
      endedAt: row.end_reason === 'expired' ? row.expires_at : row.ended_at,
      endedBy: row.ended_by === '' ? null : row.ended_by,
      willKnowBy: now + clientCache,
    }
  })
}

function stateOf(
  row: ListedToken,
  member: Member | undefined,
  account: AccountRow | undefined,
  now: number,
): AccessToken['state'] {
  if (row.ended_at !== null) return row.end_reason === 'expired' ? 'expired' : 'revoked'
  if (row.expires_at !== null && row.expires_at <= now) return 'expired'
  const active = account ? account.status === 'active' : member?.status === 'active'
  return active ? 'active' : 'suspended'
}

export const csvColumns = [
  'id',
  'name',
  'purpose',
  'prefix',
  'of',
  'e-mail',
  'kind',
  'state',
  'made',
  'made by',
  'expires',
  'last used',
  'last used from',
  'fetches',
  'program',
  'policy served last',
  'ended by',
] as const
