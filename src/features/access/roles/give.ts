import { bump } from '#features/workspace/index.ts'
import type { Ids } from '#kernel/ids.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { demand } from '../may.ts'
import type { Acting } from '../members.ts'
import type { AccessPorts } from '../ports.ts'
import { groupById } from '../store.groups.ts'
import { memberById } from '../store.members.ts'
import type { HolderRef } from './schema.ts'
import { defaultGrant } from './store.grants.ts'
import { deleteGrant, grantOf, insertGrant } from './store.holders.ts'
import { roleById, type RoleRecord } from './store.ts'

type Ports = Pick<AccessPorts, 'changeSets'>

export interface Gift {
  readonly roleId: string
  readonly holder: HolderRef
  /** Until when (ms); null: for good. */
  readonly endsAt: number | null
  readonly reason: string
  /** The request that it answers: then whoever decides requests may give it, and nobody loses a longer time by it. */
  readonly requestId?: string | undefined
  readonly changeSet?: string | undefined
}

export interface Given {
  readonly role: RoleRecord
  readonly holder: { readonly id: string; readonly label: string; readonly kind: HolderRef['kind'] }
  /** When it would have ended before; undefined: the holder did not have the role. */
  readonly before: number | null | undefined
  readonly endsAt: number | null
  readonly touches: number
}

/** Gives a role to a group or a member, as one change set. Given again, it ends when the newer gift says. */
export function* giveRole(
  ids: Ids,
  ports: Ports,
  actor: Acting,
  now: number,
  gift: Gift,
): Work<Given> {
  const { roleId, requestId = null } = gift
  const role = found(yield* roleById(roleId), 'role')
  const holder = yield* named(gift.holder)
  const asked = requestId !== null
  demand(actor, { kind: 'give_role', permissions: role.permissions, asked })
  if (gift.endsAt !== null && gift.endsAt <= now)
    throw new Problem('invalid_input', 'It would have ended already.', {
      errors: [{ field: 'lasts', message: 'Choose a time in the future.' }],
    })
  const held = yield* grantOf(roleId, gift.holder)
  const before = held && (held.ends_at === null || held.ends_at > now) ? held.ends_at : undefined
  const endsAt = asked && before !== undefined ? longer(before, gift.endsAt) : gift.endsAt
  const { touches } = yield* ports.changeSets.touch(
    {
      kind: 'role_grant',
      roleId,
      holder: gift.holder,
      given: true,
      ...(endsAt === null ? {} : { lasts: endsAt - now }),
    },
    gift.changeSet,
    { actor, now },
  )
  if (held) yield* deleteGrant(held.id)
  yield* insertGrant({
    id: ids('rgr'),
    role_id: roleId,
    holder_kind: holder.kind,
    holder_id: holder.id,
    ends_at: endsAt,
    reason: gift.reason.trim(),
    created_at: now,
    created_by: actor.label,
    request_id: requestId,
  })
  yield* bump('roles')
  return { role, holder, before, endsAt, touches }
}

const longer = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : Math.max(a, b)

/** Takes a role from whoever it was given to; whoever holds it by another way keeps it. */
export function* takeRole(
  ports: Ports,
  actor: Acting,
  now: number,
  given: {
    readonly roleId: string
    readonly holder: HolderRef
    readonly changeSet?: string | undefined
  },
): Work<Given> {
  const role = found(yield* roleById(given.roleId), 'role')
  const held = found(yield* grantOf(role.id, given.holder), 'holder of the role')
  const holder = yield* named(given.holder)
  demand(actor, {
    kind: 'take_role',
    permissions: role.permissions,
    fallback: (yield* defaultGrant())?.permissions ?? [],
  })
  const { touches } = yield* ports.changeSets.touch(
    { kind: 'role_grant', roleId: role.id, holder: given.holder, given: false },
    given.changeSet,
    { actor, now },
  )
  yield* deleteGrant(held.id)
  yield* bump('roles')
  return { role, holder, before: held.ends_at, endsAt: now, touches }
}

function* named({ kind, id }: HolderRef): Work<Given['holder']> {
  if (kind === 'group') return { kind, id, label: found(yield* groupById(id), 'group').name }
  return { kind, id, label: found(yield* memberById(id), 'member').email }
}
