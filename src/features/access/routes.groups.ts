import { route } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse } from '#kernel/export.ts'
import { found } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import {
  auditedGroup,
  changeGroup,
  changeMembership,
  createGroup,
  groupTarget,
  removeGroup,
  rolesGivenTo,
} from './groups.ts'
import { keptBy } from './owned.ts'
import { membersAnswer } from './routes.members.ts'
import * as schema from './schema.ts'
import type { Setting } from './setting.ts'
import { groupById, listGroups } from './store.groups.ts'

const auth = ['session', 'key'] as const

export function groupRoutes({ runtime, ports }: Setting): readonly Route[] {
  return [
    listRoute,
    route({
      id: 'groups.create',
      method: 'POST',
      path: '/api/v1/groups',
      summary: 'Make a group',
      auth,
      permission: 'members.manage',
      body: schema.newGroup,
      output: schema.group,
      status: 201,
      errors: 'problem',
      audit: 'group.create',
      handle: (call, { body }) =>
        call.write(function* (record) {
          const made = yield* createGroup(runtime.ids, call.now, body)
          yield* record({ target: groupTarget(made), after: auditedGroup(made) })
          return made
        }),
    }),
    route({
      id: 'groups.get',
      method: 'GET',
      path: '/api/v1/groups/{id}',
      summary: 'Everything about one group',
      auth,
      permission: 'members.read',
      params: schema.idParams,
      output: schema.groupPage,
      errors: 'problem',
      audit: null,
      handle: (call, { params }) =>
        call.read(function* () {
          const group = found(yield* groupById(params.id), 'group')
          const usedBy = [
            ...(yield* ports.groupUsedBy(group.id)),
            ...(yield* rolesGivenTo(group.id, call.now)),
          ]
          return { ...group, keptBy: yield* keptBy(ports, 'group', group), usedBy }
        }),
    }),
    route({
      id: 'groups.change',
      method: 'PATCH',
      path: '/api/v1/groups/{id}',
      summary: 'Change the name or the description of a group',
      auth,
      permission: 'members.manage',
      params: schema.idParams,
      body: schema.groupChange,
      output: schema.group,
      errors: 'problem',
      audit: 'group.change',
      handle: (call, { params, body }) =>
        call.write(function* (record) {
          const { before, after } = yield* changeGroup(ports, call.now, params.id, body)
          yield* record({
            target: groupTarget(after),
            before: auditedGroup(before),
            after: auditedGroup(after),
          })
          return after
        }),
    }),
    route({
      id: 'groups.delete',
      method: 'DELETE',
      path: '/api/v1/groups/{id}',
      summary: 'Delete a group that nothing refers to',
      auth,
      permission: 'members.manage',
      params: schema.idParams,
      query: schema.groupRemoval,
      output: null,
      errors: 'problem',
      audit: 'group.delete',
      handle: (call, { params, query }) =>
        call.write(function* (record) {
          const gone = yield* removeGroup(ports, call.now, params.id, query.version)
          yield* record({
            target: groupTarget(gone),
            before: { ...auditedGroup(gone), members: gone.members },
            touches: 0,
          })
          return undefined
        }),
    }),
    groupMembersRoute,
    route({
      id: 'groups.change-members',
      method: 'POST',
      path: '/api/v1/groups/{id}/members',
      summary: 'Put members into a group and take members out, as one change set',
      auth,
      permission: 'members.manage',
      params: schema.idParams,
      body: schema.membershipChange,
      output: schema.membershipResult,
      errors: 'problem',
      audit: 'group.change-members',
      handle: (call, { params, body }) =>
        call.write(function* (record) {
          const changed = yield* changeMembership(ports, call.actor, call.now, {
            id: params.id,
            ...body,
          })
          const { group, added, removed, changed: longer, endsAt, touches } = changed
          yield* record({
            target: groupTarget(group),
            after: {
              added,
              removed,
              ...(longer.length === 0 ? {} : { changed: longer }),
              ...(endsAt === null ? {} : { endsAt }),
            },
            touches,
          })
          return {
            added: added.length,
            removed: removed.length,
            changed: longer.length,
            touches,
            members: group.members,
          }
        }),
    }),
  ]
}

const listRoute = route({
  id: 'groups.list',
  method: 'GET',
  path: '/api/v1/groups',
  summary: 'List groups',
  auth,
  permission: 'members.read',
  query: schema.groupsQuery,
  output: schema.groupsPage,
  errors: 'problem',
  audit: null,
  handle: async (call, { query }) => {
    if (query.format === undefined) {
      const list = await call.read(() => listGroups(query))
      return { ...list, items: [...list.items] }
    }
    const whole = { ...query, cursor: undefined, limit: null }
    const { items } = await call.read(() => listGroups(whole))
    if (query.format === 'json') return jsonResponse('groups', items)
    return csvResponse(
      'groups',
      ['name', 'description', 'members', 'source', 'created', 'id'],
      items.map((g) => [
        g.name,
        g.description,
        g.members,
        g.source,
        new Date(g.createdAt).toISOString(),
        g.id,
      ]),
    )
  },
})

const groupMembersRoute = route({
  id: 'groups.members',
  method: 'GET',
  path: '/api/v1/groups/{id}/members',
  summary: 'List the members of a group',
  auth,
  permission: 'members.read',
  params: schema.idParams,
  query: schema.groupMembersQuery,
  output: schema.membersPage,
  errors: 'problem',
  audit: null,
  handle: async (call, { params, query }) => {
    const group = found(await call.read(() => groupById(params.id)), 'group')
    return membersAnswer(call, { ...query, group: group.id }, `members-of-${group.name}`)
  },
})
