import { createHash } from 'node:crypto'
import { decider, outcomeOf } from './resolve.ts'
import type { Principal, Snapshot, SnapshotMember } from './snapshot.ts'

/**
 * What one principal's client is given: a policy; nothing (no rule, no default: unconstrained); a refusal (the surface is
 * off: it does not start); or it is no principal any more.
 */
export type Given = 'policy' | 'nothing' | 'refused' | 'gone'

export interface Side {
  readonly given: Given
  readonly policy: {
    readonly policyId: string
    readonly name: string
    readonly version: number
    readonly text: string
    readonly sha256: string
  } | null
}

/** All principals that go from the same thing to the same thing. */
export interface Change {
  readonly before: Side
  readonly after: Side
  readonly count: number
  readonly sample: readonly Pick<Principal, 'kind' | 'id' | 'label'>[]
}

export interface Changes {
  /** Stands for exactly this effect: any other set of principals, policies or texts has another hash. */
  readonly hash: string
  readonly touches: number
  readonly members: number
  readonly enrolments: number
  /** The largest first. */
  readonly changes: readonly Change[]
}

const sampleSize = 20

interface Bucket {
  before: Side
  after: Side
  members: number
  ids: string[]
  sample: Change['sample'][number][]
}

/**
 * Everybody whose effective policy differs between two pictures of the workspace. Each principal costs a look-up per
 * group and picture (bench/resolve.ts: 100,000 members), the sides are made once per pair of outcomes.
 */
export function changes(before: Snapshot, after: Snapshot): Changes {
  const buckets = new Map<string, Bucket>()
  const sideBefore = sides(before)
  const sideAfter = sides(after)
  const put = (who: Omit<Principal, 'groupIds'>, from: KeyedSide, to: KeyedSide): void => {
    if (from.key === to.key) return
    const key = `${from.key} ${to.key}`
    let bucket = buckets.get(key)
    if (!bucket) {
      bucket = { before: from.side, after: to.side, members: 0, ids: [], sample: [] }
      buckets.set(key, bucket)
    }
    bucket.ids.push(who.id)
    if (who.kind === 'member') bucket.members += 1
    if (bucket.sample.length < sampleSize)
      bucket.sample.push({ kind: who.kind, id: who.id, label: who.label })
  }
  // Most acts change neither who is there nor who is in which group: then nobody is looked up a second time.
  const samePeople = before.members === after.members
  const sameGroups = before.memberGroups === after.memberGroups
  for (const member of before.members.values()) {
    const now = samePeople ? member : after.members.get(member.id)
    const groups = groupsOf(before, member.id)
    const from = isActive(member) ? sideBefore(groups) : gone
    const to = isActive(now) ? sideAfter(sameGroups ? groups : groupsOf(after, member.id)) : gone
    if (from.key !== to.key) put({ kind: 'member', id: member.id, label: member.email }, from, to)
  }
  if (!samePeople)
    for (const member of after.members.values())
      if (!before.members.has(member.id) && isActive(member))
        put(
          { kind: 'member', id: member.id, label: member.email },
          gone,
          sideAfter(groupsOf(after, member.id)),
        )
  for (const enrolment of before.enrolments.values()) {
    const now = after.enrolments.get(enrolment.id)
    put(enrolment, sideBefore(enrolment.groupIds), now ? sideAfter(now.groupIds) : gone)
  }
  for (const enrolment of after.enrolments.values())
    if (!before.enrolments.has(enrolment.id)) put(enrolment, gone, sideAfter(enrolment.groupIds))
  return summary(buckets)
}

const isActive = (member: SnapshotMember | undefined): boolean => member?.status === 'active'
const noGroups: readonly string[] = []
const groupsOf = (snapshot: Snapshot, memberId: string): readonly string[] =>
  snapshot.memberGroups.get(memberId) ?? noGroups

function summary(buckets: ReadonlyMap<string, Bucket>): Changes {
  const hash = createHash('sha256')
  for (const [key, { ids }] of [...buckets].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${key}\n${ids.sort().join(' ')}\n`)
  const list = [...buckets.values()].sort((a, b) => b.ids.length - a.ids.length)
  const touches = list.reduce((sum, b) => sum + b.ids.length, 0)
  const members = list.reduce((sum, b) => sum + b.members, 0)
  return {
    hash: hash.digest('hex').slice(0, 32),
    touches,
    members,
    enrolments: touches - members,
    changes: list.map((b) => ({
      before: b.before,
      after: b.after,
      count: b.ids.length,
      sample: b.sample,
    })),
  }
}

interface KeyedSide {
  /** Equal keys: the client is served the same bytes under the same name. */
  readonly key: string
  readonly side: Side
}

const gone: KeyedSide = { key: 'gone', side: { given: 'gone', policy: null } }

function sides(snapshot: Snapshot): (groupIds: readonly string[]) => KeyedSide {
  if (snapshot.surfaces.get('codex_local')?.on === false) {
    const refused: KeyedSide = { key: 'refused', side: { given: 'refused', policy: null } }
    return () => refused
  }
  const decide = decider(snapshot)
  const made = new Map<number, KeyedSide>()
  return (groupIds) => {
    const rule = decide(groupIds)
    let side = made.get(rule)
    if (!side) {
      side = sideOf(snapshot, rule)
      made.set(rule, side)
    }
    return side
  }
}

function sideOf(snapshot: Snapshot, rule: number): KeyedSide {
  const policy = snapshot.policies.get(outcomeOf(snapshot, rule).policy?.id ?? '')
  if (!policy) return { key: 'nothing', side: { given: 'nothing', policy: null } }
  const { id, name, version, text, sha256 } = policy
  return {
    key: `${id}/${version}/${sha256}`,
    side: { given: 'policy', policy: { policyId: id, name, version, text, sha256 } },
  }
}
