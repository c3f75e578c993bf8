import { route } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { found } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { idParams } from '../schema.ts'
import type { Setting } from '../setting.ts'
import { giveRole, takeRole, type Given } from './give.ts'
import { roleTarget } from './roles.ts'
import * as schema from './schema.ts'
import { listHolders, type HoldersFilter } from './store.holders.ts'
import { roleById } from './store.ts'

const auth = ['session', 'key'] as const
const manages = { auth, permission: 'roles.manage', errors: 'problem' } as const

export function holderRoutes({ runtime, ports }: Setting): readonly Route[] {
  return [
    listRoute,
    route({
      ...manages,
      id: 'roles.give',
      method: 'POST',
      path: '/api/v1/roles/{id}/holders',
      summary: 'Give a role to a group or a member, for a time or for good',
      description:
        'Never a role above the own rights. Given again, it ends when this says. Look at the change set (`role_grant`) first.',
      params: idParams,
      body: schema.gift,
      output: schema.givenResult,
      audit: 'role.give',
      recent: true,
      handle: (call, { params, body }) =>
        call.write(function* (record) {
          const { holder, lasts, reason, changeSet } = body
          const given = yield* giveRole(runtime.ids, ports, call.actor, call.now, {
            roleId: params.id,
            holder,
            endsAt: lasts === null ? null : call.now + lasts,
            reason,
            changeSet,
          })
          const before = given.before === undefined ? null : { endsAt: timeCell(given.before) }
          yield* record({
            target: roleTarget(given.role),
            before: before && { holder: labelOf(given), ...before },
            after: { holder: labelOf(given), endsAt: timeCell(given.endsAt), reason },
            touches: given.touches,
          })
          return { holder, endsAt: given.endsAt, touches: given.touches }
        }),
    }),
    route({
      ...manages,
      id: 'roles.take',
      method: 'POST',
      path: '/api/v1/roles/{id}/holders/take',
      summary: 'Take a role from a group or a member',
      params: idParams,
      body: schema.taking,
      output: schema.takenResult,
      audit: 'role.take',
      handle: (call, { params, body }) =>
        call.write(function* (record) {
          const taken = yield* takeRole(ports, call.actor, call.now, { roleId: params.id, ...body })
          yield* record({
            target: roleTarget(taken.role),
            before: { holder: labelOf(taken) },
            touches: taken.touches,
          })
          return { touches: taken.touches }
        }),
    }),
  ]
}

const labelOf = ({ holder: { kind, id, label } }: Given) => ({ kind, id, label })

const listRoute = route({
  auth,
  permission: 'members.read',
  errors: 'problem',
  audit: null,
  id: 'roles.holders',
  method: 'GET',
  path: '/api/v1/roles/{id}/holders',
  summary: 'Who has a role: groups and members that it is given to',
  params: idParams,
  query: schema.holdersQuery,
  output: schema.holdersPage,
  handle: async (call, { params, query }) => {
    const role = found(await call.read(() => roleById(params.id)), 'role')
    if (query.format === undefined) return call.read(() => shownHolders(role.id, call.now, query))
    const whole = { ...query, cursor: undefined, limit: null }
    const { items } = await call.read(() => shownHolders(role.id, call.now, whole))
    const name = `holders-of-${role.name}`
    if (query.format === 'json') return jsonResponse(name, items)
    return csvResponse(
      name,
      ['kind', 'name', 'members', 'ends', 'reason', 'given', 'given by', 'id'],
      items.map((item) => [
        item.kind,
        item.name,
        item.members,
        timeCell(item.endsAt),
        item.reason,
        timeCell(item.givenAt),
        item.givenBy,
        item.id,
      ]),
    )
  },
})

function* shownHolders(
  roleId: string,
  now: number,
  filter: HoldersFilter,
): Work<{ items: schema.RoleHolder[]; next: string | null; total: number }> {
  const { items, next, total } = yield* listHolders(roleId, now, filter)
  return {
    items: items.map((row) => ({
      grantId: row.id,
      kind: row.holder_kind,
      id: row.holder_id,
      name: row.name,
      members: row.members,
      endsAt: row.ends_at,
      reason: row.reason,
      givenAt: row.created_at,
      givenBy: row.created_by,
      requestId: row.request_id,
    })),
    next,
    total,
  }
}
