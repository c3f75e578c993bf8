import { createHash } from 'node:crypto'
import { outcomeOf, winningRule } from './resolve.ts'
import { principals, type Principal, type Snapshot } from './snapshot.ts'

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
  sample: Principal[]
}

/**
 * Everybody whose effective policy differs between two pictures of the workspace. Each principal costs a look-up per
 * group (100,000 members with three groups each: bench/resolve.ts), the sides are made once per pair of outcomes.
 */
export function changes(before: Snapshot, after: Snapshot): Changes {
  const buckets = new Map<string, Bucket>()
  const sidesBefore = sides(before)
  const sidesAfter = sides(after)
  const put = (principal: Principal, from: KeyedSide, to: KeyedSide): void => {
    if (from.key === to.key) return
    const key = `${from.key} ${to.key}`
    let bucket = buckets.get(key)
    if (!bucket) {
      bucket = { before: from.side, after: to.side, members: 0, ids: [], sample: [] }
      buckets.set(key, bucket)
    }
    bucket.ids.push(principal.id)
    if (principal.kind === 'member') bucket.members += 1
    if (bucket.sample.length < sampleSize) bucket.sample.push(principal)
  }
  for (const principal of principals(before))
    put(principal, sidesBefore(principal), sidesAfter(present(after, principal)))
  for (const principal of principals(after))
    if (!present(before, principal)) put(principal, sidesBefore(undefined), sidesAfter(principal))
  return summary(buckets)
}

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
      sample: b.sample.map(({ kind, id, label }) => ({ kind, id, label })),
    })),
  }
}

/** The same principal in another picture, with the groups it has there; undefined when it is not there. */
function present(snapshot: Snapshot, principal: Principal): Principal | undefined {
  if (principal.kind === 'enrolment') return snapshot.enrolments.get(principal.id)
  if (snapshot.members.get(principal.id)?.status !== 'active') return undefined
  const groupIds = snapshot.memberGroups.get(principal.id) ?? []
  return groupIds === principal.groupIds ? principal : { ...principal, groupIds }
}

interface KeyedSide {
  /** Equal keys: the client is served the same bytes under the same name. */
  readonly key: string
  readonly side: Side
}

const gone: KeyedSide = { key: 'gone', side: { given: 'gone', policy: null } }

function sides(snapshot: Snapshot): (principal: Principal | undefined) => KeyedSide {
  if (snapshot.surfaces.get('codex_local')?.on === false) {
    const refused: KeyedSide = { key: 'refused', side: { given: 'refused', policy: null } }
    return (principal) => (principal ? refused : gone)
  }
  const made = new Map<number, KeyedSide>()
  return (principal) => {
    if (!principal) return gone
    const rule = winningRule(snapshot, principal.groupIds)
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
