import { Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import type { AccessPorts } from './ports.ts'
import type { Group, Member } from './schema.ts'

type Ports = Pick<AccessPorts, 'keeperOf'>

/**
 * One authoritative source each: what a directory provisions is changed there. It throws `managed_elsewhere` with the name of the
 * directory. Suspending by hand is left to the admins, since they may be the first to see an attack; so is taking that back.
 */
export function* refuseOwned(
  { keeperOf }: Ports,
  member: Pick<Member, 'id' | 'email' | 'source'>,
  act: 'edit' | 'activate' | 'suspend',
): Work<void> {
  if (member.source === 'manual' || act === 'suspend') return
  const keeper = yield* keeperOf?.('member', member.id) ?? nobody()
  if (!keeper || (act === 'activate' && keeper.active)) return
  throw managedElsewhere(member.email, keeper.name)
}

export function* refuseOwnedGroup(
  { keeperOf }: Ports,
  group: Pick<Group, 'id' | 'name' | 'source'>,
): Work<void> {
  if (group.source === 'manual') return
  const keeper = yield* keeperOf?.('group', group.id) ?? nobody()
  if (keeper) throw managedElsewhere(`The group ${group.name}`, keeper.name)
}

/** For its page: the directory that keeps it; null: nobody but the admins. */
export function* keptBy(
  { keeperOf }: Ports,
  kind: 'member' | 'group',
  { id, source }: Pick<Member, 'id' | 'source'>,
): Work<{ readonly id: string; readonly name: string } | null> {
  if (source === 'manual') return null
  const keeper = yield* keeperOf?.(kind, id) ?? nobody()
  return keeper ? { id: keeper.id, name: keeper.name } : null
}

const managedElsewhere = (what: string, directory: string): Problem =>
  new Problem('managed_elsewhere', `${what} is kept by the directory ${directory}.`, {
    remedy: 'Change it there, or disconnect the directory first.',
    data: { directory },
  })

/** Without a port nobody keeps anything. */
function* nobody(): Work<undefined> {
  return undefined
}
