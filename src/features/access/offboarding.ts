import { found } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { mayAct, refusalProblem } from './may.ts'
import type { Acting } from './members.ts'
import { isLastOwner } from './owners.ts'
import type { AccessPorts } from './ports.ts'
import { potentialRightsOf } from './rights.ts'
import type { Holding, Offboarding } from './schema.ts'
import { keysMadeBy } from './store.keys.ts'
import { groupsOfMembers, memberById } from './store.members.ts'

/** Everything a member holds, and what becomes of it: shown before somebody leaves. */
export function* offboardingOf(
  ports: AccessPorts,
  actor: Acting,
  now: number,
  id: string,
): Work<Offboarding> {
  const member = found(yield* memberById(id), 'member')
  const groups = (yield* groupsOfMembers([id])).get(id) ?? []
  const keys = (yield* keysMadeBy(id)).filter((k) => k.revoked_at === null)
  const elsewhere = yield* ports.holdings(id)
  const holds = (fates: { readonly groups: string }): Holding[] => [
    {
      kind: 'group',
      count: groups.length,
      label: groups.length === 1 ? 'group membership' : 'group memberships',
      fate: fates.groups,
      items: groups.map((g) => ({ id: g.id, label: g.name, link: `/groups/${g.id}` })),
    },
    {
      kind: 'key',
      count: keys.length,
      label: keys.length === 1 ? 'service key' : 'service keys',
      fate: 'Revoked at once: what uses them stops working.',
      items: keys.map((k) => ({ id: k.id, label: k.name, link: '/keys' })),
    },
    ...elsewhere.map((h) => ({ ...h, items: [...h.items] })),
  ]
  const potential = yield* potentialRightsOf(member, now)
  const refusal = mayAct(actor, { kind: 'manage_member', holds: potential })
  return {
    member,
    archive: holds({ groups: 'Kept, so that restoring brings everything back.' }),
    delete: holds({ groups: 'Removed.' }),
    refused: (yield* isLastOwner(ports, member))
      ? 'This is the last owner who can sign in: make somebody else an owner first.'
      : actor.id === member.id
        ? 'Nobody archives or deletes the own account.'
        : refusal
          ? refusalProblem(refusal).message
          : null,
  }
}
