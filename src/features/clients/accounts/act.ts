import { groupById, memberById, nameKey } from '#features/access/index.ts'
import { bump } from '#features/workspace/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Call, Record } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import type { z } from 'zod'
import type { Setting } from '../ports.ts'
import { endClientsIn } from '../store.clients.ts'
import { q, type AccountRow } from '../tables.ts'
import { accountIdPrefix } from './principal.ts'
import type * as schema from './schema.ts'
import { accountById, groupsOfAccounts, insertAccount, setGroups, updateAccount } from './store.ts'

export const accountTarget = ({ id, name }: Pick<AccountRow, 'id' | 'name'>) => ({
  kind: 'service_account',
  id,
  label: name,
})

type Owner = z.infer<typeof schema.accountOwner>

/** Groups decide its policy and nothing else, so putting it into one gives nobody a right (may.ts in access). */
function* checkGroups(groupIds: readonly string[]): Work<readonly string[]> {
  const ids = [...new Set(groupIds)]
  for (const id of ids) found(yield* groupById(id), 'group')
  return ids
}

function* checkOwner({ kind, id }: Owner): Work<void> {
  if (kind === 'group') return void found(yield* groupById(id), 'group')
  const member = found(yield* memberById(id), 'member')
  if (member.status !== 'active')
    throw new Problem('wrong_state', `${member.email} is not active and can answer for nothing.`, {
      remedy: 'Name somebody who is active, or a group.',
    })
}

/** Makes one. It has no token yet, so nobody gets anything by it before one is made. */
export function* createAccount(
  { runtime, ports }: Setting,
  call: Call,
  record: Record,
  wish: z.output<typeof schema.newAccount>,
): Work<string> {
  yield* checkOwner(wish.owner)
  const groupIds = yield* checkGroups(wish.groupIds)
  const id = runtime.ids(accountIdPrefix)
  const act = { kind: 'service_account', accountId: id, groupIds, status: 'active' } as const
  const { touches } = yield* ports.changeSets.touch(act, wish.changeSet, call)
  yield* insertAccount({
    id,
    name: wish.name,
    name_key: nameKey(wish.name),
    purpose: wish.purpose,
    owner_kind: wish.owner.kind,
    owner_id: wish.owner.id,
    status: 'active',
    created_at: call.now,
    created_by: call.actor.label,
    version: 1,
    deleted_at: null,
  })
  yield* setGroups(id, groupIds)
  yield* bump('enrolments')
  yield* record({
    target: accountTarget({ id, name: wish.name }),
    after: { purpose: wish.purpose, owner: wish.owner, groupIds },
    touches,
  })
  return id
}

/** Changes what is named; groups and state are a change set. */
export function* changeAccount(
  { ports }: Setting,
  call: Call,
  record: Record,
  id: string,
  wish: z.output<typeof schema.accountChange>,
): Work<void> {
  const row = found(yield* accountById(id), 'service account')
  const groupsBefore = (yield* groupsOfAccounts()).get(id) ?? []
  if (wish.owner) yield* checkOwner(wish.owner)
  const groupIds = wish.groupIds ? yield* checkGroups(wish.groupIds) : groupsBefore
  const after: AccountRow = {
    ...row,
    name: wish.name ?? row.name,
    name_key: nameKey(wish.name ?? row.name),
    purpose: wish.purpose ?? row.purpose,
    owner_kind: wish.owner?.kind ?? row.owner_kind,
    owner_id: wish.owner?.id ?? row.owner_id,
    status: wish.status ?? row.status,
  }
  const decides = wish.groupIds !== undefined || wish.status !== undefined
  const { touches } = decides
    ? yield* ports.changeSets.touch(
        { kind: 'service_account', accountId: id, groupIds, status: after.status },
        wish.changeSet,
        call,
      )
    : { touches: 0 }
  if (!(yield* updateAccount(after, wish.version)))
    throw new Problem('edited_meanwhile', 'Somebody else changed this service account meanwhile.', {
      remedy: 'Look at it again, then repeat your change.',
      data: { current: { version: (yield* accountById(id))?.version } },
    })
  if (wish.groupIds) yield* setGroups(id, groupIds)
  yield* bump('enrolments')
  yield* record({
    target: accountTarget(after),
    before: asRecorded(row, groupsBefore),
    after: asRecorded(after, groupIds),
    ...(decides ? { touches } : {}),
  })
}

const asRecorded = (row: AccountRow, groupIds: readonly string[]) => ({
  name: row.name,
  purpose: row.purpose,
  owner: `${row.owner_kind} ${row.owner_id}`,
  status: row.status,
  groupIds,
})

/** For good, with all its tokens. Its name is free again. */
export function* deleteAccount(
  { ports }: Setting,
  call: Call,
  record: Record,
  id: string,
  changeSet: string | undefined,
): Work<void> {
  const row = found(yield* accountById(id), 'service account')
  const act = { kind: 'remove_service_account', accountId: id } as const
  const { touches } = yield* ports.changeSets.touch(act, changeSet, call)
  const live = q.selectFrom('clients').select('clients.id').where('clients.account_id', '=', id)
  const end = { at: call.now, by: call.actor.label, reason: 'account_deleted' } as const
  const tokens = yield* endClientsIn(live, end)
  yield* setGroups(id, [])
  yield* updateAccount(
    { ...row, name_key: `${row.name_key} ${id}`, deleted_at: call.now },
    row.version,
  )
  yield* bump('enrolments')
  yield* record({
    target: accountTarget(row),
    before: { status: row.status },
    after: { tokens },
    touches,
  })
}
