import { allGroups, membersByIds } from '#features/access/index.ts'
import type { Work } from '#kernel/work.ts'
import type { Account } from './schema.ts'
import { groupsOfAccounts, type ListedAccount } from './store.ts'

/** Accounts with the names of their owners and groups. */
export function* showAccounts(rows: readonly ListedAccount[]): Work<Account[]> {
  const ownedBy = (kind: 'member' | 'group') =>
    rows.filter((row) => row.owner_kind === kind).map((row) => row.owner_id)
  const members = yield* membersByIds(ownedBy('member'))
  const groups = new Map((yield* allGroups()).map((group) => [group.id, group.name]))
  const groupsOf = yield* groupsOfAccounts()
  return rows.map((row): Account => {
    const member = row.owner_kind === 'member' ? members.get(row.owner_id) : undefined
    const group = row.owner_kind === 'group' ? groups.get(row.owner_id) : undefined
    return {
      id: row.id,
      name: row.name,
      purpose: row.purpose,
      owner: {
        kind: row.owner_kind,
        id: row.owner_id,
        name: (member ? member.name || member.email : group) ?? '',
        present: member ? member.status === 'active' : group !== undefined,
      },
      groups: (groupsOf.get(row.id) ?? []).map((id) => ({ id, name: groups.get(id) ?? id })),
      status: row.status,
      tokens: row.tokens,
      createdAt: row.created_at,
      createdBy: row.created_by,
      lastUsedAt: row.last_at,
      version: row.version,
    }
  })
}
