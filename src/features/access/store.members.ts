import { sql, type RawBuilder } from 'kysely'
import { decodeCursor, encodeCursor } from '#kernel/page.ts'
import { all, first, run, type Work } from '#kernel/work.ts'
import { surfaceByKey, type Permission } from '#features/workspace/index.ts'
import { emailKey, nameKey, searchText } from './identity.ts'
import { roles } from './roles/builtin.ts'
import { isOwnUse } from './roles/held.ts'
import { deleteGrantsOf, holdersOf, noRoles, rolesHolding } from './roles/store.grants.ts'
import type { ListedMember, Member, MembersQuery, MemberStatus, RoleKey } from './schema.ts'
import { after, contains, order } from './store.listing.ts'
import { chunks, q, type MemberRow } from './tables.ts'

const columns = [
  'members.id',
  'members.email',
  'members.name',
  'members.role',
  'members.status',
  'members.source',
  'members.created_at',
  'members.updated_at',
  'members.last_seen_at',
  'members.version',
] as const

type Columns = Pick<
  MemberRow,
  | 'id'
  | 'email'
  | 'name'
  | 'role'
  | 'status'
  | 'source'
  | 'created_at'
  | 'updated_at'
  | 'last_seen_at'
  | 'version'
>

const asMember = (row: Columns): Member => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: row.role,
  status: row.status,
  source: row.source,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  lastSeenAt: row.last_seen_at,
  version: row.version,
})

export function* memberById(id: string): Work<Member | undefined> {
  const row = yield* first(q.selectFrom('members').select(columns).where('id', '=', id))
  return row && asMember(row)
}

/** Those of them that there are. */
export function* membersByIds(ids: readonly string[]): Work<ReadonlyMap<string, Member>> {
  const found = new Map<string, Member>()
  for (const part of chunks([...new Set(ids)])) {
    const rows = yield* all(q.selectFrom('members').select(columns).where('id', 'in', part))
    for (const row of rows) found.set(row.id, asMember(row))
  }
  return found
}

/** Whatever the case of the letters and the spaces around it. */
export function* memberByEmail(email: string): Work<Member | undefined> {
  const row = yield* first(
    q.selectFrom('members').select(columns).where('email_key', '=', emailKey(email)),
  )
  return row && asMember(row)
}

/** Every member with everything but her groups; the order is that of making. */
export function* allMembers(): Work<readonly Member[]> {
  return (yield* all(q.selectFrom('members').select(columns).orderBy('id'))).map(asMember)
}

export function* insertMembers(members: readonly Member[]): Work<void> {
  for (const part of chunks(members))
    yield* run(
      q.insertInto('members').values(
        part.map((m) => ({
          id: m.id,
          email: m.email,
          email_key: emailKey(m.email),
          name: m.name,
          name_key: nameKey(m.name === '' ? m.email : m.name),
          search: searchText(m.name, m.email),
          role: m.role,
          status: m.status,
          source: m.source,
          created_at: m.createdAt,
          updated_at: m.updatedAt,
          last_seen_at: m.lastSeenAt,
          version: m.version,
        })),
      ),
    )
}

/** Writes name, address, role and status; true unless the row has another version by now. */
export function* updateMember(member: Member, basedOn: number): Work<boolean> {
  const changed = yield* run(
    q
      .updateTable('members')
      .set({
        email: member.email,
        email_key: emailKey(member.email),
        name: member.name,
        name_key: nameKey(member.name === '' ? member.email : member.name),
        search: searchText(member.name, member.email),
        role: member.role,
        status: member.status,
        updated_at: member.updatedAt,
        version: basedOn + 1,
      })
      .where('id', '=', member.id)
      .where('version', '=', basedOn),
  )
  return changed === 1
}

export function* setLastSeen(id: string, at: number): Work<void> {
  yield* run(q.updateTable('members').set({ last_seen_at: at }).where('id', '=', id))
}

export function* deleteMember(id: string): Work<void> {
  yield* run(q.deleteFrom('group_members').where('member_id', '=', id))
  yield* deleteGrantsOf('member', id)
  yield* run(q.deleteFrom('members').where('id', '=', id))
}

/** Ids of the owners who are active, whether or not they have a way to sign in. */
export function* activeOwners(): Work<readonly string[]> {
  const rows = yield* all(
    q
      .selectFrom('members')
      .select('id')
      .where('role', '=', 'owner')
      .where('status', '=', 'active')
      .orderBy('id'),
  )
  return rows.map((row) => row.id)
}

/**
 * Active members who hold the permission by their built-in role or by a custom one, whether or not they have a way to sign in.
 * While roles may not administer, the built-in ones alone count (`withoutAdministration`).
 */
export function* activeHolders(
  permission: Permission,
  now: number,
): Work<readonly { readonly id: string; readonly label: string; readonly name: string }[]> {
  const builtIn = Object.values(roles)
    .filter((role) => role.permissions.has(permission))
    .map((role) => role.key)
  const counts = isOwnUse(permission) || (yield* surfaceByKey('role_administration')).on
  const custom = counts ? yield* rolesHolding(permission) : noRoles
  return yield* all(
    q
      .selectFrom('members')
      .select(['id', 'email as label', 'name'])
      .where('status', '=', 'active')
      .where((e) =>
        e.or([
          ...(builtIn.length > 0 ? [e('role', 'in', builtIn)] : []),
          ...(custom.ids.length > 0 ? [e('id', 'in', holdersOf(custom.ids, now))] : []),
          ...(custom.byDefault ? [e('id', 'not in', holdersOf(undefined, now))] : []),
        ]),
      )
      .orderBy('email'),
  )
}

