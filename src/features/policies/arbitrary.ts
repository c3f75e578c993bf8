import fc from 'fast-check'
import { sha256 } from './act.ts'
import {
  emptySnapshot,
  type Snapshot,
  type SnapshotPolicy,
  type SnapshotRollout,
} from './snapshot.ts'

/** Snapshots for tests: sketched by hand, and arbitrary ones. Nothing that is served imports this. */
export interface Sketch {
  readonly groups: readonly string[]
  readonly policies: readonly SnapshotPolicy[]
  readonly rules: readonly (readonly [group: string, policy: string])[]
  readonly fallback: string | null
  readonly members: Readonly<Record<string, readonly string[]>>
  readonly enrolments?: Readonly<Record<string, string | null>>
  readonly tokensOff?: boolean
  readonly accounts?: Readonly<Record<string, readonly string[]>>
  readonly surfaceOff?: boolean
  readonly rollouts?: readonly SnapshotRollout[]
}

export const policyOf = (id: string, version = 1): SnapshotPolicy => {
  const text = `# ${id} ${version}\nallowed_sandbox_modes = ["read-only"]\n`
  return {
    id,
    name: id,
    versionId: `${id}-${version}`,
    version,
    text,
    defaults: '',
    sha256: sha256(text),
  }
}

export function snapshotOf(sketch: Sketch): Snapshot {
  const ids = Object.keys(sketch.members)
  return {
    ...emptySnapshot,
    revision: 1,
    groups: new Map(sketch.groups.map((id) => [id, { id, name: id }])),
    policies: new Map(sketch.policies.map((p) => [p.id, p])),
    rollouts: new Map((sketch.rollouts ?? []).map((r) => [r.policy.id, r])),
    rules: sketch.rules.map(([groupId, policyId], i) => ({
      id: `rule${i + 1}`,
      position: i + 1,
      groupId,
      policyId,
    })),
    defaultPolicyId: sketch.fallback,
    members: new Map(
      ids.map((id) => [id, { id, email: `${id}@acme.example`, name: id, status: 'active' }]),
    ),
    memberGroups: new Map(Object.entries(sketch.members)),
    enrolments: new Map(
      Object.entries(sketch.enrolments ?? {}).map(([id, group]) => [
        id,
        { kind: 'enrolment', id, label: id, groupIds: group === null ? [] : [group] },
      ]),
    ),
    accounts: new Map(
      Object.entries(sketch.accounts ?? {}).map(([id, groupIds], i) => [
        id,
        {
          kind: 'service_account',
          id,
          label: id,
          groupIds,
          // Every third is suspended.
          status: i % 3 === 2 ? 'suspended' : 'active',
        },
      ]),
    ),
    surfaces: new Map([
      ['codex_local', { on: sketch.surfaceOff !== true, message: '' }],
      ['access_tokens', { on: sketch.tokensOff !== true, message: '' }],
    ]),
  }
}

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`)

const arbitraryRollouts: fc.Arbitrary<readonly SnapshotRollout[]> = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom('rol_a', 'rol_b'),
    policy: fc.constantFrom(...names('p', 4)).map((id) => policyOf(id, 3)),
    stage: fc.record({
      groupIds: fc.subarray(names('g', 6), { maxLength: 2 }),
      enrolmentIds: fc.subarray(names('e', 4), { maxLength: 2 }),
      percent: fc.constantFrom(0, 25, 100),
    }),
  }),
  { maxLength: 2, selector: ({ policy }) => policy.id },
)

/**
 * Up to 6 groups, 4 policies (one of them maybe never published), 2 rollouts, rules that may be broken, 12 members, 4
 * enrolments, 3 service accounts.
 */
export const arbitrarySnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    known: fc.subarray(names('g', 6)),
    published: fc.subarray(names('p', 4)),
    versions: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 4, maxLength: 4 }),
    rules: fc.array(
      fc.tuple(fc.constantFrom(...names('g', 6)), fc.constantFrom(...names('p', 4))),
      { maxLength: 8 },
    ),
    fallback: fc.option(fc.constantFrom(...names('p', 4))),
    members: fc.dictionary(fc.constantFrom(...names('m', 12)), fc.subarray(names('g', 6)), {
      maxKeys: 12,
      noNullPrototype: true,
    }),
    enrolments: fc.dictionary(
      fc.constantFrom(...names('e', 4)),
      fc.option(fc.constantFrom(...names('g', 6))),
      { maxKeys: 4, noNullPrototype: true },
    ),
    accounts: fc.dictionary(fc.constantFrom(...names('s', 3)), fc.subarray(names('g', 6)), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    rollouts: arbitraryRollouts,
    tokensOff: fc.boolean(),
    surfaceOff: fc.oneof(
      { weight: 9, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
  })
  .map(({ known, published, versions, ...rest }) =>
    snapshotOf({
      ...rest,
      groups: known,
      policies: published.map((id) => policyOf(id, versions[Number(id.slice(1))] ?? 1)),
    }),
  )
