import type { Permission } from '#features/workspace/index.ts'
import { Problem } from '#kernel/problem.ts'
import { roles } from './roles/builtin.ts'
import { administrationOf } from './roles/held.ts'
import type { RoleKey } from './schema.ts'

/**
 * The invariant of this feature: no act raises anyone above the one who acts. Every act that could give rights goes
 * through `mayAct`, which compares sets of permissions and never names of roles, so that custom roles fit in as they are.
 */
export type Act =
  /** Somebody new gets an account, with this role; `grants` is what the default role makes her an administrator of. */
  | { readonly kind: 'add_member'; readonly role: RoleKey; readonly grants: Iterable<Permission> }
  /** `holds` is what the target may do as soon as the account is active (`potentialRightsOf`). */
  | {
      readonly kind: 'change_role'
      readonly holds: ReadonlySet<Permission>
      readonly role: RoleKey
    }
  /** Whatever decides about an account or opens it: rename, address, suspend, archive, delete, a password link. */
  | { readonly kind: 'manage_member'; readonly holds: ReadonlySet<Permission> }
  /** `grants` is what being in the group gives. */
  | { readonly kind: 'join_group'; readonly grants: Iterable<Permission> }
  /** `grants` is what being in the group gave; `fallback` is the default role, which may come instead. */
  | {
      readonly kind: 'leave_group'
      readonly grants: Iterable<Permission>
      readonly fallback: Iterable<Permission>
    }
  /** Whoever a provider or a directory says is in the group, from now on and without anybody acting. */
  | { readonly kind: 'map_claim'; readonly grants: Iterable<Permission> }
  | { readonly kind: 'open_directory'; readonly grants: Iterable<Permission> }
  | { readonly kind: 'make_key'; readonly scopes: Iterable<Permission> }
  | { readonly kind: 'revoke_key' }
  /** A role that nobody has yet is somebody's with the next act, so it is held to the same. */
  | { readonly kind: 'make_role'; readonly permissions: Iterable<Permission> }
  /** A new version, for all who have the role at once. */
  | {
      readonly kind: 'change_role_definition'
      readonly before: Iterable<Permission>
      readonly after: Iterable<Permission>
    }
  | { readonly kind: 'delete_role'; readonly permissions: Iterable<Permission> }
  /** `asked`: it answers a request for access, which is decided by those who may decide requests. */
  | {
      readonly kind: 'give_role'
      readonly permissions: Iterable<Permission>
      readonly asked?: boolean
    }
  | {
      readonly kind: 'take_role'
      readonly permissions: Iterable<Permission>
      readonly fallback: Iterable<Permission>
    }
  /** For everybody who was given no role. */
  | {
      readonly kind: 'set_default_role'
      readonly before: Iterable<Permission>
      readonly after: Iterable<Permission>
    }

interface Acting {
  readonly permissions: ReadonlySet<Permission>
}

export interface Refusal {
  /** A right that the act itself needs, or rights that it would give or command and the actor does not hold. */
  readonly reason: 'needs' | 'gives' | 'commands'
  readonly lacks: readonly Permission[]
}

/** Undefined: the act is allowed. */
export function mayAct(actor: Acting, act: Act): Refusal | undefined {
  const held = actor.permissions
  return (
    refuse('needs', held, needs(act)) ??
    refuse('commands', held, commands(act)) ??
    refuse('gives', held, gives(act))
  )
}

/** Throws `forbidden` or `exceeds_own_rights`, saying which permissions are missing. */
export function demand(actor: Acting, act: Act): void {
  const refusal = mayAct(actor, act)
  if (refusal) throw refusalProblem(refusal)
}

export function refusalProblem(refusal: Refusal): Problem {
  const lacks = refusal.lacks.join(', ')
  const data = { lacks: refusal.lacks }
  if (refusal.reason === 'needs')
    return new Problem('forbidden', `This needs the permission ${lacks}.`, {
      remedy: 'Ask an owner of the workspace for a role that holds it.',
      data,
    })
  const detail =
    refusal.reason === 'gives'
      ? `This would give ${lacks}, which you do not hold yourself.`
      : `This account holds ${lacks}, which you do not hold yourself.`
  return new Problem('exceeds_own_rights', detail, {
    remedy: 'Ask somebody who holds these permissions to do it.',
    data,
  })
}

function refuse(
  reason: Refusal['reason'],
  held: ReadonlySet<Permission>,
  wanted: Iterable<Permission>,
): Refusal | undefined {
  const lacks = [...new Set(wanted)].filter((p) => !held.has(p))
  return lacks.length === 0 ? undefined : { reason, lacks }
}

function needs(act: Act): readonly Permission[] {
  switch (act.kind) {
    case 'add_member':
      return act.role === 'member' ? ['members.manage'] : ['members.manage', 'roles.manage']
    case 'change_role':
    case 'make_role':
    case 'change_role_definition':
    case 'delete_role':
    case 'take_role':
    case 'set_default_role':
      return ['roles.manage']
    case 'give_role':
      return [act.asked === true ? 'requests.decide' : 'roles.manage']
    case 'manage_member':
    case 'join_group':
    case 'leave_group':
      return ['members.manage']
    case 'map_claim':
      return ['signin.manage']
    case 'open_directory':
      return ['directories.manage']
    case 'make_key':
    case 'revoke_key':
      return ['keys.manage']
  }
}

/**
 * What the one who is acted upon may do: nobody decides about an account that is stronger than the own one. Using Codex makes
 * none stronger, or a help desk without Codex could do nothing for those who have it.
 */
function commands(act: Act): Iterable<Permission> {
  switch (act.kind) {
    case 'change_role':
    case 'manage_member':
      return administrationOf(act.holds)
    case 'change_role_definition':
    case 'set_default_role':
      return administrationOf(act.before)
    case 'delete_role':
    case 'take_role':
      return administrationOf(act.permissions)
    case 'leave_group':
      return administrationOf(act.grants)
    default:
      return []
  }
}

/** What somebody holds by the act who may not have held it before. */
function gives(act: Act): Iterable<Permission> {
  switch (act.kind) {
    case 'add_member':
      return [...roles[act.role].permissions, ...act.grants]
    case 'change_role':
      return roles[act.role].permissions
    case 'join_group':
    case 'map_claim':
    case 'open_directory':
      return act.grants
    case 'make_key':
      return act.scopes
    case 'make_role':
    case 'give_role':
      return act.permissions
    case 'change_role_definition':
    case 'set_default_role':
      return act.after
    // Whoever has no role left has the default one, whose use of Codex everybody gets who comes.
    case 'leave_group':
    case 'take_role':
      return administrationOf(act.fallback)
    case 'manage_member':
    case 'revoke_key':
    case 'delete_role':
      return []
  }
}
