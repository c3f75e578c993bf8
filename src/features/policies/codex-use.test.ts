import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { everybodyMay, mayUseCodex, useAt, usesOf, withGrant, type CodexUse } from './codex-use.ts'

const roles = new Map([
  ['codex', { name: 'Codex', codex: true }],
  ['other', { name: 'Other', codex: false }],
])
const grant = fc.record({
  roleId: fc.constantFrom('codex', 'other'),
  endsAt: fc.option(fc.integer({ min: 1, max: 20 })),
  holder: fc.record({
    kind: fc.constantFrom('member' as const, 'group' as const),
    id: fc.constantFrom('a', 'b'),
  }),
})
type Grant = typeof grant extends fc.Arbitrary<infer T> ? T : never
const made = (grants: readonly Grant[], defaultRoleId: string | null): CodexUse => ({
  always: new Set(['owner']),
  roles,
  defaultRoleId,
  ...usesOf(grants),
})

describe('who may use Codex', () => {
  it('is whoever holds a role that gives it at that moment, or the default role and no other', () => {
    const cases = { true: 0, false: 0 }
    fc.assert(
      fc.property(
        fc.array(grant, { maxLength: 6 }),
        fc.constantFrom('codex', 'other', null),
        fc.subarray(['a', 'b']),
        fc.integer({ min: 0, max: 21 }),
        (grants, defaultRoleId, groupIds, now) => {
          const running = grants.filter(
            ({ endsAt, holder }) =>
              (endsAt === null || endsAt > now) &&
              (holder.kind === 'member' ? holder.id === 'a' : groupIds.includes(holder.id)),
          )
          const expected =
            running.some(({ roleId }) => roleId === 'codex') ||
            (running.length === 0 && defaultRoleId === 'codex')
          cases[`${expected}`]++
          const use = useAt(made(grants, defaultRoleId), now)
          expect(mayUseCodex(use, 'a', groupIds)).toBe(expected)
          expect(mayUseCodex(use, 'owner', [])).toBe(true)
          expect(use.nextEnd).toBeGreaterThan(now)
        },
      ),
    )
    expect(Math.min(cases.true, cases.false)).toBeGreaterThan(5)
  })

  it('stays the same picture while nothing ends', () => {
    const use = made([{ roleId: 'codex', endsAt: 10, holder: { kind: 'member', id: 'a' } }], null)
    expect(useAt(use, 9)).toBe(use)
    expect(useAt(everybodyMay, Number.MAX_SAFE_INTEGER)).toBe(everybodyMay)
  })

  it('is given and taken in a picture beside it', () => {
    const holder = { kind: 'group', id: 'b' } as const
    const before = made([], 'other')
    const given = withGrant(before, holder, 'codex', null)
    expect(mayUseCodex(given, 'a', ['b'])).toBe(true)
    expect(mayUseCodex(withGrant(given, holder, 'codex', 'taken'), 'a', ['b'])).toBe(false)
    expect(mayUseCodex(before, 'a', ['b'])).toBe(false)
  })
})
