import { performance } from 'node:perf_hooks'
import { changes, emptySnapshot, resolve, type Snapshot } from '#features/policies/index.ts'
import { median } from './measure.ts'

/**
 * `node bench/run.mjs resolve`. A workspace of 100,000 members, 1,000 groups and 200 rules:
 * - `resolve` of one principal, against going through the rules one by one with the member's groups in a Set;
 * - a change set over everybody, against resolving everybody twice in that way.
 * Both in one process, turn by turn, medians printed.
 */
const memberCount = 100_000
const groupCount = 1000
const ruleCount = 200
const policyCount = 20
const groupsEach = 5

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function workspace(): Snapshot {
  const random = seeded(7)
  const pick = (count: number): number => Math.floor(random() * count)
  const id = (prefix: string, i: number): string => `${prefix}_${String(i).padStart(32, '0')}`
  const range = <T>(count: number, make: (i: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => make(i))
  const policies = range(policyCount, (i) => ({
    id: id('pol', i),
    name: `Policy ${i}`,
    versionId: id('ver', i),
    version: 1,
    text: 'allowed_sandbox_modes = ["read-only"]\n',
    sha256: String(i),
  }))
  const members = range(memberCount, (i) => ({
    id: id('mem', i),
    email: `m${i}@acme.example`,
    name: '',
    status: 'active',
  }))
  return {
    ...emptySnapshot,
    revision: 1,
    policies: new Map(policies.map((p) => [p.id, p])),
    groups: new Map(
      range(groupCount, (i) => [id('grp', i), { id: id('grp', i), name: `Group ${i}` }]),
    ),
    members: new Map(members.map((m) => [m.id, m])),
    memberGroups: new Map(
      members.map((m) => [
        m.id,
        [...new Set(range(groupsEach, () => id('grp', pick(groupCount))))],
      ]),
    ),
    rules: range(ruleCount, (i) => ({
      id: id('rul', i),
      position: i + 1,
      groupId: id('grp', i * 5),
      policyId: id('pol', i % policyCount),
    })),
    defaultPolicyId: id('pol', 0),
  }
}

/** The peer: what one writes first. */
function plainly(snapshot: Snapshot, groupIds: readonly string[]): string | null {
  const held = new Set(groupIds)
  for (const rule of snapshot.rules) if (held.has(rule.groupId)) return rule.policyId
  return snapshot.defaultPolicyId
}

function timed(act: () => void): number {
  const from = performance.now()
  act()
  return performance.now() - from
}
const rounds = 9
let sink = 0

const before = workspace()
// The first rules change places: most of those in two of these groups get another policy.
const after: Snapshot = { ...before, rules: [...before.rules].reverse() }
const everybody = [...before.members.keys()].map((id) => ({
  kind: 'member' as const,
  id,
  label: id,
  groupIds: before.memberGroups.get(id) ?? [],
}))

const ours: number[] = []
const peer: number[] = []
const setOurs: number[] = []
const setPeer: number[] = []
for (let round = 0; round < rounds; round++) {
  ours.push(timed(() => everybody.forEach((p) => (sink += resolve(before, p).lost.length))))
  peer.push(
    timed(() => everybody.forEach((p) => (sink += plainly(before, p.groupIds)?.length ?? 0))),
  )
  // A fresh picture each time, as in the product: what is prepared per picture is counted in.
  setOurs.push(timed(() => (sink += changes({ ...before }, { ...after }).touches)))
  setPeer.push(
    timed(() =>
      everybody.forEach(
        (p) => (sink += plainly(before, p.groupIds) === plainly(after, p.groupIds) ? 0 : 1),
      ),
    ),
  )
}
const each = (ms: readonly number[]): number => (median(ms) * 1000) / memberCount
const line = (what: string, own: string, other: string, ratio: number): void =>
  console.log(
    `${what.padEnd(44)} ${own.padStart(10)}   peer ${other.padStart(10)}   ratio ${ratio.toFixed(2)}`,
  )
console.log(
  `${memberCount} members, ${groupCount} groups, ${ruleCount} rules; median of ${rounds} (${sink > 0 ? 'done' : ''})`,
)
line(
  'resolve one, with every rule that lost',
  `${each(ours).toFixed(2)} µs`,
  `${each(peer).toFixed(2)} µs`,
  each(peer) / each(ours),
)
line(
  'change set over everybody, with names and hash',
  `${median(setOurs).toFixed(0)} ms`,
  `${median(setPeer).toFixed(0)} ms`,
  median(setPeer) / median(setOurs),
)
const good = each(ours) < 20 && median(setOurs) < 1000
console.log(
  good ? 'within the stated limits (20 µs, 1 s)' : 'OUTSIDE the stated limits (20 µs, 1 s)',
)
if (!good) process.exitCode = 1
