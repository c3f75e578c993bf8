import { createHash } from 'node:crypto'
import { mayUseCodex } from './codex-use.ts'
import { decider, isStaged, outcomeOf } from './resolve.ts'
import type { Principal, Snapshot, SnapshotAccount, SnapshotMember } from './snapshot.ts'

/**
 * What one principal's client is given: a policy; nothing (no rule, no default: unconstrained); a refusal (the surface is
 * off, or no role lets her: it does not start); or it is no principal any more.
 */
export type Given = 'policy' | 'nothing' | 'refused' | 'gone'

export interface Side {
  readonly given: Given
  readonly policy: {
    readonly policyId: string
    readonly name: string
    readonly version: number
    readonly text: string
    readonly defaults: string
    readonly sha256: string
  } | null
}

/** All principals that go from the same thing to the same thing. */
export interface Change {
  readonly before: Side
  readonly after: Side
  readonly count: number
  readonly members: readonly SnapshotMember[]
  readonly enrolments: readonly Principal[]
  readonly accounts: readonly SnapshotAccount[]
  readonly sample: readonly PrincipalRef[]
}
export type PrincipalRef = Pick<Principal, 'kind' | 'id' | 'label'>

export interface Changes {
  /** Stands for exactly this effect: any other set of principals, policies or texts has another hash. */
  readonly hash: string
  readonly touches: number
  readonly members: number
  readonly enrolments: number
  readonly accounts: number
  /** The largest first. */
  readonly changes: readonly Change[]
}

const sampleSize = 20

interface Bucket {
  readonly before: Side
  readonly after: Side
  readonly members: SnapshotMember[]
  readonly enrolments: Principal[]
  readonly accounts: SnapshotAccount[]
}

/**
 * Everybody whose effective policy differs between two pictures of the workspace. Each principal costs a look-up per
 * group and picture (bench/resolve.ts: 100,000 members), the sides are made once per pair of outcomes.
 */
export function changes(before: Snapshot, after: Snapshot): Changes {
  const buckets = new Map<string, Bucket>()
  const sideBefore = sides(before)
  const sideAfter = sides(after)
  const bucketOf = (from: KeyedSide, to: KeyedSide): Bucket => {
    const key = `${from.key} ${to.key}`
    let bucket = buckets.get(key)
    if (!bucket) {
      bucket = { before: from.side, after: to.side, members: [], enrolments: [], accounts: [] }
      buckets.set(key, bucket)
    }
    return bucket
  }
  const putMember = (who: SnapshotMember, from: KeyedSide, to: KeyedSide): void => {
    if (from.key !== to.key) bucketOf(from, to).members.push(who)
  }
  const putEnrolment = (who: Principal, from: KeyedSide, to: KeyedSide): void => {
    if (from.key !== to.key) bucketOf(from, to).enrolments.push(who)
  }
  // Most acts change neither who is there nor who is in which group: then nobody is looked up a second time.
  const samePeople = before.members === after.members
  const sameGroups = before.memberGroups === after.memberGroups
  for (const member of before.members.values()) {
    const now = samePeople ? member : after.members.get(member.id)
    const groups = groupsOf(before, member.id)
    const from = isActive(member) ? sideBefore('member', member.id, groups) : gone
    const to = isActive(now)
      ? sideAfter('member', member.id, sameGroups ? groups : groupsOf(after, member.id))
      : gone
    putMember(member, from, to)
  }
  if (!samePeople)
    for (const member of after.members.values())
      if (!before.members.has(member.id) && isActive(member))
        putMember(member, gone, sideAfter('member', member.id, groupsOf(after, member.id)))
  for (const enrolment of before.enrolments.values()) {
    const { id, groupIds } = enrolment
    const now = after.enrolments.get(id)
    const from = sideBefore('enrolment', id, groupIds)
    putEnrolment(enrolment, from, now ? sideAfter('enrolment', id, now.groupIds) : gone)
  }
  for (const enrolment of after.enrolments.values()) {
    const { id, groupIds } = enrolment
    if (!before.enrolments.has(id))
      putEnrolment(enrolment, gone, sideAfter('enrolment', id, groupIds))
  }
  for (const [id, account] of new Map([...before.accounts, ...after.accounts])) {
    const [from, to] = [
      accountSide(sideBefore, before.accounts.get(id)),
      accountSide(sideAfter, after.accounts.get(id)),
    ]
    if (from.key !== to.key) bucketOf(from, to).accounts.push(account)
  }
  return summary(buckets)
}

