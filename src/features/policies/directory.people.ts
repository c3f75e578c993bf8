import { changesBetween, type Touched } from '#features/workspace/index.ts'
import type { Work } from '#kernel/work.ts'
import { inOrder } from './ending.ts'
import { overlay } from './overlay.ts'
import type { Ending, Snapshot } from './snapshot.ts'

/** People as the access feature knows them, for the snapshot. */
export interface People {
  readonly members: readonly {
    readonly id: string
    readonly email: string
    readonly name: string
    readonly status: string
  }[]
  readonly groups: readonly { readonly id: string; readonly name: string }[]
  readonly memberships: readonly {
    readonly memberId: string
    readonly groupId: string
    /** When it ends by itself (ms); null: never. */
    readonly endsAt: number | null
  }[]
}

export interface PeoplePorts {
  readonly people: () => Work<People>
  /** Those members, with all their memberships, and those groups. Left out: everybody is read whenever anybody changes. */
  readonly peopleAmong?: (touched: Required<Touched>) => Work<People>
}

type Slice = Pick<Snapshot, 'groups' | 'members' | 'memberGroups' | 'ending'>

/** The people of the present revision: only who changed since the known one is read, where every change said whom it touched. */
export function* peopleSlice(
  ports: PeoplePorts,
  known: Slice,
  from: number,
  to: number,
): Work<Slice> {
  const touched = ports.peopleAmong && (yield* changesBetween('people', from, to))
  if (!ports.peopleAmong || !touched) return everybody(yield* ports.people())
  return replaced(known, touched, everybody(yield* ports.peopleAmong(touched)))
}

/**
 * The same for these members only: what an act on them reaches costs as much as they are, however many others have changed since
 * the known picture. Groups that a rule names and the known picture lacks are read too, or the rule would count for nobody.
 */
export function* peopleOf(
  peopleAmong: Required<PeoplePorts>['peopleAmong'],
  known: Pick<Snapshot, 'groups' | 'rules'>,
  members: readonly string[],
): Work<Slice> {
  const groups = known.rules.map(({ groupId }) => groupId).filter((id) => !known.groups.has(id))
  const now = everybody(yield* peopleAmong({ members, groups }))
  return { ...now, groups: overlay(known.groups, groups, now.groups) }
}

function everybody(people: People): Slice {
  const memberGroups = new Map<string, string[]>()
  const ending: Ending[] = []
  for (const { memberId, groupId, endsAt } of people.memberships) {
    if (endsAt !== null) ending.push({ memberId, groupId, endsAt })
    const held = memberGroups.get(memberId)
    if (held) held.push(groupId)
    else memberGroups.set(memberId, [groupId])
  }
  return {
    groups: new Map(people.groups.map(({ id, name }) => [id, { id, name }])),
    members: new Map(
      people.members.map(({ id, email, name, status }) => [id, { id, email, name, status }]),
    ),
    memberGroups,
    ending: inOrder(ending),
  }
}

/** Who was touched and is not among them any more is gone. */
function replaced(
  known: Slice,
  touched: { readonly members: readonly string[]; readonly groups: readonly string[] },
  now: Slice,
): Slice {
  const members = new Set(touched.members)
  const isOld = known.ending.filter(({ memberId }) => !members.has(memberId))
  return {
    groups: overlay(known.groups, touched.groups, now.groups),
    members: overlay(known.members, touched.members, now.members),
    memberGroups: overlay(known.memberGroups, touched.members, now.memberGroups),
    ending:
      isOld.length === known.ending.length && now.ending.length === 0
        ? known.ending
        : inOrder([...isOld, ...now.ending]),
  }
}
