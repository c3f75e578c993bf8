import { sql } from 'kysely'
import { contains } from '#kernel/like.ts'
import { all, first, run, type Work } from '#kernel/work.ts'
import { q, type AccountRow } from '../tables.ts'

export interface AccountFilter {
  /** Part of the name or the purpose. */
  readonly text?: string | undefined
  readonly status?: AccountRow['status'] | undefined
}

export interface ListedAccount extends AccountRow {
  /** Access tokens that work. */
  readonly tokens: number
  readonly last_at: number | null
}

const there = () => q.selectFrom('service_accounts as s').where('s.deleted_at', 'is', null)

function matching({ text, status }: AccountFilter) {
  let query = there()
  if (status !== undefined) query = query.where('s.status', '=', status)
  const wanted = text?.trim().toLowerCase() ?? ''
  if (wanted === '') return query
  return query.where((e) =>
    e.or([
      contains(sql.ref('s.name_key'), wanted),
      contains(sql`lower(${sql.ref('s.purpose')})`, wanted),
    ]),
  )
}

const listed = (filter: AccountFilter, now: number) =>
  matching(filter)
    .selectAll('s')
    .select((e) => [
      e
        .selectFrom('clients as c')
        .innerJoin('client_access_tokens as a', 'a.id', 'c.id')
        .whereRef('c.account_id', '=', 's.id')
        .where('c.ended_at', 'is', null)
        .where((w) => w.or([w('a.expires_at', 'is', null), w('a.expires_at', '>', now)]))
        .select((f) => f.fn.countAll<number>().as('n'))
        .as('tokens'),
      e
        .selectFrom('client_uses as u')
        .innerJoin('clients as c', 'c.id', 'u.client_id')
        .whereRef('c.account_id', '=', 's.id')
        .select((f) => f.fn.max('u.last_at').as('last_at'))
        .as('last_at'),
    ])

/** By name; one row more than `limit` when there are more. */
export function* accountsPage(
  filter: AccountFilter,
  after: readonly (string | number)[] | undefined,
  limit: number,
  now: number,
): Work<readonly ListedAccount[]> {
  let query = listed(filter, now)
    .orderBy('s.name_key')
    .limit(limit + 1)
  if (after) query = query.where('s.name_key', '>', String(after[0]))
  return (yield* all(query)) as readonly ListedAccount[]
}

export function* countAccounts(filter: AccountFilter = {}): Work<number> {
  const row = yield* first(matching(filter).select((e) => e.fn.countAll<number>().as('n')))
  return row?.n ?? 0
}

export function* listedAccount(id: string, now: number): Work<ListedAccount | undefined> {
  return (yield* first(listed({}, now).where('s.id', '=', id))) as ListedAccount | undefined
}

export function* accountById(id: string): Work<AccountRow | undefined> {
  return yield* first(there().selectAll('s').where('s.id', '=', id))
}

/** Names also of those that were deleted: their tokens stay in the list. */
export function* accountsByIds(ids: readonly string[]): Work<ReadonlyMap<string, AccountRow>> {
  if (ids.length === 0) return new Map()
  const rows = yield* all(q.selectFrom('service_accounts').selectAll().where('id', 'in', ids))
  return new Map(rows.map((row) => [row.id, row]))
}

export function* insertAccount(row: AccountRow): Work<void> {
  yield* run(q.insertInto('service_accounts').values(row))
}

/** True unless the row has another version by now. */
export function* updateAccount(row: AccountRow, basedOn: number): Work<boolean> {
  const { id, ...values } = row
  const changed = yield* run(
    q
      .updateTable('service_accounts')
      .set({ ...values, version: basedOn + 1 })
      .where('id', '=', id)
      .where('version', '=', basedOn)
      .where('deleted_at', 'is', null),
  )
  return changed === 1
}

export function* setGroups(accountId: string, groupIds: readonly string[]): Work<void> {
  yield* run(q.deleteFrom('service_account_groups').where('account_id', '=', accountId))
  if (groupIds.length === 0) return
  yield* run(
    q
      .insertInto('service_account_groups')
      .values(groupIds.map((group_id) => ({ account_id: accountId, group_id }))),
  )
}

/** Group ids by account, of all accounts that are there. */
export function* groupsOfAccounts(): Work<ReadonlyMap<string, readonly string[]>> {
  const groups = new Map<string, string[]>()
  const rows = yield* all(
    q.selectFrom('service_account_groups').selectAll().orderBy('account_id').orderBy('group_id'),
  )
  for (const { account_id, group_id } of rows)
    groups.set(account_id, [...(groups.get(account_id) ?? []), group_id])
  return groups
}

export function* everyAccount(): Work<readonly AccountRow[]> {
  return yield* all(there().selectAll('s').orderBy('s.name_key'))
}

/** Those that are in a group, or that it answers for. */
export function* accountsOfGroup(groupId: string): Work<readonly AccountRow[]> {
  return yield* all(
    there()
      .selectAll('s')
      .where((e) =>
        e.or([
          e(
            's.id',
            'in',
            e
              .selectFrom('service_account_groups')
              .select('account_id')
              .where('group_id', '=', groupId),
          ),
          e.and([e('s.owner_kind', '=', 'group'), e('s.owner_id', '=', groupId)]),
        ]),
      ),
  )
}

export function* accountsOwnedBy(memberId: string): Work<readonly AccountRow[]> {
  return yield* all(
    there().selectAll('s').where('s.owner_kind', '=', 'member').where('s.owner_id', '=', memberId),
  )
}
