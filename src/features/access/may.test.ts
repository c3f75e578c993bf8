import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { permissionKeys, type Permission } from '#features/workspace/index.ts'
import { mayAct, type Act } from './may.ts'
import { permissionsOf, potentialOf, type Grant } from './roles.ts'
import { roleKeys, type MemberStatus, type RoleKey } from './schema.ts'

/**
 * A small workspace in which anybody tries anything; only `mayAct` says no. Groups give permissions here, as custom
 * roles will, so that the invariant holds for them before they exist.
 */
interface Person {
  role: RoleKey
  status: MemberStatus
  readonly groups: Set<number>
}
interface Key {
  readonly scopes: readonly Permission[]
  readonly maker: number
  revoked: boolean
}
interface Place {
  readonly people: Person[]
  readonly keys: Key[]
  readonly grants: readonly Grant[]
}

const grantsOf = (place: Place, p: Person): readonly Grant[] =>
  [...p.groups].flatMap((g) => place.grants[g] ?? [])
const heldBy = (place: Place, p: Person) => permissionsOf(p, grantsOf(place, p))
const potential = (place: Place, p: Person) => potentialOf(p, grantsOf(place, p))
function keyHolds(place: Place, key: Key): ReadonlySet<Permission> {
  const maker = place.people[key.maker]
  if (key.revoked || !maker) return new Set()
  const held = heldBy(place, maker)
  return new Set(key.scopes.filter((s) => held.has(s)))
}

const index = fc.nat(20)
const attempt = fc.oneof(
  fc.record({ do: fc.constant('role' as const), on: index, role: fc.constantFrom(...roleKeys) }),
  fc.record({ do: fc.constant('add' as const), role: fc.constantFrom(...roleKeys), on: index }),
  fc.record({ do: fc.constant('join' as const), on: index, group: fc.nat(2) }),
  fc.record({
    do: fc.constant('status' as const),
    on: index,
    status: fc.constantFrom<MemberStatus>('active', 'suspended', 'archived'),
  }),
  fc.record({
    do: fc.constant('key' as const),
    on: index,
    scopes: fc.subarray([...permissionKeys]),
  }),
  fc.record({ do: fc.constant('revoke' as const), on: index }),
  fc.record({ do: fc.constant('take over' as const), on: index }),
)
type Attempt = typeof attempt extends fc.Arbitrary<infer T> ? T : never
const step = fc.record({ byKey: fc.boolean(), actor: index, attempt })

/** The act that the attempt is, and what happens to the place when it is allowed. */
function read(place: Place, by: number, t: Attempt): { act: Act; happen: () => void } | undefined {
  const target = place.people[t.on % place.people.length]
  if (!target) return undefined
  const holds = potential(place, target)
  switch (t.do) {
    case 'role':
      return {
        act: { kind: 'change_role', holds, role: t.role },
        happen: () => (target.role = t.role),
      }
    case 'add':
      return {
        act: { kind: 'add_member', role: t.role },
        happen: () => place.people.push({ role: t.role, status: 'active', groups: new Set() }),
      }
    case 'join':
      return {
        act: { kind: 'join_group', grants: place.grants[t.group]?.permissions ?? [] },
        happen: () => target.groups.add(t.group),
      }
    case 'status':
      return {
        act: { kind: 'manage_member', holds },
        happen: () => (target.status = t.status),
      }
    case 'key':
      return {
        act: { kind: 'make_key', scopes: t.scopes },
        happen: () => place.keys.push({ scopes: t.scopes, maker: by, revoked: false }),
      }
    case 'revoke': {
      const key = place.keys[t.on % Math.max(place.keys.length, 1)]
      return { act: { kind: 'revoke_key' }, happen: () => key && (key.revoked = true) }
    }
    case 'take over':
      // A password link: from now on whoever acted can act as the target.
      return { act: { kind: 'manage_member', holds }, happen: () => undefined }
  }
}

const place = fc.record({
  roles: fc.array(fc.constantFrom(...roleKeys), { minLength: 1, maxLength: 5 }),
  grants: fc.array(fc.subarray([...permissionKeys], { maxLength: 3 }), {
    minLength: 3,
    maxLength: 3,
  }),
})

function build(given: { roles: RoleKey[]; grants: Permission[][] }): Place {
  return {
    people: given.roles.map((role) => ({ role, status: 'active', groups: new Set<number>() })),
    keys: [],
    grants: given.grants.map((permissions, i) => ({
      from: { kind: 'group', id: String(i), name: String(i) },
      permissions,
    })),
  }
}

const powers = (p: Place): ReadonlySet<Permission>[] => [
  ...p.people.map((person) => heldBy(p, person)),
  ...p.keys.map((key) => keyHolds(p, key)),
]

describe('no act raises anyone above the one who acts', () => {
  it('never gives a permission that the actor does not hold, whatever is tried in whatever order', () => {
    let allowed = 0
    fc.assert(
      fc.property(place, fc.array(step, { maxLength: 40 }), (given, steps) => {
        const world = build(given)
        const allAtFirst = new Set(world.people.flatMap((p) => [...heldBy(world, p)]))
        for (const { byKey, actor, attempt } of steps) {
          const key = byKey ? world.keys[actor % Math.max(world.keys.length, 1)] : undefined
          const by = key ? key.maker : actor % world.people.length
          const person = world.people[by]
          if (!person) continue
          const permissions = key ? keyHolds(world, key) : heldBy(world, person)
          const read_ = read(world, by, attempt)
          if (!read_ || mayAct({ permissions }, read_.act)) continue
          allowed++
          if (attempt.do === 'take over') {
            const target = world.people[attempt.on % world.people.length]
            for (const p of target ? potential(world, target) : []) expect(permissions).toContain(p)
          }
          const before = powers(world)
          const people = world.people.length
          read_.happen()
          powers(world).forEach((after, i) => {
            // Positions shift by one when a person was added: new ones had nothing.
            const had = before[world.people.length > people && i >= people ? i - 1 : i]
            const fresh = world.people.length > people && i === people
            const gained = [...after].filter((p) => fresh || had?.has(p) !== true)
            for (const p of gained) expect(permissions).toContain(p)
          })
        }
        const everything = new Set(powers(world).flatMap((s) => [...s]))
        for (const p of everything) expect(allAtFirst).toContain(p)
      }),
      { numRuns: 500 },
    )
    expect(allowed).toBeGreaterThan(500)
  })

  it('refuses whatever a member tries', () => {
    const permissions = permissionsOf({ role: 'member', status: 'active' })
    const holds = potentialOf({ role: 'member' })
    const acts: Act[] = [
      { kind: 'add_member', role: 'member' },
      { kind: 'change_role', holds, role: 'member' },
      { kind: 'manage_member', holds },
      { kind: 'join_group', grants: [] },
      { kind: 'make_key', scopes: ['workspace.read'] },
      { kind: 'revoke_key' },
    ]
    expect(acts.map((act) => mayAct({ permissions }, act)?.reason)).toEqual(acts.map(() => 'needs'))
  })

  it('keeps an admin from deciding about an owner, also one who is suspended or only invited', () => {
    const permissions = permissionsOf({ role: 'admin', status: 'active' })
    const holds = potentialOf({ role: 'owner' })
    expect(mayAct({ permissions }, { kind: 'manage_member', holds })).toEqual({
      reason: 'commands',
      lacks: ['settings.manage'],
    })
    expect(mayAct({ permissions }, { kind: 'add_member', role: 'owner' })?.reason).toBe('gives')
    expect(mayAct({ permissions }, { kind: 'add_member', role: 'admin' })).toBeUndefined()
  })
})
