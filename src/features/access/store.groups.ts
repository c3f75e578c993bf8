import { sql, type RawBuilder } from 'kysely'
import { decodeCursor, encodeCursor } from '#kernel/page.ts'
import { all, first, run, type Work } from '#kernel/work.ts'
import { nameKey, searchText } from './identity.ts'
import { deleteGrantsOf } from './roles/store.grants.ts'
import type { Group, GroupsQuery } from './schema.ts'
import { after, contains, order } from './store.listing.ts'
import { chunks, q, type GroupRow } from './tables.ts'

/** A group's own row, without the number of its members. */
export type GroupRecord = Omit<Group, 'members'>

const asGroup = (row: GroupRow): GroupRecord => ({
  id: row.id,
  name: row.name,
  description: row.description,
  source: row.source,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  version: row.version,
})

const memberCount = sql<number>`(select count(*) from group_members inner join members on members.id = group_members.member_id where group_members.group_id = groups.id and members.status <> 'archived')`

export function* groupById(id: string): Work<Group | undefined> {
  const row = yield* first(
    q.selectFrom('groups').selectAll().select(memberCount.as('members')).where('id', '=', id),
  )
  return row && { ...asGroup(row), members: row.members }
}

/** Whatever the case of the letters. */
export function* groupByName(name: string): Work<GroupRecord | undefined> {
  const row = yield* first(q.selectFrom('groups').selectAll().where('name_key', '=', nameKey(name)))
  return row && asGroup(row)
}

export function* allGroups(): Work<readonly GroupRecord[]> {
  return (yield* all(q.selectFrom('groups').selectAll().orderBy('name_key'))).map(asGroup)
}

export function* insertGroups(groups: readonly GroupRecord[]): Work<void> {
  for (const part of chunks(groups))
    yield* run(
      q.insertInto('groups').values(
        part.map((g) => ({
          id: g.id,
          name: g.name,
          name_key: nameKey(g.name),
          description: g.description,
          search: searchText(g.name, g.description),
          source: g.source,
          created_at: g.createdAt,
          updated_at: g.updatedAt,
          version: g.version,
        })),
      ),
    )
}

/** True unless the row has another version by now. */
export function* updateGroup(group: GroupRecord, basedOn: number): Work<boolean> {
  const changed = yield* run(
    q
      .updateTable('groups')
      .set({
        name: group.name,
        name_key: nameKey(group.name),
        description: group.description,
        search: searchText(group.name, group.description),
        updated_at: group.updatedAt,
        version: basedOn + 1,
      })
      .where('id', '=', group.id)
      .where('version', '=', basedOn),
  )
  return changed === 1
}

export function* deleteGroup(id: string): Work<void> {
  yield* run(q.deleteFrom('group_members').where('group_id', '=', id))
  yield* deleteGrantsOf('group', id)
  yield* run(q.deleteFrom('groups').where('id', '=', id))
}

type SortKey = Exclude<GroupsQuery['sort'], `-${string}`>
const sorts: Readonly<Record<SortKey, RawBuilder<string | number>>> = {
  name: sql<string>`groups.name_key`,
  members: memberCount,
  created: sql<number>`groups.created_at`,
}

export type GroupsFilter = Pick<GroupsQuery, 'q' | 'sort' | 'cursor'> & {
  readonly limit: number | null
}