const accountSide = (side: SideOf, account: SnapshotAccount | undefined): KeyedSide =>
  account?.status === 'active' ? side('service_account', account.id, account.groupIds) : gone

const isActive = (member: SnapshotMember | undefined): boolean => member?.status === 'active'
const noGroups: readonly string[] = []
const groupsOf = (snapshot: Snapshot, memberId: string): readonly string[] =>
  snapshot.memberGroups.get(memberId) ?? noGroups

function summary(buckets: ReadonlyMap<string, Bucket>): Changes {
  const hash = createHash('sha256')
  for (const [key, { members, enrolments, accounts }] of [...buckets].sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    const ids = [...members, ...enrolments, ...accounts].map(({ id }) => id)
    hash.update(`${key}\n${ids.sort().join(' ')}\n`)
  }
  const changes = [...buckets.values()].map(asChange).sort((a, b) => b.count - a.count)
  const touches = changes.reduce((sum, { count }) => sum + count, 0)
  const members = changes.reduce((sum, change) => sum + change.members.length, 0)
  const accounts = changes.reduce((sum, change) => sum + change.accounts.length, 0)
  return {
    hash: hash.digest('hex').slice(0, 32),
    touches,
    members,
    enrolments: touches - members - accounts,
    accounts,
    changes,
  }
}

const asChange = (bucket: Bucket): Change => ({
  ...bucket,
  count: bucket.members.length + bucket.enrolments.length + bucket.accounts.length,
  sample: [
    ...bucket.members.slice(0, sampleSize).map(memberRef),
    ...bucket.enrolments.slice(0, sampleSize).map(principalRef),
    ...bucket.accounts.slice(0, sampleSize).map(principalRef),
  ].slice(0, sampleSize),
})

export const memberRef = ({ id, email }: SnapshotMember): PrincipalRef => ({
  kind: 'member',
  id,
  label: email,
})
export const principalRef = ({ kind, id, label }: Principal): PrincipalRef => ({ kind, id, label })

interface KeyedSide {
  /** Equal keys: the client is served the same bytes under the same name. */
  readonly key: string
  readonly side: Side
}

const refused: KeyedSide = { key: 'refused', side: { given: 'refused', policy: null } }
const gone: KeyedSide = { key: 'gone', side: { given: 'gone', policy: null } }

type SideOf = (kind: Principal['kind'], id: string, groupIds: readonly string[]) => KeyedSide

function sides(snapshot: Snapshot): SideOf {
  if (snapshot.surfaces.get('codex_local')?.on === false) {
    return () => refused
  }
  const decide = decider(snapshot)
  const made = new Map<number, KeyedSide>()
  const { codexUse } = snapshot
  const tokensOff = snapshot.surfaces.get('access_tokens')?.on === false
  const rolling = snapshot.rollouts.size > 0
  return (kind, id, groupIds) => {
    if (kind === 'member' && !mayUseCodex(codexUse, id, groupIds)) return refused
    // It has nothing but access tokens.
    if (kind === 'service_account' && tokensOff) return refused
    const rule = decide(groupIds)
    const staged = rolling && isStaged(snapshot, rule, { kind, id, groupIds })
    // Each rule has two outcomes at most.
    const outcome = rule * 2 + (staged ? 1 : 0)
    let side = made.get(outcome)
    if (!side) {
      side = sideOf(snapshot, rule, staged)
      made.set(outcome, side)
    }
    return side
  }
}

function sideOf(snapshot: Snapshot, rule: number, staged: boolean): KeyedSide {
  const { policy } = outcomeOf(snapshot, rule, staged)
  if (!policy) return { key: 'nothing', side: { given: 'nothing', policy: null } }
  const { id, name, version, text, defaults, sha256 } = policy
  return {
    key: `${id}/${version}/${sha256}`,
    side: { given: 'policy', policy: { policyId: id, name, version, text, defaults, sha256 } },
  }
}
