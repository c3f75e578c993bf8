import { bump, type Permission } from '#features/workspace/index.ts'
import type { Ids } from '#kernel/ids.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { nameKey } from '../identity.ts'
import { demand } from '../may.ts'
import type { Acting, Changed } from '../members.ts'
import type { AccessPorts } from '../ports.ts'
import type { UsedBy } from '../schema.ts'
import { defaultGrant } from './store.grants.ts'
import { listHolders } from './store.holders.ts'
import {
  deleteRole,
  insertRole,
  insertVersion,
  roleById,
  roleByName,
  setDefaultRole,
  updateRole,
  versionOf,
  type RoleRecord,
} from './store.ts'

type Ports = Pick<AccessPorts, 'changeSets'>

export function* createRole(
  ids: Ids,
  actor: Acting,
  now: number,
  given: {
    readonly name: string
    readonly description: string
    readonly permissions: readonly Permission[]
  },
): Work<RoleRecord> {
  demand(actor, { kind: 'make_role', permissions: given.permissions })
  yield* refuseTaken(given.name)
  const role: RoleRecord = {
    id: ids('rol'),
    name: given.name.trim(),
    description: given.description.trim(),
    permissions: given.permissions,
    createdAt: now,
    createdBy: actor.label,
    updatedAt: now,
    version: 1,
  }
  yield* insertRole(role)
  yield* insertVersion(role, actor.label)
  yield* bump('roles')
  return role
}

export interface Redefinition {
  readonly id: string
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly permissions?: readonly Permission[] | undefined
  /** The version that was looked at. */
  readonly version: number
  readonly changeSet?: string | undefined
}

export interface Redefined extends Changed<RoleRecord> {
  readonly touches: number
}

/** Makes a new version of a role, for everybody who holds it at once. */
export function* redefineRole(
  ports: Ports,
  actor: Acting,
  now: number,
  given: Redefinition,
): Work<Redefined> {
  const before = yield* seen(given.id, given.version)
  const after: RoleRecord = {
    ...before,
    name: given.name?.trim() ?? before.name,
    description: given.description?.trim() ?? before.description,
    permissions: given.permissions ?? before.permissions,
    updatedAt: now,
    version: before.version + 1,
  }
  demand(actor, {
    kind: 'change_role_definition',
    before: before.permissions,
    after: after.permissions,
  })
  if (nameKey(after.name) !== nameKey(before.name)) yield* refuseTaken(after.name)
  const { id: roleId, permissions } = after
  const { touches } = yield* ports.changeSets.touch(
    { kind: 'role_change', roleId, permissions },
    given.changeSet,
    { actor, now },
  )
  if (!(yield* updateRole(after, before.version)))
    throw editedMeanwhile(found(yield* roleById(roleId), 'role'))
  yield* insertVersion(after, actor.label)
  yield* bump('roles')
  return { before, after, touches }
}

/** What a version said becomes the newest version. */
export function* putVersionBack(
  ports: Ports,
  actor: Acting,
  now: number,
  given: {
    readonly id: string
    readonly to: number
    readonly version: number
    readonly changeSet?: string | undefined
  },
): Work<Redefined> {
  const { name, description, permissions } = found(
    yield* versionOf(given.id, given.to),
    'version of the role',
  )
  return yield* redefineRole(ports, actor, now, { ...given, name, description, permissions })
}

/** Refused with `in_use` and the list of who has it, while anybody has. */
export function* removeRole(
  actor: Acting,
  now: number,
  given: { readonly id: string; readonly version: number },
): Work<RoleRecord> {
  const role = yield* seen(given.id, given.version)
  demand(actor, { kind: 'delete_role', permissions: role.permissions })
  const usedBy = yield* usesOfRole(role.id, now)
  if (usedBy.length > 0)
    throw new Problem(
      'in_use',
      `${role.name} is used: ${usedBy
        .slice(0, 5)
        .map((use) => use.label)
        .join(', ')}.`,
      { remedy: 'Take it away there first.', data: { usedBy } },
    )
  yield* deleteRole(role.id)
  yield* bump('roles')
  return role
}

/** What keeps a role from being deleted: the first hundred who have it, and its being the default. */
export function* usesOfRole(id: string, now: number): Work<readonly UsedBy[]> {
  const { items } = yield* listHolders(id, now, { limit: 100 })
  const isDefault = (yield* defaultGrant())?.from.id === id
  return [
    ...(isDefault
      ? [{ kind: 'default_role', id, label: 'It is the default role', link: '/roles' }]
      : []),
    ...items.map((item) => ({
      kind: item.holder_kind,
      id: item.holder_id,
      label: item.name,
      link: `/${item.holder_kind}s/${item.holder_id}`,
    })),
  ]
}

/** The role of everybody who was given none; null: they have nothing beside their built-in role. */
export function* chooseDefault(
  ports: Ports,
  actor: Acting,
  now: number,
  given: { readonly roleId: string | null; readonly changeSet?: string | undefined },
): Work<Changed<RoleRecord | null> & { readonly touches: number }> {
  const fallback = yield* defaultGrant()
  const before = fallback ? ((yield* roleById(fallback.from.id)) ?? null) : null
  const after = given.roleId === null ? null : found(yield* roleById(given.roleId), 'role')
  demand(actor, {
    kind: 'set_default_role',
    before: before?.permissions ?? [],
    after: after?.permissions ?? [],
  })
  const { touches } = yield* ports.changeSets.touch(
    { kind: 'default_role', roleId: given.roleId },
    given.changeSet,
    { actor, now },
  )
  yield* setDefaultRole(given.roleId)
  yield* bump('roles')
  return { before, after, touches }
}

function* seen(id: string, version: number): Work<RoleRecord> {
  const role = found(yield* roleById(id), 'role')
  if (role.version !== version) throw editedMeanwhile(role)
  return role
}

function* refuseTaken(name: string): Work<void> {
  const taken = yield* roleByName(name)
  if (taken)
    throw new Problem('already_exists', `There is a role ${taken.name} already.`, {
      remedy: 'Choose another name.',
      errors: [{ field: 'name', message: 'A role with this name exists.' }],
      data: { roleId: taken.id },
    })
}

function editedMeanwhile(current: RoleRecord): Problem {
  return new Problem('edited_meanwhile', `${current.name} was changed by somebody else.`, {
    remedy: 'Look at the present state, then decide again.',
    data: { current },
  })
}

/** What an audit record keeps of a role. */
export const auditedRole = ({ name, description, permissions }: RoleRecord) => ({
  name,
  description,
  permissions,
})
export const roleTarget = ({ id, name }: Pick<RoleRecord, 'id' | 'name'>) => ({
  kind: 'role',
  id,
  label: name,
})
