import { sql, type RawBuilder } from 'kysely'
import type { Permission } from '#features/workspace/index.ts'
import { contains as containsFolded } from '#kernel/like.ts'
import { decodeCursor, encodeCursor } from '#kernel/page.ts'
import { all, first, run, type Work } from '#kernel/work.ts'
import { nameKey, searchText } from '../identity.ts'
import { after, contains, order } from '../store.listing.ts'
import { q, type RoleRow } from '../tables.ts'
import type { CustomRolesQuery } from './schema.ts'
import { readPermissions } from './store.grants.ts'

/** A custom role as it is now. */
export interface RoleRecord {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly permissions: readonly Permission[]
  /** 0: it came with Gatehouse. */
  readonly createdAt: number
  readonly createdBy: string
  readonly updatedAt: number
  readonly version: number
}

const asRole = (row: RoleRow): RoleRecord => ({
  id: row.id,
  name: row.name,
  description: row.description,
  permissions: readPermissions(row.permissions),
  createdAt: row.created_at,
  createdBy: row.created_by,
  updatedAt: row.updated_at,
  version: row.version,
})

const columnsOf = (role: Pick<RoleRecord, 'name' | 'description' | 'permissions'>) => ({
  name: role.name,
  description: role.description,
  permissions: JSON.stringify(role.permissions),
})
const searched = (role: Pick<RoleRecord, 'name' | 'description'>) => ({
  name_key: nameKey(role.name),
  search: searchText(role.name, role.description),
})

export function* roleById(id: string): Work<RoleRecord | undefined> {
  const row = yield* first(q.selectFrom('roles').selectAll().where('id', '=', id))
  return row && asRole(row)
}

/** Whatever the case of the letters. */
export function* roleByName(name: string): Work<RoleRecord | undefined> {
  const row = yield* first(q.selectFrom('roles').selectAll().where('name_key', '=', nameKey(name)))
  return row && asRole(row)
}

/** By name. There are tens of them, not thousands. */
export function* allRoles(): Work<readonly RoleRecord[]> {
  return (yield* all(q.selectFrom('roles').selectAll().orderBy('name_key'))).map(asRole)
}

export function* insertRole(role: RoleRecord): Work<void> {
  yield* run(
    q.insertInto('roles').values({
      id: role.id,
      ...columnsOf(role),
      ...searched(role),
      created_at: role.createdAt,
      created_by: role.createdBy,
      updated_at: role.updatedAt,
      version: role.version,
    }),
  )
}

/** True unless the row has another version by now. */
export function* updateRole(role: RoleRecord, basedOn: number): Work<boolean> {
  const changed = yield* run(
    q
      .updateTable('roles')
      .set({
        ...columnsOf(role),
        ...searched(role),
        updated_at: role.updatedAt,
        version: role.version,
      })
      .where('id', '=', role.id)
      .where('version', '=', basedOn),
  )
  return changed === 1
}

/** With its versions and with grants that have ended; the others must be gone. */
export function* deleteRole(id: string): Work<void> {
  yield* run(q.deleteFrom('role_grants').where('role_id', '=', id))
  yield* run(q.deleteFrom('role_versions').where('role_id', '=', id))
  yield* run(q.deleteFrom('roles').where('id', '=', id))
}

export interface VersionRecord {
  readonly version: number
  readonly name: string
  readonly description: string
  readonly permissions: readonly Permission[]
  readonly madeAt: number
  readonly madeBy: string
}

export function* insertVersion(role: RoleRecord, madeBy: string): Work<void> {
  yield* run(
    q.insertInto('role_versions').values({
      role_id: role.id,
      version: role.version,
      ...columnsOf(role),
      made_at: role.updatedAt,
      made_by: madeBy,
    }),
  )
}

/** Newest first, from `before` downwards; one more than `limit` says that there are older ones. */
export function* versionsOf(
  roleId: string,
  limit: number,
  before = Number.MAX_SAFE_INTEGER,
): Work<readonly VersionRecord[]> {
  const rows = yield* all(
    q
      .selectFrom('role_versions')
      .selectAll()
      .where('role_id', '=', roleId)
      .where('version', '<', before)
      .orderBy('version', 'desc')
      .limit(limit),
  )
  return rows.map((row) => ({
    version: row.version,
    name: row.name,
    description: row.description,
    permissions: readPermissions(row.permissions),
    madeAt: row.made_at,
    madeBy: row.made_by,
  }))
}

export function* versionOf(roleId: string, version: number): Work<VersionRecord | undefined> {
  return (yield* versionsOf(roleId, 1, version + 1)).find((row) => row.version === version)
}

export function* setDefaultRole(id: string | null): Work<void> {
  yield* run(q.updateTable('access_settings').set({ default_role_id: id }))
}

type SortKey = Exclude<CustomRolesQuery['sort'], `-${string}`>
const sorts: Readonly<Record<SortKey, RawBuilder<string | number>>> = {
  name: sql<string>`roles.name_key`,
  changed: sql<number>`roles.updated_at`,
}

export type RolesFilter = Pick<CustomRolesQuery, 'q' | 'permission' | 'sort' | 'cursor'> & {
  readonly limit: number | null
}

/** One page of roles; `limit: null` gives all of them. */
export function* listRoles(filter: RolesFilter): Work<{
  readonly items: readonly RoleRecord[]
  readonly next: string | null
  readonly total: number
}> {
  const [by, direction] = order(filter.sort)
  const sort = sorts[by]
  let rowsOf = q.selectFrom('roles')
  if (filter.q !== undefined && filter.q.trim() !== '')
    rowsOf = rowsOf.where(contains('roles.search', filter.q))
  // A key is a JSON string in the list, quotes included, so no key is found in another.
  if (filter.permission !== undefined)
    rowsOf = rowsOf.where(containsFolded(sql.ref('roles.permissions'), `"${filter.permission}"`))
  let query = rowsOf
    .selectAll()
    .select(sort.as('sort_value'))
    .orderBy(sort, direction)
    .orderBy('roles.id', direction)
  if (filter.cursor !== undefined)
    query = query.where(after(sort, 'roles.id', decodeCursor(filter.cursor), direction))
  const { limit } = filter
  if (limit !== null) query = query.limit(limit + 1)
  const rows = yield* all(query)
  const shown = limit === null ? rows : rows.slice(0, limit)
  const last = shown.at(-1)
  const total = yield* first(rowsOf.select((e) => e.fn.countAll<number>().as('n')))
  return {
    items: shown.map(asRole),
    next: rows.length > shown.length && last ? encodeCursor([last.sort_value, last.id]) : null,
    total: total?.n ?? 0,
  }
}

/** A handful of roles whose name or description contains the text, for the command palette. */
export function* findRoles(text: string, limit: number): Work<readonly RoleRecord[]> {
  const rows = yield* all(
    q
      .selectFrom('roles')
      .selectAll()
      .where(contains('search', text))
      .orderBy('name_key')
      .limit(limit),
  )
  return rows.map(asRole)
}
