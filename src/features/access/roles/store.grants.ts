import { permissionKeys, type Permission } from '#features/workspace/index.ts'
import { all, first, run, type Work } from '#kernel/work.ts'
import { q, type RoleGrantRow } from '../tables.ts'
import type { Grant } from './held.ts'

/** Keys that this version does not know are passed over. */
export function readPermissions(json: string): readonly Permission[] {
  const keys = new Set(JSON.parse(json) as readonly string[])
  return permissionKeys.filter((key) => keys.has(key))
}

/** The role that everybody holds who was given none. */
export const defaultThrough = { kind: 'default', id: 'default', name: 'Default role' } as const

const running = (now: number) =>
  q
    .selectFrom('role_grants')
    .innerJoin('roles', 'roles.id', 'role_grants.role_id')
    .select(['roles.id', 'roles.name', 'roles.permissions', 'role_grants.ends_at'])
    .where((e) => e.or([e('role_grants.ends_at', 'is', null), e('role_grants.ends_at', '>', now)]))
    .orderBy('roles.name_key')

interface RunningRow {
  readonly id: string
  readonly name: string
  readonly permissions: string
  readonly ends_at: number | null
}

const asGrant = (row: RunningRow, through: Grant['from']['through']): Grant => ({
  from: { kind: 'role', id: row.id, name: row.name, through, endsAt: row.ends_at },
  permissions: readPermissions(row.permissions),
})

/** The earlier of two ends; null: never. */
const sooner = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b)

/** The roles given to the member herself. */
export function* ownGrants(memberId: string, label: string, now: number): Work<readonly Grant[]> {
  const rows = yield* all(
    running(now)
      .where('role_grants.holder_kind', '=', 'member')
      .where('role_grants.holder_id', '=', memberId),
  )
  return rows.map((row) => asGrant(row, { kind: 'member', id: memberId, name: label }))
}

/** The roles given to groups that the member is in. */
export function* grantsByGroups(memberId: string, now: number): Work<readonly Grant[]> {
  const rows = yield* all(
    running(now)
      .innerJoin('group_members', 'group_members.group_id', 'role_grants.holder_id')
      .innerJoin('groups', 'groups.id', 'role_grants.holder_id')
      .select([
        'groups.id as group_id',
        'groups.name as group_name',
        'group_members.ends_at as membership_ends_at',
      ])
      .where('role_grants.holder_kind', '=', 'group')
      .where('group_members.member_id', '=', memberId)
      .where((e) =>
        e.or([e('group_members.ends_at', 'is', null), e('group_members.ends_at', '>', now)]),
      )
      .orderBy('groups.name_key'),
  )
  return rows.map((row) =>
    asGrant(
      { ...row, ends_at: sooner(row.ends_at, row.membership_ends_at) },
      { kind: 'group', id: row.group_id, name: row.group_name },
    ),
  )
}

/** The roles given to one group. */
export function* grantsToGroup(
  group: { readonly id: string; readonly name: string },
  now: number,
): Work<readonly Grant[]> {
  const rows = yield* all(
    running(now)
      .where('role_grants.holder_kind', '=', 'group')
      .where('role_grants.holder_id', '=', group.id),
  )
  return rows.map((row) => asGrant(row, { kind: 'group', id: group.id, name: group.name }))
}

/** What somebody holds who was given no role; undefined: there is no default role. */
export function* defaultGrant(): Work<Grant | undefined> {
  const row = yield* first(
    q
      .selectFrom('access_settings')
      .innerJoin('roles', 'roles.id', 'access_settings.default_role_id')
      .select(['roles.id', 'roles.name', 'roles.permissions']),
  )
  return row && asGrant({ ...row, ends_at: null }, defaultThrough)
}

/** Every grant that runs, for going through everybody at once. */
export function* allRunningGrants(
  now: number,
): Work<readonly Pick<RoleGrantRow, 'role_id' | 'holder_kind' | 'holder_id'>[]> {
  return yield* all(
    q
      .selectFrom('role_grants')
      .select(['role_id', 'holder_kind', 'holder_id'])
      .where((e) => e.or([e('ends_at', 'is', null), e('ends_at', '>', now)])),
  )
}

/** Takes every role from a member or group that goes away. */
export function* deleteGrantsOf(kind: RoleGrantRow['holder_kind'], holderId: string): Work<number> {
  return yield* run(
    q.deleteFrom('role_grants').where('holder_kind', '=', kind).where('holder_id', '=', holderId),
  )
}

interface RolesHolding {
  readonly ids: readonly string[]
  /** Whether the default role is one of them. */
  readonly byDefault: boolean
}
export const noRoles: RolesHolding = { ids: [], byDefault: false }

/** The roles that hold a permission. */
export function* rolesHolding(permission: Permission): Work<RolesHolding> {
  const rows = yield* all(q.selectFrom('roles').select(['id', 'permissions']))
  const ids = rows
    .filter((row) => readPermissions(row.permissions).includes(permission))
    .map((row) => row.id)
  const fallback = yield* defaultGrant()
  return { ids, byDefault: fallback !== undefined && ids.includes(fallback.from.id) }
}

/** Whoever was given one of these roles, herself or by a group; without a list: whoever was given any. For an `in (…)`. */
export const holdersOf = (roleIds: readonly string[] | undefined, now: number) => {
  const base = q
    .selectFrom('role_grants')
    .where((e) => e.or([e('role_grants.ends_at', 'is', null), e('role_grants.ends_at', '>', now)]))
  const given = roleIds === undefined ? base : base.where('role_grants.role_id', 'in', roleIds)
  return given
    .where('role_grants.holder_kind', '=', 'member')
    .select('role_grants.holder_id as id')
    .unionAll(
      given
        .where('role_grants.holder_kind', '=', 'group')
        .innerJoin('group_members', 'group_members.group_id', 'role_grants.holder_id')
        .where((e) =>
          e.or([e('group_members.ends_at', 'is', null), e('group_members.ends_at', '>', now)]),
        )
        .select('group_members.member_id as id'),
    )
}
