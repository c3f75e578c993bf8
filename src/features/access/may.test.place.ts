import fc from 'fast-check'
import { permissionKeys, type Permission } from '#features/workspace/index.ts'
import type { Act } from './may.ts'
import { administrationOf, permissionsOf, potentialOf, type Grant } from './roles/held.ts'
import { roleKeys, type MemberStatus, type RoleKey } from './schema.ts'

/** A small workspace in which anybody tries anything; only `mayAct` says no. */
export interface Place {
  readonly people: Person[]
  readonly keys: Key[]
  readonly roles: Permission[][]
  /** Of each group the roles that it was given. */
  readonly groups: Set<number>[]
  defaultRole: number | null
}
interface Person {
  role: RoleKey
  status: MemberStatus
  readonly groups: Set<number>
  readonly roles: Set<number>
}
interface Key {
  readonly scopes: readonly Permission[]
  readonly maker: number
  revoked: boolean
}

function grantsOf(place: Place, person: Person): readonly Grant[] {
  const given = new Set([
    ...person.roles,
    ...[...person.groups].flatMap((g) => [...(place.groups[g] ?? [])]),
  ])
  if (given.size === 0 && place.defaultRole !== null) given.add(place.defaultRole)
  return [...given].map((role) => ({
    from: {
      kind: 'role',
      id: String(role),
      name: '',
      through: { kind: 'default', id: '', name: '' },
      endsAt: null,
    },
    permissions: place.roles[role] ?? [],
  }))
}
export const heldBy = (place: Place, person: Person): ReadonlySet<Permission> =>
  permissionsOf(person, grantsOf(place, person))
export const potential = (place: Place, person: Person): ReadonlySet<Permission> =>
  potentialOf(person, grantsOf(place, person))

export function keyHolds(place: Place, key: Key): ReadonlySet<Permission> {
  const maker = place.people[key.maker]
  if (key.revoked || !maker) return new Set()
  const held = heldBy(place, maker)
  return new Set(key.scopes.filter((scope) => held.has(scope)))
}

const kinds = [
  'built-in role',
  'add',
  'join',
  'leave',
  'claim',
  'directory',
  'status',
  'key',
  'revoke',
  'take over',
  'make role',
  'change role',
  'delete role',
  'give to person',
  'give to group',
  'take from person',
  'take from group',
  'default role',
] as const

const index = fc.nat(20)
const permissions = fc.subarray([...permissionKeys])
export const attempt = fc.record({
  do: fc.constantFrom(...kinds),
  on: index,
  group: fc.nat(2),
  role: fc.nat(4),
  builtIn: fc.constantFrom(...roleKeys),
  status: fc.constantFrom<MemberStatus>('active', 'suspended', 'archived'),
  permissions,
  asked: fc.boolean(),
})
export type Attempt = typeof attempt extends fc.Arbitrary<infer T> ? T : never
export const step = fc.record({ byKey: fc.boolean(), actor: index, attempt })

export const arbitraryPlace: fc.Arbitrary<Place> = fc
  .record({
    people: fc.array(fc.record({ role: fc.constantFrom(...roleKeys), has: fc.nat(2) }), {
      minLength: 1,
      maxLength: 5,
    }),
    roles: fc.array(fc.subarray([...permissionKeys], { maxLength: 6 }), {
      minLength: 3,
      maxLength: 3,
    }),
    groups: fc.array(fc.option(fc.nat(2)), { minLength: 3, maxLength: 3 }),
    defaultRole: fc.option(fc.nat(2)),
  })
  .map(({ people, roles, groups, defaultRole }) => ({
    people: people.map(({ role, has }) => ({
      role,
      status: 'active',
      groups: new Set<number>(),
      roles: new Set([has]),
    })),
    keys: [],
    roles: roles.map((held) => [...held]),
    groups: groups.map((role) => new Set(role === null ? [] : [role])),
    defaultRole,
  }))

interface Tried {
  readonly act: Act
  readonly happen: () => void
  /** What anybody gains by it comes from the default role, whose use of Codex everybody gets who comes. */
  readonly byDefault?: true
}

/** The act that an attempt is, as the shell makes it, and what happens to the place when it is allowed. */
export function tried(place: Place, by: number, t: Attempt): Tried | undefined {
  const target = place.people[t.on % place.people.length]
  if (!target) return undefined
  const holds = potential(place, target)
  const group = place.groups[t.group] ?? new Set<number>()
  const ofGroup = [...group].flatMap((role) => place.roles[role] ?? [])
  const number = t.role % place.roles.length
  const role = place.roles[number] ?? []
  const fallback = place.defaultRole === null ? [] : (place.roles[place.defaultRole] ?? [])
  const join = () => target.groups.add(t.group)
  switch (t.do) {
    case 'built-in role':
      return {
        act: { kind: 'change_role', holds, role: t.builtIn },
        happen: () => (target.role = t.builtIn),
      }
    case 'add':
      return {
        act: { kind: 'add_member', role: t.builtIn, grants: administrationOf(fallback) },
        happen: () =>
          place.people.push({
            role: t.builtIn,
            status: 'active',
            groups: new Set(),
            roles: new Set(),
          }),
        byDefault: true,
      }
    case 'join':
      return { act: { kind: 'join_group', grants: ofGroup }, happen: join }
    case 'leave':
      return {
        act: { kind: 'leave_group', grants: ofGroup, fallback },
        happen: () => target.groups.delete(t.group),
        byDefault: true,
      }
    // Whoever made the connection can make anybody join by it.
    case 'claim':
      return { act: { kind: 'map_claim', grants: ofGroup }, happen: join }
    case 'directory':
      return { act: { kind: 'open_directory', grants: ofGroup }, happen: join }
    case 'status':
      return { act: { kind: 'manage_member', holds }, happen: () => (target.status = t.status) }
    case 'key':
      return {
        act: { kind: 'make_key', scopes: t.permissions },
        happen: () => place.keys.push({ scopes: t.permissions, maker: by, revoked: false }),
      }
    case 'revoke': {
      const key = place.keys[t.on % Math.max(place.keys.length, 1)]
      return { act: { kind: 'revoke_key' }, happen: () => key && (key.revoked = true) }
    }
    // A password link, a second factor taken away: from now on whoever acted can act as the target.
    case 'take over':
      return { act: { kind: 'manage_member', holds }, happen: () => undefined }
    case 'make role':
      return {
        act: { kind: 'make_role', permissions: t.permissions },
        happen: () => place.roles.push([...t.permissions]),
      }
    case 'change role':
      return {
        act: { kind: 'change_role_definition', before: role, after: t.permissions },
        happen: () => (place.roles[number] = [...t.permissions]),
      }
    // The shell refuses it while anybody has it: what goes is held by nobody.
    case 'delete role':
      return { act: { kind: 'delete_role', permissions: role }, happen: () => undefined }
    case 'give to person':
      return {
        act: { kind: 'give_role', permissions: role, asked: t.asked },
        happen: () => target.roles.add(number),
      }
    case 'give to group':
      return {
        act: { kind: 'give_role', permissions: role, asked: false },
        happen: () => group.add(number),
      }
    case 'take from person':
      return {
        act: { kind: 'take_role', permissions: role, fallback },
        happen: () => target.roles.delete(number),
        byDefault: true,
      }
    case 'take from group':
      return {
        act: { kind: 'take_role', permissions: role, fallback },
        happen: () => group.delete(number),
        byDefault: true,
      }
    case 'default role':
      return {
        act: { kind: 'set_default_role', before: fallback, after: role },
        happen: () => (place.defaultRole = number),
      }
  }
}