export function* countByRole(): Work<ReadonlyMap<RoleKey, number>> {
  const rows = yield* all(
    q
      .selectFrom('members')
      .select((e) => ['role', e.fn.countAll<number>().as('n')])
      .where('status', '!=', 'archived')
      .groupBy('role'),
  )
  return new Map(rows.map((r) => [r.role, r.n]))
}

export function* countByStatus(): Work<ReadonlyMap<MemberStatus, number>> {
  const rows = yield* all(
    q
      .selectFrom('members')
      .select((e) => ['status', e.fn.countAll<number>().as('n')])
      .groupBy('status'),
  )
  return new Map(rows.map((r) => [r.status, r.n]))
}

/** Owner, admin, member: the order of strength, not of letters. */
const roleOrder = sql<number>`case members.role when 'owner' then 0 when 'admin' then 1 else 2 end`
type SortKey = Exclude<MembersQuery['sort'], `-${string}`>
const sorts: Readonly<Record<SortKey, RawBuilder<string | number>>> = {
  name: sql<string>`members.name_key`,
  email: sql<string>`members.email_key`,
  role: roleOrder,
  status: sql<string>`members.status`,
  lastSeen: sql<number>`coalesce(members.last_seen_at, 0)`,
  created: sql<number>`members.created_at`,
}

export type MembersFilter = Pick<
  MembersQuery,
  'q' | 'role' | 'group' | 'status' | 'sort' | 'cursor'
> & { readonly limit: number | null }

function filtered(filter: MembersFilter) {
  let query = q.selectFrom('members')
  query =
    filter.status === undefined
      ? query.where('members.status', '!=', 'archived')
      : query.where('members.status', '=', filter.status)
  if (filter.role !== undefined) query = query.where('members.role', '=', filter.role)
  if (filter.q !== undefined && filter.q.trim() !== '')
    query = query.where(contains('members.search', filter.q))
  const { group } = filter
  if (group !== undefined)
    query = query.where('members.id', 'in', (e) =>
      e.selectFrom('group_members').select('member_id').where('group_id', '=', group),
    )
  return query
}

/** One page of members with their groups; `limit: null` gives all of them. */
export function* listMembers(filter: MembersFilter): Work<{
  readonly items: readonly ListedMember[]
  readonly next: string | null
  readonly total: number
}> {
  const [by, direction] = order(filter.sort)
  const sort = sorts[by]
  let query = filtered(filter).select([...columns, sort.as('sort_value')])
  if (filter.cursor !== undefined)
    query = query.where(after(sort, 'members.id', decodeCursor(filter.cursor), direction))
  query = query.orderBy(sort, direction).orderBy('members.id', direction)
  const { limit } = filter
  if (limit !== null) query = query.limit(limit + 1)
  const rows = yield* all(query)
  const shown = limit === null ? rows : rows.slice(0, limit)
  const last = shown.at(-1)
  const total = yield* first(filtered(filter).select((e) => e.fn.countAll<number>().as('n')))
  const groups = yield* groupsOfMembers(
    shown.map((r) => r.id),
    limit === null,
  )
  return {
    items: shown.map((row) => ({ ...asMember(row), groups: [...(groups.get(row.id) ?? [])] })),
    next: rows.length > shown.length && last ? encodeCursor([last.sort_value, last.id]) : null,
    total: total?.n ?? 0,
  }
}

interface GroupName {
  readonly id: string
  readonly name: string
  /** When she leaves it by herself (ms); null: never. */
  readonly endsAt: number | null
}

/** The groups of each member by name. `everyone` reads all memberships at once instead of naming the members. */
export function* groupsOfMembers(
  ids: readonly string[],
  everyone = false,
): Work<ReadonlyMap<string, readonly GroupName[]>> {
  const base = q
    .selectFrom('group_members')
    .innerJoin('groups', 'groups.id', 'group_members.group_id')
    .select(['group_members.member_id', 'group_members.ends_at', 'groups.id', 'groups.name'])
    .orderBy('groups.name_key')
  const byMember = new Map<string, GroupName[]>()
  for (const part of everyone ? [ids] : chunks(ids)) {
    const rows = yield* all(everyone ? base : base.where('group_members.member_id', 'in', part))
    for (const { member_id, id, name, ends_at: endsAt } of rows) {
      const held = byMember.get(member_id)
      if (held) held.push({ id, name, endsAt })
      else byMember.set(member_id, [{ id, name, endsAt }])
    }
  }
  return byMember
}

/** A handful of members whose name or address contains the text, for the command palette. */
export function* findMembers(text: string, limit: number): Work<readonly Member[]> {
  const rows = yield* all(
    q
      .selectFrom('members')
      .select(columns)
      .where(contains('search', text))
      .where('status', '!=', 'archived')
      .orderBy('name_key')
      .limit(limit),
  )
  return rows.map(asMember)
}
