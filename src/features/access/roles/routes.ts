import { permissionKeys, permissions, route, type Permission } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { pageOf, decodeCursor } from '#kernel/page.ts'
import { found } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { idParams, roleKeys } from '../schema.ts'
import type { Setting } from '../setting.ts'
import { countByRole } from '../store.members.ts'
import { roles } from './builtin.ts'
import { compareRoles } from './compare.ts'
import { differenceOf } from './difference.ts'
import { presets } from './presets.ts'
import {
  auditedRole,
  chooseDefault,
  createRole,
  putVersionBack,
  redefineRole,
  removeRole,
  roleTarget,
  usesOfRole,
  type Redefined,
} from './roles.ts'
import * as schema from './schema.ts'
import { defaultGrant } from './store.grants.ts'
import { holderCounts } from './store.holders.ts'
import { listRoles, roleById, versionsOf, type RoleRecord } from './store.ts'

const auth = ['session', 'key'] as const
const reads = { auth, permission: 'members.read', errors: 'problem', audit: null } as const
const manages = { auth, permission: 'roles.manage', errors: 'problem' } as const

export function roleRoutes(setting: Setting): readonly Route[] {
  return [
    catalogueRoute,
    compareRoute,
    listRoute,
    createRoute(setting),
    getRoute,
    changeRoute(setting),
    versionsRoute,
    putBackRoute(setting),
    removeRoute,
    defaultRoute(setting),
  ]
}

export const sentences = (keys: Iterable<Permission>) => {
  const held = new Set(keys)
  return permissionKeys
    .filter((key) => held.has(key))
    .map((key) => ({ key, sentence: permissions[key] }))
}

const catalogueRoute = route({
  ...reads,
  id: 'roles.catalogue',
  method: 'GET',
  path: '/api/v1/roles/catalogue',
  summary: 'The built-in roles, every permission there is, and what a role can be started from',
  output: schema.roleCatalogue,
  handle: async (call) => {
    const counts = await call.read(() => countByRole())
    return {
      items: roleKeys.map((key) => ({
        key,
        name: roles[key].name,
        sentence: roles[key].sentence,
        permissions: sentences(roles[key].permissions),
        members: counts.get(key) ?? 0,
      })),
      permissions: sentences(permissionKeys),
      presets: presets.map((preset) => ({ ...preset, permissions: [...preset.permissions] })),
    }
  },
})

const compareRoute = route({
  ...reads,
  id: 'roles.compare',
  method: 'GET',
  path: '/api/v1/roles/compare',
  summary: 'Two roles, or two versions of one, side by side',
  query: schema.comparisonQuery,
  output: schema.comparison,
  handle: (call, { query }) => call.read(() => compareRoles(query.left, query.right)),
})

const listRoute = route({
  ...reads,
  id: 'roles.list',
  method: 'GET',
  path: '/api/v1/roles',
  summary: 'List custom roles',
  query: schema.customRolesQuery,
  output: schema.customRolesPage,
  handle: async (call, { query }) => {
    if (query.format === undefined) return call.read(() => shownRoles(query, call.now))
    const whole = { ...query, cursor: undefined, limit: null }
    const { items } = await call.read(() => shownRoles(whole, call.now))
    if (query.format === 'json') return jsonResponse('roles', items)
    return csvResponse(
      'roles',
      ['name', 'description', 'permissions', 'default', 'groups', 'members', 'changed', 'id'],
      items.map((role) => [
        role.name,
        role.description,
        role.permissions.join(';'),
        role.isDefault ? 'yes' : '',
        role.groups,
        role.members,
        timeCell(role.updatedAt),
        role.id,
      ]),
    )
  },
})

function* shownRoles(
  filter: Parameters<typeof listRoles>[0],
  now: number,
): Work<{ items: schema.CustomRole[]; next: string | null; total: number }> {
  const { items, next, total } = yield* listRoles(filter)
  const shown: schema.CustomRole[] = []
  const counts = yield* holderCounts(now)
  const fallback = yield* defaultGrant()
  for (const role of items) shown.push(asShown(role, counts.get(role.id), fallback?.from.id))
  return { items: shown, next, total }
}

const asShown = (
  { permissions: held, createdAt, updatedAt, ...role }: RoleRecord,
  counts: { readonly groups: number; readonly members: number } | undefined,
  defaultId: string | undefined,
): schema.CustomRole => ({
  ...role,
  permissions: [...held],
  isDefault: role.id === defaultId,
  groups: counts?.groups ?? 0,
  members: counts?.members ?? 0,
  createdAt: shownTime(createdAt),
  updatedAt: shownTime(updatedAt),
})

/** What came with Gatehouse was made at no time. */
const shownTime = (at: number): number | null => (at === 0 ? null : at)

function* shownRole(role: RoleRecord, now: number): Work<schema.CustomRole> {
  const counts = yield* holderCounts(now)
  return asShown(role, counts.get(role.id), (yield* defaultGrant())?.from.id)
}

