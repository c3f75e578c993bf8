import { sql, type SqlBool } from 'kysely'
import { groupsWith } from '#features/access/index.ts'
import { all, first, run, type Work } from '#kernel/work.ts'
import type { Fields } from './filter.sql.ts'
import { fold } from './filter.ts'
import { orderOf, type Wanted } from './store.users.ts'
import { q, type GroupRow } from './tables.ts'

export function* groupRow(groupId: string): Work<GroupRow | undefined> {
  return yield* first(q.selectFrom('scim_groups').selectAll().where('group_id', '=', groupId))
}

export function* groupOf(directoryId: string, groupId: string): Work<GroupRow | undefined> {
  const row = yield* groupRow(groupId)
  return row?.directory_id === directoryId ? row : undefined
}

/** Those of the ids that are groups of the directory. */
export function* groupsAmong(
  directoryId: string,
  ids: readonly string[],
): Work<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const rows = yield* all(
    q
      .selectFrom('scim_groups')
      .select('group_id')
      .where('directory_id', '=', directoryId)
      .where('group_id', 'in', ids),
  )
  return new Set(rows.map((row) => row.group_id))
}

export function* someGroupsOf(directoryId: string, limit: number): Work<readonly string[]> {
  const rows = yield* all(
    q
      .selectFrom('scim_groups')
      .select('group_id')
      .where('directory_id', '=', directoryId)
      .limit(limit),
  )
  return rows.map((row) => row.group_id)
}

export function* insertGroup(
  directoryId: string,
  groupId: string,
  given: { readonly name: string; readonly externalId: string | null },
  now: number,
): Work<GroupRow> {
  const row: GroupRow = {
    group_id: groupId,
    directory_id: directoryId,
    display_key: fold(given.name),
    external_id: given.externalId,
    created_at: now,
    updated_at: now,
    version: 1,
  }
  yield* run(q.insertInto('scim_groups').values(row))
  return row
}

export function* updateGroup(
  before: GroupRow,
  given: { readonly name: string; readonly externalId: string | null },
  now: number,
): Work<GroupRow> {
  const after: GroupRow = {
    ...before,
    display_key: fold(given.name),
    external_id: given.externalId,
    updated_at: now,
    version: before.version + 1,
  }
  const { group_id, ...rest } = after
  yield* run(q.updateTable('scim_groups').set(rest).where('group_id', '=', group_id))
  return after
}

/** Their members changed by something else than a request about them. */
export function* groupsChanged(groupIds: readonly string[], now: number): Work<void> {
  if (groupIds.length === 0) return
  yield* run(
    q
      .updateTable('scim_groups')
      .set({ version: sql<number>`version + 1`, updated_at: now })
      .where('group_id', 'in', groupIds),
  )
}

export function* forgetGroups(groupIds: readonly string[]): Work<void> {
  if (groupIds.length > 0) yield* run(q.deleteFrom('scim_groups').where('group_id', 'in', groupIds))
}

/** By what groups can be filtered and sorted. */
export const groupFields: Fields = {
  id: { kind: 'exact', column: sql`scim_groups.group_id` },
  displayname: { kind: 'text', column: sql`scim_groups.display_key` },
  externalid: { kind: 'exact', column: sql`scim_groups.external_id` },
  members: {
    kind: 'has',
    has: (memberId) => sql<SqlBool>`scim_groups.group_id in ${groupsWith(memberId)}`,
  },
  'meta.created': { kind: 'time', column: sql`scim_groups.created_at` },
  'meta.lastmodified': { kind: 'time', column: sql`scim_groups.updated_at` },
}

export function* listGroups(
  directoryId: string,
  { where, limit, offset, ...sorting }: Wanted,
): Work<{ readonly rows: readonly GroupRow[]; readonly total: number }> {
  let base = q.selectFrom('scim_groups').where('directory_id', '=', directoryId)
  if (where) base = base.where(where)
  const total = yield* first(base.select((e) => e.fn.countAll<number>().as('n')))
  if (limit === 0) return { rows: [], total: total?.n ?? 0 }
  const order = orderOf(sorting, groupFields, sql`scim_groups.group_id`)
  const rows = yield* all(
    base
      .selectAll()
      .orderBy(sql`${order}`)
      .limit(limit)
      .offset(offset),
  )
  return { rows, total: total?.n ?? 0 }
}
