import { emptySnapshot, type Snapshot } from '#features/policies/index.ts'

export const memberCount = 100_000
export const groupCount = 1000
export const ruleCount = 200
export const policyCount = 20
const groupsEach = 5

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** 100,000 members in 5 of 1,000 groups each; 200 rules hand out 20 policies. */
export function workspace(): Snapshot {
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
    defaults: '',
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
export function plainly(snapshot: Snapshot, groupIds: readonly string[]): string | null {
  const held = new Set(groupIds)
  for (const rule of snapshot.rules) if (held.has(rule.groupId)) return rule.policyId
  return snapshot.defaultPolicyId
}
