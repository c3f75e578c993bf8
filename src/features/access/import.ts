import { bump } from '#features/workspace/index.ts'
import type { Ids } from '#kernel/ids.ts'
import { Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { emailKey, nameKey } from './identity.ts'
import type { ImportError, ParsedImport } from './import.csv.ts'
import { planImport, previewOf, type ImportPlan } from './import.plan.ts'
import type { Acting } from './members.ts'
import { countOwners, refuseOwnerless } from './owners.ts'
import type { AccessPorts, TouchingAct } from './ports.ts'
import { everybodysRights } from './rights.everybody.ts'
import type { ImportPreview, Member } from './schema.ts'
import { allGroups, allMemberships, insertGroups, insertMemberships } from './store.groups.ts'
import { allMembers, insertMembers, updateMember } from './store.members.ts'

interface Planned {
  readonly plan: ImportPlan
  readonly errors: readonly ImportError[]
  readonly preview: ImportPreview
  /** What it would do to the groups of members that are there already. */
  readonly joins: TouchingAct
}

function* planned(
  ports: Pick<AccessPorts, 'changeSets'>,
  { lines, errors }: ParsedImport,
  actor: Acting,
  now: number,
  createGroups: boolean,
): Work<Planned> {
  const members = yield* allMembers()
  const memberships = yield* allMemberships()
  const groupsOf = new Map<string, Set<string>>()
  for (const { memberId, groupId } of memberships) {
    const held = groupsOf.get(memberId)
    if (held) held.add(groupId)
    else groupsOf.set(memberId, new Set([groupId]))
  }
  const groups = new Map((yield* allGroups()).map((g) => [nameKey(g.name), g]))
  const plan = planImport(
    lines,
    {
      members: new Map(members.map((m) => [emailKey(m.email), m])),
      groups,
      groupsOf,
      rights: yield* everybodysRights(memberships, now),
    },
    actor,
    createGroups,
  )
  // A group that the file makes is in no rule yet, so joining it changes nobody's policy.
  const joins = plan.rows.flatMap(({ member, joins: keys }) =>
    member
      ? keys.flatMap((key) => {
          const group = groups.get(key)
          return group ? [{ memberId: member.id, groupId: group.id }] : []
        })
      : [],
  )
  const all = [...errors, ...plan.errors].sort((a, b) => a.line - b.line)
  const act = { kind: 'join_groups', joins } as const
  const touches = yield* ports.changeSets.reach(act)
  return { plan, errors: all, preview: previewOf(plan, all, touches), joins: act }
}

/** What the file would do, with everything that is wrong with it. Changes nothing. */
export function* previewImport(
  ports: Pick<AccessPorts, 'changeSets'>,
  actor: Acting,
  now: number,
  file: ParsedImport,
  createGroups: boolean,
): Work<ImportPreview> {
  return (yield* planned(ports, file, actor, now, createGroups)).preview
}

export interface Imported {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly newGroups: readonly string[]
  readonly memberships: number
  readonly touches: number
  /** Everybody who got a role above member, or another role than before. */
  readonly roles: readonly {
    readonly email: string
    readonly before: string
    readonly after: string
  }[]
  readonly hash: string
}

/**
 * Does the whole file or nothing. With `expectedHash`, only if it still does what the preview said. Added members are
 * active and have no password: a developer needs none to be governed; who shall sign in gets a link.
 */
export function* runImport(
  ports: Pick<AccessPorts, 'canSignIn' | 'changeSets' | 'keepBreakGlass'>,
  ids: Ids,
  actor: Acting,
  now: number,
  given: {
    readonly file: ParsedImport
    readonly createGroups: boolean
    readonly expectedHash: string | undefined
  },
): Work<Imported> {
  const { plan, errors, preview, joins } = yield* planned(
    ports,
    given.file,
    actor,
    now,
    given.createGroups,
  )
  if (errors.length > 0) throw refused(preview, errors)
  if (given.expectedHash !== undefined && given.expectedHash !== preview.hash)
    throw new Problem('preview_outdated', 'The file would now do something else than it showed.', {
      remedy: 'Look at the new preview, then import.',
      data: { preview },
    })
  yield* ports.changeSets.touch(joins, undefined, { actor, now })
  const ownersBefore = yield* countOwners(ports)
  const groupIds = yield* makeGroups(ids, now, plan)
  const memberIds = yield* writeMembers(ports, ids, now, plan)
  const memberships = plan.rows.flatMap((row) =>
    row.joins.map((key) => ({
      memberId: memberIds.get(row.line) ?? '',
      groupId: groupIds.get(key) ?? '',
    })),
  )
  yield* insertMemberships(memberships, now)
  refuseOwnerless(ownersBefore, yield* countOwners(ports))
  yield* bump('roles')
  yield* bump('people')
  return {
    created: preview.creates,
    updated: preview.updates,
    unchanged: preview.unchanged,
    newGroups: preview.newGroups,
    memberships: memberships.length,
    touches: preview.touches,
    roles: plan.rows
      .filter((r) => r.role !== (r.member?.role ?? 'member'))
      .map((r) => ({ email: r.email, before: r.member?.role ?? 'none', after: r.role })),
    hash: preview.hash,
  }
}

function refused(preview: ImportPreview, errors: readonly ImportError[]): Problem {
  const exceeds = errors.find((e) => e.code === 'exceeds_own_rights')
  return new Problem(
    exceeds && errors.every((e) => e.code === 'exceeds_own_rights')
      ? 'exceeds_own_rights'
      : 'invalid_input',
    `The file has ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}; nothing was imported.`,
    {
      remedy: 'Correct the named lines and send the file again.',
      errors: preview.errors.map((e) => ({
        line: e.line,
        code: e.code,
        message: e.message,
        ...(e.column === null ? {} : { field: e.column }),
      })),
    },
  )
}

function* makeGroups(ids: Ids, now: number, plan: ImportPlan): Work<ReadonlyMap<string, string>> {
  const made = [...plan.newGroups].map(([, name]) => ({
    id: ids('grp'),
    name,
    description: '',
    source: 'manual' as const,
    createdAt: now,
    updatedAt: now,
    version: 1,
  }))
  yield* insertGroups(made)
  const every = yield* allGroups()
  return new Map(every.map((g) => [nameKey(g.name), g.id]))
}

/** The id of the member of each line. */
function* writeMembers(
  ports: Pick<AccessPorts, 'keepBreakGlass'>,
  ids: Ids,
  now: number,
  plan: ImportPlan,
): Work<ReadonlyMap<number, string>> {
  const byLine = new Map<number, string>()
  const made: Member[] = []
  for (const row of plan.rows) {
    const { member } = row
    if (!member) {
      const id = ids('mem')
      made.push({
        id,
        email: row.email,
        name: row.name,
        role: row.role,
        status: 'active',
        source: 'manual',
        createdAt: now,
        updatedAt: now,
        lastSeenAt: null,
        version: 1,
      })
      byLine.set(row.line, id)
      continue
    }
    byLine.set(row.line, member.id)
    // One after the other: of two who are the last ones, the second is refused.
    if (member.role === 'owner' && row.role !== 'owner') yield* ports.keepBreakGlass(member.id)
    if (row.name !== member.name || row.role !== member.role)
      yield* updateMember(
        { ...member, name: row.name, role: row.role, updatedAt: now },
        member.version,
      )
  }
  yield* insertMembers(made)
  return byLine
}
