import { Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import type { AccessPorts } from './ports.ts'
import type { Member } from './schema.ts'
import { activeOwners } from './store.members.ts'

/** An owner without a way in (imported, added by hand) keeps nobody from being locked out, so both are counted. */
export interface Owners {
  readonly active: number
  readonly whoCanSignIn: number
}

type Ports = Pick<AccessPorts, 'canSignIn'>

export function* countOwners(ports: Ports): Work<Owners> {
  const ids = yield* activeOwners()
  return { active: ids.length, whoCanSignIn: (yield* ports.canSignIn(ids)).size }
}

const isActiveOwner = (m: Pick<Member, 'role' | 'status'> | undefined): boolean =>
  m?.role === 'owner' && m.status === 'active'

/** Whether nobody could act as an owner any more without her: she is the only one, or the only one who can sign in. */
export function* isLastOwner(ports: Ports, member: Member): Work<boolean> {
  if (!isActiveOwner(member)) return false
  const ids = yield* activeOwners()
  const able = yield* ports.canSignIn(ids)
  return ids.length === 1 || (able.size === 1 && able.has(member.id))
}

/**
 * Refuses what would take the last owner away; called before the change. Both engines run transactions serializably: of two
 * owners who remove each other at the same moment, the second sees the first one's change, or is run again and sees it.
 */
export function* keepAnOwner(
  ports: Ports & Pick<AccessPorts, 'keepBreakGlass'>,
  before: Member,
  after: Member | undefined,
): Work<void> {
  if (isActiveOwner(after)) return
  if (yield* isLastOwner(ports, before)) throw lastOwner()
  if (isActiveOwner(before)) yield* ports.keepBreakGlass(before.id)
}

/** The same for an act on many: what was there before it, and what is left. */
export function refuseOwnerless(before: Owners, after: Owners): void {
  if (
    (before.active > 0 && after.active === 0) ||
    (before.whoCanSignIn > 0 && after.whoCanSignIn === 0)
  )
    throw lastOwner()
}

function lastOwner(): Problem {
  return new Problem('last_owner', 'This is the last owner who can sign in.', {
    remedy: 'Make somebody else an owner first, and let her choose a password.',
  })
}
