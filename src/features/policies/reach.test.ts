import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Work } from '#kernel/work.ts'
import { afterAct } from './act.ts'
import { changes } from './changeset.ts'
import { everybodyMay } from './codex-use.ts'
import { reachOf } from './reach.ts'
import type { Act } from './schema.act.ts'
import { emptySnapshot, type Snapshot } from './snapshot.ts'

const groups = ['a', 'b', 'c']
const members = ['m1', 'm2', 'm3', 'm4']
const policy = (id: string) => ({
  id,
  name: id,
  versionId: `${id}1`,
  version: 1,
  text: id,
  defaults: '',
  sha256: id,
})
const stageOf = (groupIds: readonly string[]) => ({ groupIds, enrolmentIds: [], percent: 0 })
const snapshots: fc.Arbitrary<Snapshot> = fc
  .record({
    inGroups: fc.tuple(...members.map(() => fc.subarray(groups))),
    status: fc.tuple(...members.map(() => fc.constantFrom('active', 'suspended'))),
    ruled: fc.subarray(groups),
    fallback: fc.boolean(),
    staged: fc.subarray(groups),
    entitled: fc.subarray(groups),
    everybody: fc.boolean(),
  })
  .map(({ inGroups, status, ruled, fallback, staged, entitled, everybody }) => ({
    ...emptySnapshot,
    policies: new Map([...groups, 'default'].map((id) => [id, policy(id)])),
    groups: new Map(groups.map((id) => [id, { id, name: id }])),
    rules: ruled.map((groupId, i) => ({
      id: `r${i}`,
      position: i + 1,
      groupId,
      policyId: groupId,
    })),
    defaultPolicyId: fallback ? 'default' : null,
    rollouts: new Map(
      fallback ? [['default', { id: 'ro', policy: policy('next'), stage: stageOf(staged) }]] : [],
    ),
    codexUse: {
      ...everybodyMay,
      roles: new Map([
        ['everybody', { name: '', codex: everybody }],
        ['codex', { name: '', codex: !everybody }],
      ]),
      byGroup: new Map(entitled.map((id) => [id, [{ roleId: 'codex', endsAt: null }]])),
    },
    members: new Map(
      members.map((id, i) => [id, { id, email: id, name: '', status: status[i] ?? 'active' }]),
    ),
    memberGroups: new Map(members.map((id, i) => [id, inGroups[i] ?? []])),
  }))
const some = fc.subarray(members)
const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    kind: fc.constant('membership' as const),
    groupId: fc.constantFrom(...groups),
    add: some,
    remove: some,
  }),
  fc.record({
    kind: fc.constant('join_groups' as const),
    joins: fc.array(
      fc.record({ memberId: fc.constantFrom(...members), groupId: fc.constantFrom(...groups) }),
    ),
  }),
  fc.record({
    kind: fc.constantFrom('remove_member' as const, 'activate_member' as const),
    memberId: fc.constantFrom(...members, 'nobody'),
  }),
  fc.record({ kind: fc.constant('delete_group' as const), groupId: fc.constantFrom(...groups) }),
)

it('counts, of those an act names, as many as it would of everybody', () => {
  fc.assert(
    fc.property(snapshots, acts, (snapshot, act) => {
      const present = function* (): Work<Snapshot> {
        return snapshot
      }
      const work = reachOf({ present, presentOf: present }, act).next()
      expect(work.value).toBe(changes(snapshot, afterAct(snapshot, act)).touches)
    }),
  )
})
