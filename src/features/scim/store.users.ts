import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { all, first, run, type Work } from '#kernel/work.ts'
import type { Resource } from './attributes.ts'
import { sortColumn, type Fields } from './filter.sql.ts'
import { fold } from './filter.ts'
import { q, type UserRow } from './tables.ts'
import type { ScimUser } from './user.ts'

/** The row of the member, also when the directory has deleted it. */
export function* userRow(memberId: string): Work<UserRow | undefined> {
  return yield* first(q.selectFrom('scim_users').selectAll().where('member_id', '=', memberId))
}

/** A user of the directory that was not deleted. */
export function* userOf(directoryId: string, memberId: string): Work<UserRow | undefined> {
  const row = yield* userRow(memberId)
  return row?.directory_id === directoryId && row.deleted_at === null ? row : undefined
}

export function* userByName(directoryId: string, userName: string): Work<UserRow | undefined> {
  return yield* first(
    q
      .selectFrom('scim_users')
      .selectAll()
      .where('directory_id', '=', directoryId)
      .where('user_name_key', '=', fold(userName)),
  )
}

/** Those of the ids that are users of the directory, by id. */
export function* usersAmong(
  directoryId: string,
  ids: readonly string[],
): Work<ReadonlyMap<string, Pick<UserRow, 'member_id' | 'user_name'>>> {
  const found = new Map<string, Pick<UserRow, 'member_id' | 'user_name'>>()
  for (let i = 0; i < ids.length; i += 1000) {
    const rows = yield* all(
      q
        .selectFrom('scim_users')
        .select(['member_id', 'user_name'])
        .where('directory_id', '=', directoryId)
        .where('deleted_at', 'is', null)
        .where('member_id', 'in', ids.slice(i, i + 1000)),
    )
    for (const row of rows) found.set(row.member_id, row)
  }
  return found
}

/** The next members that a disconnected directory still holds, at most so many. */
export function* someUsersOf(directoryId: string, limit: number): Work<readonly UserRow[]> {
  return yield* all(
    q
      .selectFrom('scim_users')
      .selectAll()
      .where('directory_id', '=', directoryId)
      .orderBy('member_id')
      .limit(limit),
  )
}

const folded = (text: string | null): string | null => (text === null ? null : fold(text))

const columnsOf = (user: ScimUser) => ({
  user_name: user.userName,
  user_name_key: fold(user.userName),
  external_id: user.externalId,
  active: user.active ? 1 : 0,
  display_key: folded(user.displayName),
  given_key: folded(user.givenName),
  family_key: folded(user.familyName),
  document: JSON.stringify(user.document),
})

/** Writes the user of a member anew; a row that was deleted comes back to life. */
export function* insertUser(
  directoryId: string,
  memberId: string,
  user: ScimUser,
  now: number,
): Work<UserRow> {
  const row: UserRow = {
    member_id: memberId,
    directory_id: directoryId,
    ...columnsOf(user),
    created_at: now,
    updated_at: now,
    version: 1,
    deleted_at: null,
  }
  yield* run(q.deleteFrom('scim_users').where('member_id', '=', memberId))
  yield* run(q.insertInto('scim_users').values(row))
  yield* writeEmails(memberId, user)
  return row
}

export function* updateUser(before: UserRow, user: ScimUser, now: number): Work<UserRow> {
  const after = {
    ...before,
    ...columnsOf(user),
    updated_at: now,
    version: before.version + 1,
  }
  const { member_id, ...rest } = after
  yield* run(q.updateTable('scim_users').set(rest).where('member_id', '=', member_id))
  yield* writeEmails(member_id, user)
  return after
}

function* writeEmails(memberId: string, { emails }: ScimUser): Work<void> {
  yield* run(q.deleteFrom('scim_emails').where('member_id', '=', memberId))
  if (emails.length === 0) return
  yield* run(
    q.insertInto('scim_emails').values(
      emails.map(({ value, type, primary }, position) => ({
        member_id: memberId,
        position,
        value_key: fold(value),
        type_key: folded(type),
        is_primary: primary ? 1 : 0,
      })),
    ),
  )
}

