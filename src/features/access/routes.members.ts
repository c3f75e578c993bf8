import { permissions, route, type Permission } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { found } from '#kernel/problem.ts'
import type { Call, Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import type { Setting } from './setting.ts'
import { joinGroups } from './groups.ts'
import { withMakers } from './keys.ts'
import { keptBy, refuseOwned } from './owned.ts'
import {
  auditedMember,
  changeEmail,
  changeRole,
  changeStatus,
  createMember,
  managed,
  memberTarget,
  removeMember,
  renameMember,
  type StatusChange,
} from './members.ts'
import { offboardingOf } from './offboarding.ts'
import { countingGrants, demandAdding } from './rights.ts'
import { explainPermissions } from './roles/held.ts'
import { turnedOff } from './roles/turned-off.ts'
import * as schema from './schema.ts'
import { keysMadeBy } from './store.keys.ts'
import { groupsOfMembers, listMembers, memberById } from './store.members.ts'

const auth = ['session', 'key'] as const

export function memberRoutes(setting: Setting): readonly Route[] {
  const { runtime, ports } = setting
  return [
    listRoute,
    route({
      id: 'members.create',
      method: 'POST',
      path: '/api/v1/members',
      summary: 'Add a member without an invitation',
      description:
        'The member is active and has no password: a developer needs none to be governed. Who shall sign in gets an invitation instead.',
      auth,
      permission: 'members.manage',
      body: schema.newMember,
      output: schema.member,
      status: 201,
      errors: 'problem',
      audit: 'member.create',
      // A new owner would be a lasting way in for whoever finds an open browser; so with invitations.
      recent: true,
      handle: (call, { body }) =>
        call.write(function* (record) {
          yield* demandAdding(call.actor, body.role)
          const made = yield* createMember(runtime.ids, call.now, { ...body, status: 'active' })
          yield* joinGroups(call.actor, call.now, made.id, body.groupIds)
          const after = { ...auditedMember(made), groupIds: body.groupIds }
          yield* record({ target: memberTarget(made), after })
          return made
        }),
    }),
    getRoute({ runtime, ports }),
    route({
      id: 'members.rename',
      method: 'PATCH',
      path: '/api/v1/members/{id}',
      summary: 'Change the name of a member',
      auth,
      permission: 'members.manage',
      params: schema.idParams,
      body: schema.memberChange,
      output: schema.member,
      errors: 'problem',
      audit: 'member.rename',
      handle: (call, { params, body }) =>
        call.write(function* (record) {
          const found = yield* managed(call.actor, call.now, params.id, body.version)
          yield* refuseOwned(ports, found, 'edit')
          const { before, after } = yield* renameMember(call.now, found, body.name)
          yield* record({ target: memberTarget(after), before: before.name, after: after.name })
          return after
        }),
    }),
    route({
      id: 'members.change-email',
      method: 'PUT',
      path: '/api/v1/members/{id}/email',
      summary: 'Change the e-mail address of a member',
      auth,
      permission: 'members.manage',
      params: schema.idParams,
      body: schema.emailChange,
      output: schema.member,
      errors: 'problem',
      audit: 'member.change-email',
      recent: true,
      handle: (call, { params, body }) =>
        call.write(function* (record) {
          const found = yield* managed(call.actor, call.now, params.id, body.version)
          yield* refuseOwned(ports, found, 'edit')
          const { before, after } = yield* changeEmail(ports, call.now, found, body.email)
          yield* record({ target: memberTarget(after), before: before.email, after: after.email })
          return after
        }),
    }),
    route({
      id: 'members.change-role',
      method: 'PUT',
      path: '/api/v1/members/{id}/role',
      summary: 'Give a member another built-in role',
      description:
        'Never above the own rights, and never for somebody who holds more than the own rights.',
      auth,
      permission: 'roles.manage',
      params: schema.idParams,
      body: schema.roleChange,
      output: schema.member,
      errors: 'problem',
      audit: 'member.change-role',
      recent: true,
      handle: (call, { params, body }) =>
        call.write(function* (record) {
          const { before, after } = yield* changeRole(ports, call.actor, call.now, {
            id: params.id,
            ...body,
          })
          yield* record({ target: memberTarget(after), before: before.role, after: after.role })
          return after
        }),
    }),
    statusRoute(setting, 'suspend', 'suspended', 'Suspend a member: sessions end, keys sleep'),
    statusRoute(
      setting,
      'activate',
      'active',
      'Take back a suspension, or restore from the archive',
    ),
    statusRoute(setting, 'archive', 'archived', 'Archive a member: sessions and keys end'),
    route({
      id: 'members.offboarding',
      method: 'GET',
      path: '/api/v1/members/{id}/offboarding',
      summary: 'What a member holds, and what archiving or deleting would do with it',
      auth,
      permission: 'members.read',
      params: schema.idParams,
      output: schema.offboarding,
      errors: 'problem',
      audit: null,
      handle: (call, { params }) =>
        call.read(() => offboardingOf(ports, call.actor, call.now, params.id)),
    }),
    route({
      id: 'members.delete',
      method: 'DELETE',
      path: '/api/v1/members/{id}',
      summary: 'Delete a member for good',
      description: 'Archiving keeps the history readable and can be taken back; deleting cannot.',
      auth,
      permission: 'members.manage',
      params: schema.idParams,
      query: schema.memberRemoval,
      output: null,
      errors: 'problem',
      audit: 'member.delete',
      recent: true,
      handle: (call, { params, query }) =>
        call.write(function* (record) {
          const gone = yield* removeMember(ports, call.actor, call.now, { id: params.id, ...query })
          const { before, touches, endedSessions, endedClients, revokedKeys } = gone
          yield* record({
            target: memberTarget(before),
            before: auditedMember(before),
            after: { endedSessions, endedClients, revokedKeys },
            touches,
          })
          return undefined
        }),
    }),
  ]
}

const listRoute = route({
  id: 'members.list',
  method: 'GET',
  path: '/api/v1/members',
  summary: 'List members',
  description: 'Filtered and sorted. `format=csv` gives a file that the import takes back.',
  auth,
  permission: 'members.read',
  query: schema.membersQuery,
  output: schema.membersPage,
  errors: 'problem',
  audit: null,
  handle: (call, { query }) => membersAnswer(call, query, 'members'),
})

/** One page, or the whole filtered list as a download. Shared with the members of a group. */
export async function membersAnswer(
  call: Call<Permission>,
  query: schema.MembersQuery,
  name: string,
) {
  const { format } = query
  if (format === undefined) {
    const list = await call.read(() => listMembers(query))
    return { ...list, items: [...list.items] }
  }
  const { items } = await call.read(() => listMembers({ ...query, cursor: undefined, limit: null }))
  if (format === 'json') return jsonResponse(name, items)
  return csvResponse(
    name,
    ['email', 'name', 'role', 'groups', 'status', 'source', 'created', 'last seen', 'id'],
    items.map((m) => [
      m.email,
      m.name,
      m.role,
      m.groups.map((g) => g.name).join(';'),
      m.status,
      m.source,
      timeCell(m.createdAt),
      timeCell(m.lastSeenAt),
      m.id,
    ]),
  )
}

const getRoute = ({ ports }: Setting) =>
  route({
    id: 'members.get',
    method: 'GET',
    path: '/api/v1/members/{id}',
    summary: 'Everything about one member',
    auth,
    permission: 'members.read',
    params: schema.idParams,
    output: schema.memberPage,
    errors: 'problem',
    audit: null,
    handle: (call, { params }) => call.read(() => memberPage(ports, params.id, call.now)),
  })

function* memberPage(ports: Setting['ports'], id: string, now: number): Work<schema.MemberPage> {
  const member = found(yield* memberById(id), 'member')
  const groups = (yield* groupsOfMembers([id])).get(id) ?? []
  const off = yield* turnedOff()
  return {
    ...member,
    keptBy: yield* keptBy(ports, 'member', member),
    groups: [...groups],
    permissions: explainPermissions(member, yield* countingGrants(id, now)).map(
      ({ key, because }) => ({
        key,
        sentence: permissions[key],
        because: [...because],
        off: off.get(key) ?? null,
      }),
    ),
    keys: [...(yield* withMakers(yield* keysMadeBy(id), now))],
  }
}

function statusRoute(
  { ports }: Setting,
  verb: 'suspend' | 'activate' | 'archive',
  status: StatusChange['status'],
  summary: string,
): Route {
  return route({
    id: `members.${verb}`,
    method: 'POST',
    path: `/api/v1/members/{id}/${verb}`,
    summary,
    auth,
    permission: 'members.manage',
    params: schema.idParams,
    body: schema.statusChange,
    output: schema.member,
    errors: 'problem',
    audit: `member.${verb}`,
    recent: verb === 'archive',
    handle: (call, { params, body }) =>
      call.write(function* (record) {
        const changed = yield* changeStatus(ports, call.actor, call.now, {
          id: params.id,
          status,
          ...body,
        })
        const { before, after, touches, endedSessions, endedClients, revokedKeys } = changed
        yield* record({
          target: memberTarget(after),
          before: before.status,
          after: { status: after.status, endedSessions, endedClients, revokedKeys },
          touches,
        })
        return after
      }),
  })
}