/** One page of groups; `limit: null` gives all of them. */
export function* listGroups(filter: GroupsFilter): Work<{
  readonly items: readonly Group[]
  readonly next: string | null
  readonly total: number
}> {
  const [by, direction] = order(filter.sort)
  const sort = sorts[by]
  const { limit } = filter
  let rowsOf = q.selectFrom('groups')
  if (filter.q !== undefined && filter.q.trim() !== '')
    rowsOf = rowsOf.where(contains('groups.search', filter.q))
  let query = rowsOf
    .selectAll()
    .select([memberCount.as('members'), sort.as('sort_value')])
    .orderBy(sort, direction)
    .orderBy('groups.id', direction)
  if (filter.cursor !== undefined)
    query = query.where(after(sort, 'groups.id', decodeCursor(filter.cursor), direction))
  if (limit !== null) query = query.limit(limit + 1)
  const rows = yield* all(query)
  const shown = limit === null ? rows : rows.slice(0, limit)
  const last = shown.at(-1)
  const total = yield* first(rowsOf.select((e) => e.fn.countAll<number>().as('n')))
  return {
    items: shown.map((row) => ({ ...asGroup(row), members: row.members })),
    next: rows.length > shown.length && last ? encodeCursor([last.sort_value, last.id]) : null,
    total: total?.n ?? 0,
  }
}

export interface Membership {
  readonly memberId: string
  readonly groupId: string
}

/** A membership as it stands. It counts until `endsAt` (ms), whether it was cleared away by then or not. */
export interface HeldMembership extends Membership {
  readonly endsAt: number | null
}

/** Every membership there is: a directory reads them all at once. */
export function* allMemberships(): Work<readonly HeldMembership[]> {
  const rows = yield* all(
    q.selectFrom('group_members').select(['group_id', 'member_id', 'ends_at']),
  )
  return rows.map((r) => ({ memberId: r.member_id, groupId: r.group_id, endsAt: r.ends_at }))
}

/** Which of these members are in the group, each with the time (ms) at which that ends; null: it is for good. */
export function* membersAmong(
  groupId: string,
  memberIds: readonly string[],
): Work<ReadonlyMap<string, number | null>> {
  const found = new Map<string, number | null>()
  for (const part of chunks(memberIds)) {
    const rows = yield* all(
      q
        .selectFrom('group_members')
        .select(['member_id', 'ends_at'])
        .where('group_id', '=', groupId)
        .where('member_id', 'in', part),
    )
    for (const row of rows) found.set(row.member_id, row.ends_at)
  }
  return found
}

/** How long a membership holds, and for which request it was given. */
export interface Terms {
  readonly endsAt: number | null
  readonly requestId: string | null
}

const forGood: Terms = { endsAt: null, requestId: null }

/** The memberships must be new. */
export function* insertMemberships(
  memberships: readonly Membership[],
  at: number,
  { endsAt, requestId }: Terms = forGood,
): Work<void> {
  for (const part of chunks(memberships))
    yield* run(
      q.insertInto('group_members').values(
        part.map((m) => ({
          group_id: m.groupId,
          member_id: m.memberId,
          added_at: at,
          ends_at: endsAt,
          request_id: requestId,
        })),
      ),
    )
}

export function* setTerms(
  groupId: string,
  memberIds: readonly string[],
  { endsAt, requestId }: Terms,
): Work<void> {
  for (const part of chunks(memberIds))
    yield* run(
      q
        .updateTable('group_members')
        .set({ ends_at: endsAt, request_id: requestId })
        .where('group_id', '=', groupId)
        .where('member_id', 'in', part),
    )
}

export function* deleteMemberships(groupId: string, memberIds: readonly string[]): Work<void> {
  for (const part of chunks(memberIds))
    yield* run(
      q.deleteFrom('group_members').where('group_id', '=', groupId).where('member_id', 'in', part),
    )
}

/** Those of the ids that are members at all. */
export function* existingMembers(ids: readonly string[]): Work<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const part of chunks(ids)) {
    const rows = yield* all(q.selectFrom('members').select('id').where('id', 'in', part))
    for (const row of rows) found.add(row.id)
  }
  return found
}

export function* findGroups(text: string, limit: number): Work<readonly Group[]> {
  const rows = yield* all(
    q
      .selectFrom('groups')
      .selectAll()
      .select(memberCount.as('members'))
      .where(contains('search', text))
      .orderBy('name_key')
      .limit(limit),
  )
  return rows.map((row) => ({ ...asGroup(row), members: row.members }))
}
