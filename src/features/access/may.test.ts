import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Permission } from '#features/workspace/index.ts'
import { mayAct, type Act } from './may.ts'
import {
  arbitraryPlace,
  heldBy,
  keyHolds,
  potential,
  step,
  tried,
  type Place,
} from './may.test.place.ts'
import { administrationOf, isOwnUse, permissionsOf, potentialOf } from './roles/held.ts'

const powers = (place: Place): ReadonlySet<Permission>[] => [
  ...place.people.map((person) => heldBy(place, person)),
  ...place.keys.map((key) => keyHolds(place, key)),
]

describe('no act raises anyone above the one who acts', () => {
  it('never gives a permission that the actor does not hold, whatever is tried in whatever order', () => {
    const allowed = new Map<string, number>()
    fc.assert(
      fc.property(arbitraryPlace, fc.array(step, { maxLength: 40 }), (place, steps) => {
        for (const { byKey, actor, attempt } of steps) {
          const key = byKey ? place.keys[actor % Math.max(place.keys.length, 1)] : undefined
          const by = key ? key.maker : actor % place.people.length
          const person = place.people[by]
          if (!person) continue
          const permissions = key ? keyHolds(place, key) : heldBy(place, person)
          const found = tried(place, by, attempt)
          if (!found || mayAct({ permissions }, found.act)) continue
          allowed.set(attempt.do, (allowed.get(attempt.do) ?? 0) + 1)
          if (attempt.do === 'take over') {
            const target = place.people[attempt.on % place.people.length]
            const strength = target ? administrationOf(potential(place, target)) : []
            for (const p of strength) expect(permissions).toContain(p)
          }
          const before = powers(place)
          const people = place.people.length
          found.happen()
          powers(place).forEach((after, i) => {
            // Positions shift by one when a person was added: new ones had nothing.
            const added = place.people.length > people
            const had = before[added && i >= people ? i - 1 : i]
            const fresh = added && i === people
            for (const p of after) {
              if (!fresh && had?.has(p) === true) continue
              if (found.byDefault && isOwnUse(p)) continue
              expect(permissions).toContain(p)
            }
          })
        }
      }),
      { numRuns: 1500 },
    )
    // Each kind of act was allowed now and then: a rule that refuses everything would pass otherwise.
    expect([...allowed.keys()].sort()).toEqual(everyKind)
  })

  it('refuses whatever a member tries', () => {
    const permissions = permissionsOf({ role: 'member', status: 'active' }, [])
    const holds = potentialOf({ role: 'member' }, [])
    const acts: Act[] = [
      { kind: 'add_member', role: 'member', grants: [] },
      { kind: 'change_role', holds, role: 'member' },
      { kind: 'manage_member', holds },
      { kind: 'join_group', grants: [] },
      { kind: 'leave_group', grants: [], fallback: [] },
      { kind: 'map_claim', grants: [] },
      { kind: 'open_directory', grants: [] },
      { kind: 'make_key', scopes: ['workspace.read'] },
      { kind: 'revoke_key' },
      { kind: 'make_role', permissions: [] },
      { kind: 'change_role_definition', before: [], after: [] },
      { kind: 'delete_role', permissions: [] },
      { kind: 'give_role', permissions: [] },
      { kind: 'give_role', permissions: [], asked: true },
      { kind: 'take_role', permissions: [], fallback: [] },
      { kind: 'set_default_role', before: [], after: [] },
    ]
    expect(acts.map((act) => mayAct({ permissions }, act)?.reason)).toEqual(acts.map(() => 'needs'))
  })

  it('keeps an admin from deciding about an owner, also one who is suspended or only invited', () => {
    const permissions = permissionsOf({ role: 'admin', status: 'active' }, [])
    const holds = potentialOf({ role: 'owner' }, [])
    expect(mayAct({ permissions }, { kind: 'manage_member', holds })).toEqual({
      reason: 'commands',
      lacks: ['settings.manage', 'signin.manage', 'directories.manage', 'compliance.delete'],
    })
    const adding = { kind: 'add_member', grants: [] } as const
    expect(mayAct({ permissions }, { ...adding, role: 'owner' })?.reason).toBe('gives')
    expect(mayAct({ permissions }, { ...adding, role: 'admin' })).toBeUndefined()
  })

  it('lets a help desk without Codex look after those who have it, and give it to nobody', () => {
    const permissions = new Set<Permission>([
      ...permissionsOf({ role: 'member', status: 'active' }, []),
      'members.manage',
      'roles.manage',
    ])
    const holds = new Set<Permission>(['codex.local.use'])
    expect(mayAct({ permissions }, { kind: 'manage_member', holds })).toBeUndefined()
    const gift = { kind: 'give_role', permissions: [...holds] } as const
    expect(mayAct({ permissions }, gift)?.reason).toBe('gives')
  })
})

const everyKind = [
  'add',
  'built-in role',
  'change role',
  'claim',
  'default role',
  'delete role',
  'directory',
  'give to group',
  'give to person',
  'join',
  'key',
  'leave',
  'make role',
  'revoke',
  'status',
  'take from group',
  'take from person',
  'take over',
]