/** The directory deleted the user: invisible, and its name is free; if it comes again it is the same member. */
export function* setUserDeleted(memberId: string, at: number): Work<void> {
  yield* run(
    q
      .updateTable('scim_users')
      .set({ deleted_at: at, user_name_key: null, active: 0 })
      .where('member_id', '=', memberId),
  )
}

export function* forgetUsers(memberIds: readonly string[]): Work<void> {
  if (memberIds.length === 0) return
  yield* run(q.deleteFrom('scim_emails').where('member_id', 'in', memberIds))
  yield* run(q.deleteFrom('scim_users').where('member_id', 'in', memberIds))
}

const emailFields: Fields = {
  value: { kind: 'text', column: sql`scim_emails.value_key` },
  type: { kind: 'text', column: sql`scim_emails.type_key` },
  primary: { kind: 'boolean', column: sql`scim_emails.is_primary` },
}

/** By what users can be filtered and sorted. */
export const userFields: Fields = {
  id: { kind: 'exact', column: sql`scim_users.member_id` },
  username: { kind: 'text', column: sql`scim_users.user_name_key` },
  externalid: { kind: 'exact', column: sql`scim_users.external_id` },
  active: { kind: 'boolean', column: sql`scim_users.active` },
  displayname: { kind: 'text', column: sql`scim_users.display_key` },
  'name.givenname': { kind: 'text', column: sql`scim_users.given_key` },
  'name.familyname': { kind: 'text', column: sql`scim_users.family_key` },
  emails: {
    kind: 'values',
    fields: emailFields,
    some: (condition) =>
      sql<SqlBool>`exists (select 1 from scim_emails where scim_emails.member_id = scim_users.member_id and ${condition})`,
  },
  'meta.created': { kind: 'time', column: sql`scim_users.created_at` },
  'meta.lastmodified': { kind: 'time', column: sql`scim_users.updated_at` },
}

export interface Wanted {
  readonly where: RawBuilder<SqlBool> | undefined
  readonly sortBy: string | undefined
  readonly descending: boolean
  /** From 0. */
  readonly offset: number
  readonly limit: number
}

/** What has no value comes last when ascending and first when descending (RFC 7644, section 3.4.2.3). */
export const orderOf = (
  { sortBy, descending }: Pick<Wanted, 'sortBy' | 'descending'>,
  fields: Fields,
  id: RawBuilder<unknown>,
): RawBuilder<unknown> => {
  if (sortBy === undefined) return id
  const column = sortColumn(sortBy, fields)
  return descending
    ? sql`case when ${column} is null then 0 else 1 end, ${column} desc, ${id}`
    : sql`case when ${column} is null then 1 else 0 end, ${column}, ${id}`
}

/** A page of users, and how many the filter lets through in all. */
export function* listUsers(
  directoryId: string,
  { where, limit, offset, ...sorting }: Wanted,
): Work<{ readonly rows: readonly UserRow[]; readonly total: number }> {
  let base = q
    .selectFrom('scim_users')
    .where('directory_id', '=', directoryId)
    .where('deleted_at', 'is', null)
  if (where) base = base.where(where)
  const total = yield* first(base.select((e) => e.fn.countAll<number>().as('n')))
  if (limit === 0) return { rows: [], total: total?.n ?? 0 }
  const order = orderOf(sorting, userFields, sql`scim_users.member_id`)
  const rows = yield* all(
    base
      .selectAll()
      .orderBy(sql`${order}`)
      .limit(limit)
      .offset(offset),
  )
  return { rows, total: total?.n ?? 0 }
}

export const documentIn = (row: Pick<UserRow, 'document'>): Resource =>
  JSON.parse(row.document) as Resource
