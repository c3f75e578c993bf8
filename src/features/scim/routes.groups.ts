import { groupById, memberIdsOfGroups } from '#features/access/index.ts'
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
import { patchGroup } from './group.patch.ts'
import { changeGroup, createGroup, deleteGroup, readGroup, type GroupAndRow } from './groups.ts'
import { operationsOf } from './operations.ts'
import { coreGroup } from './path.ts'
import { projection, type Projection } from './projection.ts'
import type { Setting } from './setting.ts'
import { groupFields, groupOf, listGroups } from './store.groups.ts'
import { usersAmong } from './store.users.ts'
import { metaOf } from './user.ts'

const path = '/scim/v2/Groups'

/** RFC 7644, sections 3.3 to 3.6, for groups. */
export function groupRoutes(setting: Setting): readonly Route[] {
  const { runtime, ports, base } = setting
  const one = (directoryId: string, both: GroupAndRow, wanted: Projection) =>
    groupAnswer(base, directoryId, both, wanted)
  return [
    asks(
      setting,
      { id: 'scim.list-groups', method: 'GET', path, summary: 'Groups', query: listQuery },
      function* ({ directory }, { query }) {
        const wanted = projection(query)
        const { filter, sortBy } = query
        const { rows, total } = yield* listGroups(directory.id, {
          where: filter === undefined ? undefined : filterSql(parseFilter(filter), groupFields),
          sortBy,
          descending: isDescending(query),
          ...pageWanted(query),
        })
        const groups: GroupAndRow[] = []
        for (const row of rows) {
          const group = yield* groupById(row.group_id)
          if (group) groups.push({ group, row })
        }
        const [only] = rows
        return {
          resource: listResponse(
            yield* written(base, directory.id, groups, wanted),
            total,
            pageWanted(query).offset,
          ),
          label: filter ?? '',
          ...(total === 1 && only ? { id: only.group_id } : {}),
        }
      },
    ),
    asks(
      setting,
      { id: 'scim.get-group', method: 'GET', path: `${path}/{id}`, summary: 'A group' },
      function* ({ directory }, { id, query }) {
        const row = found(yield* groupOf(directory.id, id), 'group')
        const group = found(yield* groupById(id), 'group')
        return yield* one(directory.id, { group, row }, projection(query))
      },
    ),
    acts(
      setting,
      {
        id: 'scim.create-group',
        method: 'POST',
        path,
        summary: 'Make a group',
        status: 201,
        audit: 'scim.create-group',
        body: true,
      },
      (by, { body }) => createGroup(ports, runtime.ids, by, body),
      function* ({ directory }, both, { query }) {
        const told = yield* one(directory.id, both, projection(query))
        return { ...told, location: `${base}/Groups/${both.group.id}` }
      },
    ),
    acts(
      setting,
      {
        id: 'scim.replace-group',
        method: 'PUT',
        path: `${path}/{id}`,
        summary: 'Replace the name and the members of a group',
        audit: 'scim.change-group',
        body: true,
      },
      (by, { id, body }, call) => changeGroup(ports, by, id, readGroup(body), versionGuard(call)),
      ({ directory }, both, { query }) => one(directory.id, both, projection(query)),
    ),
    acts(
      setting,
      {
        id: 'scim.patch-group',
        method: 'PATCH',
        path: `${path}/{id}`,
        summary: 'Change the name or the members of a group',
        audit: 'scim.change-group',
        body: true,
      },
      (by, { id, body }, call) =>
        changeGroup(ports, by, id, patchGroup(operationsOf(body)), versionGuard(call)),
      function* ({ directory }, both, { query }) {
        // 204 unless something is asked for (RFC 7644, section 3.5.2): a group may have very many members.
        if (query['attributes'] === undefined) return undefined
        return yield* one(directory.id, both, projection(query))
      },
    ),
    acts(
      setting,
      {
        id: 'scim.delete-group',
        method: 'DELETE',
        path: `${path}/{id}`,
        summary: 'Delete a group that nothing refers to',
        audit: 'scim.delete-group',
      },
      (by, { id }, call) => deleteGroup(ports, by, id, versionGuard(call)),
      nothing,
    ),
  ]
}

function* groupAnswer(
  base: string,
  directoryId: string,
  both: GroupAndRow,
  wanted: Projection,
): Work<Answer> {
  const [resource] = yield* written(base, directoryId, [both], wanted)
  return {
    ...(resource ? { resource } : {}),
    version: both.row.version,
    id: both.group.id,
    label: both.group.name,
  }
}

/** Members that were put in by hand before the group was taken over are the directory's business no more than it theirs. */
function* written(
  base: string,
  directoryId: string,
  groups: readonly GroupAndRow[],
  { wants, project }: Projection,
): Work<readonly Resource[]> {
  const members = wants('members')
    ? yield* memberIdsOfGroups(groups.map(({ group }) => group.id))
    : new Map<string, readonly string[]>()
  const users = yield* usersAmong(directoryId, [...new Set([...members.values()].flat())])
  return groups.map(({ group, row }) =>
    project({
      schemas: [coreGroup],
      id: group.id,
      ...(row.external_id === null ? {} : { externalId: row.external_id }),
      displayName: group.name,
      members: (members.get(group.id) ?? []).flatMap((id) => {
        const user = users.get(id)
        if (!user) return []
        return [{ value: id, $ref: `${base}/Users/${id}`, display: user.user_name, type: 'User' }]
      }),
      meta: metaOf('Group', base, {
        id: group.id,
        createdAt: row.created_at,
        updatedAt: row.updated_at,
        version: row.version,
      }),
    }),
  )
}
