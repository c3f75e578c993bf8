import { groupsOfMembers } from '#features/access/index.ts'
import { found } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import {
  acts,
  asks,
  isDescending,
  listQuery,
  listResponse,
  nothing,
  pageWanted,
  versionGuard,
  type Answer,
} from './answer.ts'
import type { Resource } from './attributes.ts'
import { filterSql } from './filter.sql.ts'
import { parseFilter } from './filter.ts'
import { operationsOf } from './operations.ts'
import { patchUser } from './patch.ts'
import { projection, type Projection } from './projection.ts'
import type { Setting } from './setting.ts'
import { groupsAmong } from './store.groups.ts'
import { documentIn, listUsers, userFields, userOf } from './store.users.ts'
import type { UserRow } from './tables.ts'
import { documentOf, writtenUser } from './user.ts'
import { changeUser, createUser, deleteUser } from './users.ts'

const path = '/scim/v2/Users'

/** RFC 7644, sections 3.3 to 3.6, for users. */
export function userRoutes(setting: Setting): readonly Route[] {
  const { runtime, ports, base } = setting
  const one = (row: UserRow, wanted: Projection) => userAnswer(base, row, wanted)
  return [
    asks(
      setting,
      { id: 'scim.list-users', method: 'GET', path, summary: 'Users', query: listQuery },
      function* ({ directory }, { query }) {
        const wanted = projection(query)
        const { filter, sortBy } = query
        const { rows, total } = yield* listUsers(directory.id, {
          where: filter === undefined ? undefined : filterSql(parseFilter(filter), userFields),
          sortBy,
          descending: isDescending(query),
          ...pageWanted(query),
        })
        const users = yield* written(base, rows, wanted)
        const [only] = rows
        return {
          resource: listResponse(users, total, pageWanted(query).offset),
          label: filter ?? '',
          ...(total === 1 && only ? { id: only.member_id } : {}),
        }
      },
    ),
    asks(
      setting,
      { id: 'scim.get-user', method: 'GET', path: `${path}/{id}`, summary: 'A user' },
      function* ({ directory }, { id, query }) {
        const row = found(yield* userOf(directory.id, id), 'user')
        return yield* one(row, projection(query))
      },
    ),
    acts(
      setting,
      {
        id: 'scim.create-user',
        method: 'POST',
        path,
        summary: 'Make a user',
        status: 201,
        audit: 'scim.create-user',
        body: true,
      },
      (by, { body }) => createUser(ports, runtime.ids, by, body),
      function* (_, row, { query }) {
        const told = yield* one(row, projection(query))
        return { ...told, location: `${base}/Users/${row.member_id}` }
      },
    ),
    acts(
      setting,
      {
        id: 'scim.replace-user',
        method: 'PUT',
        path: `${path}/{id}`,
        summary: 'Replace what is said of a user',
        audit: 'scim.change-user',
        body: true,
      },
      (by, { id, body }, call) =>
        changeUser(ports, by, id, () => documentOf(body), versionGuard(call)),
      (_, row, { query }) => one(row, projection(query)),
    ),
    acts(
      setting,
      {
        id: 'scim.patch-user',
        method: 'PATCH',
        path: `${path}/{id}`,
        summary: 'Change a user',
        audit: 'scim.change-user',
        body: true,
      },
      (by, { id, body }, call) => {
        const operations = operationsOf(body)
        return changeUser(ports, by, id, (now) => patchUser(now, operations), versionGuard(call))
      },
      (_, row, { query }) => one(row, projection(query)),
    ),
    acts(
      setting,
      {
        id: 'scim.delete-user',
        method: 'DELETE',
        path: `${path}/{id}`,
        summary: 'Delete a user: the member is archived, everything she holds ends',
        audit: 'scim.delete-user',
      },
      (by, { id }, call) => deleteUser(ports, by, id, versionGuard(call)),
      nothing,
    ),
  ]
}

function* userAnswer(base: string, row: UserRow, wanted: Projection): Work<Answer> {
  const [resource] = yield* written(base, [row], wanted)
  return {
    ...(resource ? { resource } : {}),
    version: row.version,
    id: row.member_id,
    label: row.user_name,
  }
}

/** Their groups are read for all at once, and only where they are wanted. */
function* written(
  base: string,
  rows: readonly UserRow[],
  { wants, project }: Projection,
): Work<readonly Resource[]> {
  const groups = wants('groups')
    ? yield* groupsOfMembers(rows.map((row) => row.member_id))
    : new Map<string, readonly { id: string; name: string }[]>()
  const ids = [...groups.values()].flat().map(({ id }) => id)
  const ours = yield* groupsAmong(rows[0]?.directory_id ?? '', [...new Set(ids)])
  return rows.map((row) =>
    project(
      writtenUser(
        base,
        documentIn(row),
        {
          id: row.member_id,
          createdAt: row.created_at,
          updatedAt: row.updated_at,
          version: row.version,
        },
        (groups.get(row.member_id) ?? []).filter(({ id }) => ours.has(id)),
      ),
    ),
  )
}
