import { all, run, type Work } from '#kernel/work.ts'
import { q } from '../tables.ts'

export interface EndedMembership {
  readonly groupId: string
  readonly groupName: string
  readonly memberId: string
  readonly email: string
  readonly endsAt: number
  readonly requestId: string | null
}

/** At most this many are ended in one transaction, the longest overdue first. */
export const endsAtOnce = 500

export function* dueMemberships(now: number): Work<readonly EndedMembership[]> {
  const rows = yield* all(
    q
      .selectFrom('group_members')
      .innerJoin('groups', 'groups.id', 'group_members.group_id')
      .innerJoin('members', 'members.id', 'group_members.member_id')
      .select([
        'groups.id as group_id',
        'groups.name as group_name',
        'members.id as member_id',
        'members.email',
        'group_members.ends_at',
        'group_members.request_id',
      ])
      .where('group_members.ends_at', '<=', now)
      .orderBy('group_members.ends_at')
      .limit(endsAtOnce),
  )
  return rows.map((row) => ({
    groupId: row.group_id,
    groupName: row.group_name,
    memberId: row.member_id,
    email: row.email,
    endsAt: row.ends_at ?? now,
    requestId: row.request_id,
  }))
}

export interface EndedGrant {
  readonly id: string
  readonly roleId: string
  readonly roleName: string
  readonly holderKind: 'group' | 'member'
  readonly holderId: string
  readonly endsAt: number
  readonly requestId: string | null
}

export function* dueGrants(now: number): Work<readonly EndedGrant[]> {
  const rows = yield* all(
    q
      .selectFrom('role_grants')
      .innerJoin('roles', 'roles.id', 'role_grants.role_id')
      .select([
        'role_grants.id',
        'role_grants.role_id',
        'roles.name',
        'role_grants.holder_kind',
        'role_grants.holder_id',
        'role_grants.ends_at',
        'role_grants.request_id',
      ])
      .where('role_grants.ends_at', '<=', now)
      .orderBy('role_grants.ends_at')
      .limit(endsAtOnce),
  )
  return rows.map((row) => ({
    id: row.id,
    roleId: row.role_id,
    roleName: row.name,
    holderKind: row.holder_kind,
    holderId: row.holder_id,
    endsAt: row.ends_at ?? now,
    requestId: row.request_id,
  }))
}

export function* deleteGrants(ids: readonly string[]): Work<void> {
  yield* run(q.deleteFrom('role_grants').where('id', 'in', ids))
}

/** The e-mail addresses and group names behind holders, for records that people read. */
export function* namesOf(
  kind: 'group' | 'member',
  ids: readonly string[],
): Work<ReadonlyMap<string, string>> {
  const rows =
    kind === 'group'
      ? yield* all(q.selectFrom('groups').select(['id', 'name']).where('id', 'in', ids))
      : yield* all(q.selectFrom('members').select(['id', 'email as name']).where('id', 'in', ids))
  return new Map(rows.map(({ id, name }) => [id, name]))
}