const createRoute = ({ runtime }: Setting) =>
  route({
    ...manages,
    id: 'roles.create',
    method: 'POST',
    path: '/api/v1/roles',
    summary: 'Make a role, never above the own rights',
    description: 'Nobody has it until it is given to a group or a member.',
    body: schema.newRole,
    output: schema.customRole,
    status: 201,
    audit: 'role.create',
    handle: (call, { body }) =>
      call.write(function* (record) {
        const from = body.copyOf === undefined ? undefined : yield* roleById(body.copyOf)
        const made = yield* createRole(runtime.ids, call.actor, call.now, body)
        const copyOf = from ? { copyOf: { id: from.id, name: from.name } } : {}
        yield* record({ target: roleTarget(made), after: { ...auditedRole(made), ...copyOf } })
        return yield* shownRole(made, call.now)
      }),
  })

const getRoute = route({
  ...reads,
  id: 'roles.get',
  method: 'GET',
  path: '/api/v1/roles/{id}',
  summary: 'One role, and what keeps it from being deleted',
  params: idParams,
  output: schema.rolePage,
  handle: (call, { params }) =>
    call.read(function* () {
      const role = found(yield* roleById(params.id), 'role')
      const usedBy = [...(yield* usesOfRole(role.id, call.now))]
      return { ...(yield* shownRole(role, call.now)), usedBy }
    }),
})

const changeRoute = ({ ports }: Setting) =>
  route({
    ...manages,
    id: 'roles.change',
    method: 'PATCH',
    path: '/api/v1/roles/{id}',
    summary: 'Make a new version of a role, for everybody who has it at once',
    description:
      'A change of who may use Codex is a change set: look at it first (`role_change`) and send its hash along.',
    params: idParams,
    body: schema.roleChange,
    output: schema.customRole,
    audit: 'role.change',
    recent: true,
    handle: (call, { params, body }) =>
      call.write(function* (record) {
        const done = yield* redefineRole(ports, call.actor, call.now, { id: params.id, ...body })
        yield* record(audited(done))
        return yield* shownRole(done.after, call.now)
      }),
  })

const audited = ({ before, after, touches }: Redefined) => ({
  target: roleTarget(after),
  before: auditedRole(before),
  after: { ...auditedRole(after), version: after.version },
  touches,
})

const versionsRoute = route({
  ...reads,
  id: 'roles.versions',
  method: 'GET',
  path: '/api/v1/roles/{id}/versions',
  summary: 'The versions of a role, newest first, each with what it changed',
  params: idParams,
  query: schema.versionsQuery,
  output: schema.roleVersionsPage,
  handle: (call, { params, query }) =>
    call.read(function* () {
      const role = found(yield* roleById(params.id), 'role')
      const from = query.cursor === undefined ? undefined : Number(decodeCursor(query.cursor)[0])
      // One more: the version before the last one that is shown is what that one is compared with.
      const rows = yield* versionsOf(role.id, query.limit + 1, from)
      const { items, next } = pageOf(rows, query.limit, (row) => [row.version])
      return {
        items: items.map(({ permissions: held, madeAt, ...version }, i) => ({
          ...version,
          permissions: [...held],
          madeAt: shownTime(madeAt),
          ...differenceOf(rows[i + 1]?.permissions ?? [], held),
        })),
        next,
        total: role.version,
      }
    }),
})

const putBackRoute = ({ ports }: Setting) =>
  route({
    ...manages,
    id: 'roles.put-back',
    method: 'POST',
    path: '/api/v1/roles/{id}/put-back',
    summary: 'Make what a version said the newest version',
    params: idParams,
    body: schema.putBack,
    output: schema.customRole,
    audit: 'role.put-back',
    recent: true,
    handle: (call, { params, body }) =>
      call.write(function* (record) {
        const done = yield* putVersionBack(ports, call.actor, call.now, { id: params.id, ...body })
        const entry = audited(done)
        yield* record({ ...entry, after: { ...entry.after, putBack: body.to } })
        return yield* shownRole(done.after, call.now)
      }),
  })

const removeRoute = route({
  ...manages,
  id: 'roles.delete',
  method: 'DELETE',
  path: '/api/v1/roles/{id}',
  summary: 'Delete a role that nobody has',
  params: idParams,
  query: schema.roleRemoval,
  output: null,
  audit: 'role.delete',
  handle: (call, { params, query }) =>
    call.write(function* (record) {
      const gone = yield* removeRole(call.actor, call.now, { id: params.id, ...query })
      yield* record({ target: roleTarget(gone), before: auditedRole(gone) })
      return undefined
    }),
})

const defaultRoute = ({ ports }: Setting) =>
  route({
    ...manages,
    id: 'roles.choose-default',
    method: 'PUT',
    path: '/api/v1/roles/default',
    summary: 'Choose the role of everybody who was given none',
    description: 'Look at the change set (`default_role`) first and send its hash along.',
    body: schema.defaultChoice,
    output: schema.defaultResult,
    audit: 'role.choose-default',
    recent: true,
    handle: (call, { body }) =>
      call.write(function* (record) {
        const { before, after, touches } = yield* chooseDefault(ports, call.actor, call.now, body)
        const name = (role: RoleRecord | null) => role?.name ?? null
        yield* record({
          target: roleTarget(after ?? { id: 'none', name: 'No default role' }),
          before: name(before),
          after: name(after),
          touches,
        })
        return { roleId: after?.id ?? null, touches }
      }),
  })
