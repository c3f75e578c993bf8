import type { Permission } from '#features/workspace/index.ts'
import { Problem } from '#kernel/problem.ts'
import { roles } from './roles.ts'
import type { RoleKey } from './schema.ts'

/**
 * The invariant of this feature: no act raises anyone above the one who acts. Every act that could give rights goes
 * through `mayAct`, which compares sets of permissions and never names of roles, so that custom roles fit in as they are.
 */
export type Act =
  /** Somebody new gets an account, with this role. */
  | { readonly kind: 'add_member'; readonly role: RoleKey }
  /** `holds` is what the target may do as soon as the account is active (`potentialOf`). */
  | {
      readonly kind: 'change_role'
      readonly holds: ReadonlySet<Permission>
      readonly role: RoleKey
    }
  /** Whatever decides about an account or opens it: rename, address, suspend, archive, delete, a password link. */
  | { readonly kind: 'manage_member'; readonly holds: ReadonlySet<Permission> }
  /** `grants` is what being in the group gives. */
  | { readonly kind: 'join_group'; readonly grants: Iterable<Permission> }
  | { readonly kind: 'make_key'; readonly scopes: Iterable<Permission> }
  | { readonly kind: 'revoke_key' }

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
      return ['roles.manage']
    case 'manage_member':
    case 'join_group':
      return ['members.manage']
    case 'make_key':
    case 'revoke_key':
      return ['keys.manage']
  }
}

/** What the one who is acted upon may do: nobody decides about an account that is stronger than the own one. */
function commands(act: Act): Iterable<Permission> {
  return act.kind === 'change_role' || act.kind === 'manage_member' ? act.holds : []
}

function gives(act: Act): Iterable<Permission> {
  switch (act.kind) {
    case 'add_member':
    case 'change_role':
      return roles[act.role].permissions
    case 'join_group':
      return act.grants
    case 'make_key':
      return act.scopes
    case 'manage_member':
    case 'revoke_key':
      return []
  }
}
