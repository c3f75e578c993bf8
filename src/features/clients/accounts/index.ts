import { memberById, type Holding, type UsedBy } from '#features/access/index.ts'
import type { Hit } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { accountsOfGroup, accountsOwnedBy, everyAccount, groupsOfAccounts } from './store.ts'

export { accountRoutes } from './routes.ts'

/** A service account as whoever resolves policies takes it. */
export interface AccountPrincipal {
  readonly kind: 'service_account'
  readonly id: string
  readonly label: string
  readonly groupIds: readonly string[]
  readonly status: 'active' | 'suspended'
}

/** All of them, suspended ones too. */
export function* serviceAccounts(): Work<readonly AccountPrincipal[]> {
  const groups = yield* groupsOfAccounts()
  return (yield* everyAccount()).map(({ id, name, status }) => ({
    kind: 'service_account',
    id,
    label: name,
    groupIds: groups.get(id) ?? [],
    status,
  }))
}

/** For a group's page, and for refusing to delete it. */
export function* groupUsedByAccounts(groupId: string): Work<readonly UsedBy[]> {
  return (yield* accountsOfGroup(groupId)).map(({ id, name }) => ({
    kind: 'service_account',
    id,
    label: name,
    link: `/service-accounts/${id}`,
  }))
}

/** What she answers for goes on without her. */
export function* ownedAccounts(memberId: string): Work<readonly Holding[]> {
  const rows = yield* accountsOwnedBy(memberId)
  if (rows.length === 0 || !(yield* memberById(memberId))) return []
  return [
    {
      kind: 'service_account',
      count: rows.length,
      label: rows.length === 1 ? 'service account' : 'service accounts',
      fate: 'Goes on: name somebody else who answers for it.',
      items: rows.map(({ id, name }) => ({ id, label: name, link: `/service-accounts/${id}` })),
    },
  ]
}

export function* findAccounts(text: string): Work<readonly Hit[]> {
  return (yield* everyAccount())
    .filter(({ name_key }) => name_key.includes(text))
    .slice(0, 5)
    .map(({ id, name, purpose }) => ({
      kind: 'service account',
      id,
      label: name,
      detail: purpose,
      link: `/service-accounts/${id}`,
    }))
}
