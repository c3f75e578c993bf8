import { sql } from 'kysely'
import { contains } from '#kernel/like.ts'
import { decodeCursor, encodeCursor } from '#kernel/page.ts'
import { all, first, run, type Work } from '#kernel/work.ts'
import { nameKey } from '../identity.ts'
import { q, type RoleGrantRow } from '../tables.ts'
import type { HolderRef } from './schema.ts'

/** The grant of a role to a holder, whether it has ended or not: there is one at most. */
export function* grantOf(roleId: string, holder: HolderRef): Work<RoleGrantRow | undefined> {
  return yield* first(
    q
      .selectFrom('role_grants')
      .selectAll()
      .where('role_id', '=', roleId)
      .where('holder_kind', '=', holder.kind)
      .where('holder_id', '=', holder.id),
  )
}

export function* insertGrant(grant: RoleGrantRow): Work<void> {
  yield* run(q.insertInto('role_grants').values(grant))
}

export function* deleteGrant(id: string): Work<void> {
  yield* run(q.deleteFrom('role_grants').where('id', '=', id))
}

/** To how many groups and members each role is given now. */
export function* holderCounts(
  now: number,
): Work<ReadonlyMap<string, { readonly groups: number; readonly members: number }>> {
  const rows = yield* all(
    q
      .selectFrom('role_grants')
      .select((e) => ['role_id', 'holder_kind', e.fn.countAll<number>().as('n')])
      .where((e) => e.or([e('ends_at', 'is', null), e('ends_at', '>', now)]))
      .groupBy(['role_id', 'holder_kind']),
  )
  const counts = new Map<string, { groups: number; members: number }>()
  for (const { role_id, holder_kind, n } of rows) {
    const of = counts.get(role_id) ?? { groups: 0, members: 0 }
    if (holder_kind === 'group') of.groups = n
    else of.members = n
    counts.set(role_id, of)
  }
  return counts
}

export interface HoldersFilter {
  readonly q?: string | undefined
  readonly kind?: 'member' | 'group' | undefined
  readonly cursor?: string | undefined
  readonly limit: number | null
}

const shownName = sql<string>`coalesce(groups.name, members.email, role_grants.holder_id)`
const search = sql<string>`coalesce(groups.search, members.search, '')`
const memberCount = sql<number>`case role_grants.holder_kind when 'member' then 1 else (select count(*) from group_members inner join members as m on m.id = group_members.member_id where group_members.group_id = role_grants.holder_id and m.status <> 'archived') end`

/**
 * Who has a role now, groups first, in the order of the unique index: a page of a role that 50,000 members were given is read
 * without sorting them. `limit: null` gives all.
 */
export function* listHolders(
  roleId: string,
  now: number,
  filter: HoldersFilter,
): Work<{
  readonly items: readonly (RoleGrantRow & { readonly name: string; readonly members: number })[]
  readonly next: string | null
  readonly total: number
}> {
  let base = q
    .selectFrom('role_grants')
    .leftJoin('groups', (j) =>
      j
        .onRef('groups.id', '=', 'role_grants.holder_id')
        .on('role_grants.holder_kind', '=', 'group'),
    )
    .leftJoin('members', (j) =>
      j
        .onRef('members.id', '=', 'role_grants.holder_id')
        .on('role_grants.holder_kind', '=', 'member'),
    )
    .where('role_grants.role_id', '=', roleId)
    .where((e) => e.or([e('role_grants.ends_at', 'is', null), e('role_grants.ends_at', '>', now)]))
  if (filter.kind !== undefined) base = base.where('role_grants.holder_kind', '=', filter.kind)
  if (filter.q !== undefined && filter.q.trim() !== '')
    base = base.where(contains(search, nameKey(filter.q)))
  let query = base
    .selectAll('role_grants')
    .select([shownName.as('name'), memberCount.as('members')])
    .orderBy('role_grants.holder_kind')
    .orderBy('role_grants.holder_id')
  if (filter.cursor !== undefined) {
    const [kind = '', id = ''] = decodeCursor(filter.cursor)
    query = query.where((e) =>
      e.or([
        e('role_grants.holder_kind', '>', String(kind) as 'group'),
        e.and([
          e('role_grants.holder_kind', '=', String(kind) as 'group'),
          e('role_grants.holder_id', '>', String(id)),
        ]),
      ]),
    )
  }
  const { limit } = filter
  if (limit !== null) query = query.limit(limit + 1)
  const rows = yield* all(query)
  const shown = limit === null ? rows : rows.slice(0, limit)
  const last = shown.at(-1)
  const total = yield* first(base.select((e) => e.fn.countAll<number>().as('n')))
  return {
    items: shown,
    next:
      rows.length > shown.length && last ? encodeCursor([last.holder_kind, last.holder_id]) : null,
    total: total?.n ?? 0,
  }
}
