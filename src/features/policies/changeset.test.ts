import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterAct } from './act.ts'
import { arbitrarySnapshot, policyOf, snapshotOf } from './arbitrary.ts'
import { changes } from './changeset.ts'
import { resolve } from './resolve.ts'
import { principals, type Principal, type Snapshot } from './snapshot.ts'

/** What one principal is given, in words, one by one. */
function given(snapshot: Snapshot, principal: Principal | undefined): string {
  if (!principal) return 'gone'
  const off = (key: string): boolean => snapshot.surfaces.get(key)?.on === false
  if (off('codex_local')) return 'refused'
  if (principal.kind === 'service_account' && off('access_tokens')) return 'refused'
  const { policy } = resolve(snapshot, principal)
  return policy ? `${policy.id} v${policy.version}` : 'nothing'
}

function bruteForce(before: Snapshot, after: Snapshot): Map<string, Set<string>> {
  const there = (s: Snapshot) => new Map([...principals(s)].map((p) => [`${p.kind} ${p.id}`, p]))
  const [left, right] = [there(before), there(after)]
  const touched = new Map<string, Set<string>>()
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const from = given(before, left.get(key))
    const to = given(after, right.get(key))
    if (from === to) continue
    const change = `${from} → ${to}`
    touched.set(change, (touched.get(change) ?? new Set()).add(key))
  }
  return touched
}

describe('a change set', () => {
  it('touches exactly those whom resolving everybody twice would find, for any two pictures', () => {
    fc.assert(
      fc.property(arbitrarySnapshot, arbitrarySnapshot, (before, after) => {
        const found = changes(before, after)
        const expected = bruteForce(before, after)
        const name = (side: (typeof found.changes)[number]['before']): string =>
          side.policy ? `${side.policy.policyId} v${side.policy.version}` : side.given
        expect(
          new Map(found.changes.map((c) => [`${name(c.before)} → ${name(c.after)}`, c.count])),
        ).toEqual(new Map([...expected].map(([k, v]) => [k, v.size])))
        for (const change of found.changes) {
          const all = expected.get(`${name(change.before)} → ${name(change.after)}`)
          for (const p of change.sample) expect(all).toContain(`${p.kind} ${p.id}`)
        }
        expect(found.touches).toBe(found.members + found.enrolments + found.accounts)
      }),
      { numRuns: 500 },
    )
  })

  it('is empty between a picture and itself, and its hash does not depend on the order of members', () => {
    fc.assert(
      fc.property(arbitrarySnapshot, arbitrarySnapshot, (before, after) => {
        expect(changes(before, before).touches).toBe(0)
        const shuffled = { ...before, members: new Map([...before.members].reverse()) }
        expect(changes(shuffled, after).hash).toBe(changes(before, after).hash)
      }),
    )
  })

  const before = snapshotOf({
    groups: ['platform', 'contractors'],
    policies: [policyOf('strict'), policyOf('base')],
    rules: [['contractors', 'strict']],
    fallback: 'base',
    members: { ann: ['platform'], bob: ['contractors'], cy: [] },
    enrolments: { laptops: null, builders: 'contractors' },
  })

  it('shows a publish as the same policy in two versions', () => {
    const after = afterAct(
      before,
      { kind: 'publish', policyId: 'strict' },
      { policyId: 'strict', name: 'strict', text: 'x', defaults: '', number: 2, replaces: 1 },
    )
    const found = changes(before, after)
    expect(found).toMatchObject({ touches: 2, members: 1, enrolments: 1 })
    expect(found.changes).toMatchObject([
      {
        before: { policy: { version: 1 } },
        after: { policy: { version: 2 } },
        sample: [{ id: 'bob' }, { id: 'builders' }],
      },
    ])
  })

  it('has another hash when another text would be published to the same people', () => {
    const publish = (text: string) =>
      changes(
        before,
        afterAct(
          before,
          { kind: 'publish', policyId: 'strict' },
          { policyId: 'strict', name: 'strict', text, defaults: '', number: 2, replaces: 1 },
        ),
      ).hash
    expect(publish('x')).not.toBe(publish('y'))
    expect(publish('x')).toBe(publish('x'))
  })

  it('counts one who is added to a group, and nobody who was in it already', () => {
    const act = {
      kind: 'membership',
      groupId: 'contractors',
      add: ['ann', 'bob'],
      remove: [],
    } as const
    const found = changes(before, afterAct(before, { ...act, add: [...act.add], remove: [] }))
    expect(found.changes).toMatchObject([{ count: 1, sample: [{ id: 'ann' }] }])
  })

  it('gives nobody another policy by a surface that is about signing in', () => {
    const off = afterAct(before, { kind: 'surface', key: 'device_code', on: false })
    expect(changes(before, off)).toMatchObject({ touches: 0, changes: [] })
  })

  it('counts members beside enrolments when Codex is turned off', () => {
    const off = afterAct(before, { kind: 'surface', key: 'codex_local', on: false })
    const { touches, members, enrolments } = changes(before, off)
    expect(members).toBeGreaterThan(0)
    expect(enrolments).toBeGreaterThan(0)
    expect(members + enrolments).toBe(touches)
  })

  it('tells a refusal, nothing at all and a leaver apart', () => {
    const off = afterAct(before, { kind: 'surface', key: 'codex_local', on: false })
    expect(changes(before, off).changes.every((c) => c.after.given === 'refused')).toBe(true)
    expect(changes(before, off).touches).toBe(5)
    const none = afterAct(before, { kind: 'default', policyId: null })
    expect(changes(before, none).changes).toMatchObject([{ count: 3, after: { given: 'nothing' } }])
    const left = afterAct(before, { kind: 'remove_member', memberId: 'cy' })
    expect(changes(before, left).changes).toMatchObject([{ count: 1, after: { given: 'gone' } }])
    const bound = afterAct(before, {
      kind: 'enrolment',
      enrolmentId: 'laptops',
      groupId: 'contractors',
    })
    expect(changes(before, bound)).toMatchObject({ touches: 1, enrolments: 1 })
  })
})
