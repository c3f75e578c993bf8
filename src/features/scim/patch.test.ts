import fc from 'fast-check'
import { scimPatch } from 'scim-patch'
import { describe, expect, it } from 'vitest'
import type { Resource } from './attributes.ts'
import { patchGroup } from './group.patch.ts'
import { patchUser, type Operation } from './patch.ts'
import { coreUser, enterpriseUser } from './path.ts'

const start: Resource = {
  userName: 'ada',
  active: true,
  emails: [{ type: 'work', value: 'ada@acme.example', primary: true }],
}

describe('what Microsoft Entra sends', () => {
  it('has paths in its names, and values that are not there yet', () => {
    const after = patchUser(start, [
      {
        op: 'replace',
        value: {
          active: 'False',
          'name.givenName': 'Ada',
          [`${enterpriseUser}:department`]: 'Tour',
          id: 'not hers',
        },
      },
      { op: 'add', path: 'emails[type eq "home"].value', value: 'ada@home.example' },
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'a@acme.example' },
      { op: 'add', path: `${enterpriseUser}:manager`, value: 'mem_1' },
      { op: 'replace', path: `${coreUser}:displayName`, value: 'Ada L' },
    ])
    expect(after).toEqual({
      userName: 'ada',
      active: 'False',
      name: { givenName: 'Ada' },
      displayName: 'Ada L',
      emails: [
        { type: 'work', value: 'a@acme.example', primary: true },
        { type: 'home', value: 'ada@home.example' },
      ],
      [enterpriseUser]: { department: 'Tour', manager: { value: 'mem_1' } },
    })
  })
})

it('gives the primary mark from one value to the next', () => {
  const value = [{ value: 'b@acme.example', primary: true }]
  const after = patchUser(start, [{ op: 'add', path: 'emails', value }])
  expect((after['emails'] as Resource[]).map((e) => e['primary'])).toEqual([false, true])
})

it('refuses what nobody may change, and says how SCIM calls that', () => {
  const refusal = (operation: Operation): unknown => {
    try {
      patchUser(start, [operation])
      return undefined
    } catch (error) {
      return (error as { extra: { data: { scimType: string } } }).extra.data.scimType
    }
  }
  expect(refusal({ op: 'replace', path: 'id', value: 'x' })).toBe('mutability')
  expect(refusal({ op: 'remove' })).toBe('noTarget')
  expect(refusal({ op: 'add', path: 'emails[', value: 'x' })).toBe('invalidPath')
  expect(refusal({ op: 'add', path: 'emails[type eq].value', value: 'x' })).toBe('invalidFilter')
  expect(refusal({ op: 'replace', value: 'x' })).toBe('invalidValue')
})

const text = fc.constantFrom('a', 'b', 'c')
const simple = fc.record({
  op: fc.constantFrom('add' as const, 'replace' as const),
  path: fc.constantFrom('displayName', 'title', 'name.givenName', 'name.familyName'),
  value: text,
})
const removal = fc.record({
  op: fc.constant('remove' as const),
  path: fc.constantFrom('displayName', 'title', 'name.givenName'),
})

it('does with single values, one after the other, what another implementation does', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(simple, simple, removal), { maxLength: 8 }), (operations) => {
      const base = { ...start, displayName: 'x', title: 'y', name: { givenName: 'g' } }
      // The other one refuses to remove what is not there, and RFC 7644 does not ask for that.
      const theirs = operations.reduce<Resource>((now, operation) => {
        try {
          return scimPatch(structuredClone(now) as never, [operation])
        } catch {
          return now
        }
      }, base)
      const { meta: _, ...plain } = theirs
      expect(withoutEmpty(patchUser(base, operations))).toEqual(withoutEmpty(plain))
    }),
  )
})

const withoutEmpty = (value: Resource): Resource =>
  Object.fromEntries(
    Object.entries(value).filter(
      ([, v]) => !(typeof v === 'object' && v !== null && Object.keys(v).length === 0),
    ),
  )

const id = fc.constantFrom('m1', 'm2', 'm3', 'm4')
const list = fc.uniqueArray(id, { maxLength: 3 }).map((ids) => ids.map((value) => ({ value })))
const onMembers: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    op: fc.constantFrom('add' as const, 'replace' as const),
    path: fc.constant('members'),
    value: list,
  }),
  fc.record({
    op: fc.constant('remove' as const),
    path: id.map((one) => `members[value eq "${one}"]`),
  }),
  fc.record({ op: fc.constant('remove' as const), path: fc.constant('members'), value: list }),
  fc.constant({ op: 'remove' as const, path: 'members' }),
)

it('turns operations on members into who comes and who goes', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(id),
      fc.array(onMembers, { maxLength: 6 }),
      (present, operations) => {
        const oracle = new Set<string>(present)
        for (const { op, path, value } of operations) {
          const ids = ((value ?? []) as { value: string }[]).map((m) => m.value)
          const named = /"(.*)"/.exec(path ?? '')?.[1]
          if (op === 'replace' || (op === 'remove' && named === undefined && value === undefined))
            oracle.clear()
          if (op === 'remove') for (const one of [...ids, named ?? '']) oracle.delete(one)
          else for (const one of ids) oracle.add(one)
        }
        const { whole, add, remove } = patchGroup(operations).members
        const after = new Set(whole ? add : [...present.filter((m) => !remove.has(m)), ...add])
        expect([...after].sort()).toEqual([...oracle].sort())
      },
    ),
  )
})
