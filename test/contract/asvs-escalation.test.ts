import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { day } from '#kernel/clock.ts'
import { permissionKeys, type Permission } from '#features/workspace/index.ts'
import { newMember, theOwner, type Person } from '../clients.ts'
import { picture } from '../picture.ts'
import { owner, startWorld, type Answer, type World } from '../world.ts'

// OWASP ASVS 4.0.3, 4.1.2, 4.1.3 and 4.2.1: whoever holds one permission to administer, and nothing else, tries to get more
// by it. Each attempt is refused for what it would give or command, and nothing in the database is another.

let world: World
let boss: Person
let mallory: Person
/** Of the custom role that is all that Mallory holds. */
let roleId: string
/** A role with every permission, a group that has it, and a role that is nobody's. */
let everything: string
let strong: string
let unused: string
/** A group that gives nothing. */
let plain: string

beforeAll(async () => {
  world = await startWorld()
  boss = await theOwner(world)
  mallory = await newMember(world, 'mallory@acme.example')
  roleId = await made('/api/v1/roles', { name: 'One', permissions: ['metrics.read'] })
  await give(roleId, { kind: 'member', id: mallory.id })
  everything = await made('/api/v1/roles', { name: 'Everything', permissions: [...permissionKeys] })
  strong = await made('/api/v1/groups', { name: 'Strong' })
  plain = await made('/api/v1/groups', { name: 'Plain' })
  await give(everything, { kind: 'group', id: strong })
  unused = await made('/api/v1/roles', { name: 'Unused', permissions: ['metrics.read'] })
})
afterAll(() => world.close())

async function good(method: string, path: string, body?: unknown): Promise<Answer['json']> {
  const answer = await world.admin(method, path, body)
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.json
}
const made = async (path: string, body: object): Promise<string> =>
  (await good('POST', path, body)).id as string
const give = (id: string, holder: object) => good('POST', `/api/v1/roles/${id}/holders`, { holder })

/** From now on she holds these, beside what every member has. */
async function mayOnly(permissions: readonly Permission[]): Promise<void> {
  const { version } = await good('GET', `/api/v1/roles/${roleId}`)
  await good('PATCH', `/api/v1/roles/${roleId}`, { permissions: [...permissions], version })
}
const asMallory = (method: string, path: string, body?: unknown): Promise<Answer> =>
  world.call(method, `/api/v1${path}`, {
    cookie: mallory.cookie,
    ...(body === undefined ? {} : { body }),
    ...(typeof body === 'string' ? { headers: { 'content-type': 'text/csv' } } : {}),
  })
const versionOf = async (path: string): Promise<number> =>
  (await good('GET', `/api/v1${path}`)).version as number

interface Attack {
  readonly called: string
  readonly may: readonly Permission[]
  readonly attempt: () => Promise<Answer>
}

const people = ['members.manage', 'members.read'] as const
const roles = ['roles.manage', 'members.read'] as const
const ofBoss = (end = '') => `/members/${boss.id}${end}`
const ofMallory = (end = '') => `/members/${mallory.id}${end}`

const attacks: readonly Attack[] = [
  {
    called: 'adds a member with a built-in role above the own one',
    may: people,
    attempt: () => asMallory('POST', '/members', { email: 'a@acme.example', role: 'admin' }),
  },
  {
    called: 'invites an owner',
    may: people,
    attempt: () =>
      asMallory('POST', '/invitations', { email: 'b@acme.example', name: 'B', role: 'owner' }),
  },
  {
    called: 'adds a member straight into a group that gives more',
    may: people,
    attempt: () => asMallory('POST', '/members', { email: 'c@acme.example', groupIds: [strong] }),
  },
  {
    called: 'puts herself into a group that gives more',
    may: people,
    attempt: () => asMallory('POST', `/groups/${strong}/members`, { add: [mallory.id] }),
  },
  {
    called: 'imports herself as an admin',
    may: people,
    attempt: () => asMallory('POST', '/members/import', `email,role\n${mallory.email},admin\n`),
  },
  {
    called: 'imports herself into a group that gives more',
    may: people,
    attempt: () => asMallory('POST', '/members/import', `email,groups\n${mallory.email},Strong\n`),
  },
  {
    called: 'changes where the owner’s password links go',
    may: people,
    attempt: async () =>
      asMallory('PUT', ofBoss('/email'), {
        email: 'mallory2@acme.example',
        version: await versionOf(ofBoss()),
      }),
  },
  {
    called: 'makes a link that sets the owner’s password',
    may: people,
    attempt: () => asMallory('POST', '/password-reset/links', { memberId: boss.id }),
  },
  {
    called: 'takes the owner’s second factors away',
    may: people,
    attempt: () => asMallory('DELETE', ofBoss('/factors')),
  },
  {
    called: 'ends the owner’s sessions',
    may: people,
    attempt: () => asMallory('DELETE', ofBoss('/sessions')),
  },
  {
    called: 'suspends the owner',
    may: people,
    attempt: async () =>
      asMallory('POST', ofBoss('/suspend'), { version: await versionOf(ofBoss()) }),
  },
  {
    called: 'deletes the owner',
    may: people,
    attempt: async () => asMallory('DELETE', `${ofBoss()}?version=${await versionOf(ofBoss())}`),
  },
  {
    called: 'makes herself an admin',
    may: [...roles, 'members.manage'],
    attempt: async () =>
      asMallory('PUT', ofMallory('/role'), {
        role: 'admin',
        version: await versionOf(ofMallory()),
      }),
  },
  {
    called: 'makes the owner a member',
    may: [...roles, 'members.manage'],
    attempt: async () =>
      asMallory('PUT', ofBoss('/role'), { role: 'member', version: await versionOf(ofBoss()) }),
  },
  {
    called: 'makes a role with more than she holds',
    may: roles,
    attempt: () => asMallory('POST', '/roles', { name: 'Mine', permissions: ['keys.manage'] }),
  },
  {
    called: 'clones a role with more than she holds',
    may: roles,
    attempt: () =>
      asMallory('POST', '/roles', {
        name: 'Mine',
        permissions: [...permissionKeys],
        copyOf: everything,
      }),
  },
  {
    called: 'adds to the role that she has herself',
    may: roles,
    attempt: async () =>
      asMallory('PATCH', `/roles/${roleId}`, {
        permissions: [...roles, 'keys.manage'],
        version: await versionOf(`/roles/${roleId}`),
      }),
  },
  {
    called: 'puts an earlier version of her role back that held more',
    may: roles,
    attempt: async () => {
      const version = await versionOf(`/roles/${roleId}`)
      // The one before held what the attack before was made with.
      return asMallory('POST', `/roles/${roleId}/put-back`, { to: 1, version })
    },
  },
  {
    called: 'gives herself a role with more',
    may: roles,
    attempt: () =>
      asMallory('POST', `/roles/${everything}/holders`, {
        holder: { kind: 'member', id: mallory.id },
      }),
  },
  {
    called: 'gives a role with more to a group that she is in or could get into',
    may: [...roles, 'members.manage'],
    attempt: () =>
      asMallory('POST', `/roles/${everything}/holders`, { holder: { kind: 'group', id: plain } }),
  },
  {
    called: 'makes a role with more the default of everybody',
    may: roles,
    attempt: () => asMallory('PUT', '/roles/default', { roleId: everything }),
  },
  {
    called: 'takes a role from whoever is stronger',
    may: roles,
    attempt: () =>
      asMallory('POST', `/roles/${everything}/holders/take`, {
        holder: { kind: 'group', id: strong },
      }),
  },
  {
    called: 'makes a key with more than she holds',
    may: ['keys.manage'],
    attempt: () => asMallory('POST', '/keys', { name: 'Mine', scopes: ['members.manage'] }),
  },
  {
    called: 'grants her own request',
    may: ['requests.decide'],
    attempt: async () => {
      const asked = await asMallory('POST', '/requests', {
        wanted: { kind: 'role', name: 'One' },
        reason: 'I would like to',
      })
      return asMallory('POST', `/requests/${asked.json.id as string}/grant`, {
        way: { kind: 'role', id: unused },
        lasts: day,
      })
    },
  },
  {
    called: 'connects groups from claims to a group that gives more, without being an owner',
    may: ['settings.manage'],
    attempt: () =>
      asMallory('PUT', '/sso/providers/x/groups', {
        version: 1,
        mappings: [{ value: 'all', groupId: strong }],
      }),
  },
  {
    called: 'marks herself as an owner for emergencies',
    may: people,
    attempt: () => asMallory('PUT', ofMallory('/break-glass'), { on: true }),
  },
  {
    called: 'turns the second factor off for everybody',
    may: people,
    attempt: () => asMallory('PUT', '/second-factor-rule', { required: false }),
  },
]

describe('nobody gets more by what she may already', () => {
  it.each(attacks)('$called', async ({ may, attempt }) => {
    await mayOnly(may)
    const before = await picture(world)
    const answer = await attempt()
    expect([answer.status, answer.json?.code], answer.text).toEqual([
      403,
      expect.stringMatching(/^(forbidden|exceeds_own_rights)$/),
    ])
    const after = await picture(world)
    // What she asks for stands on the list; nothing of it was given.
    const own = new Set(['access_requests', 'audit_records', 'migrations'])
    const changed = Object.keys(after).filter((name) => after[name] !== before[name])
    expect(changed.filter((name) => !own.has(name))).toEqual([])
  })

  it('and at the end holds no more than she was given', async () => {
    await mayOnly(['metrics.read'])
    const { json } = await world.call('GET', '/api/v1/session', { cookie: mallory.cookie })
    expect((json.permissions as string[]).toSorted()).toEqual(
      ['metrics.read', 'subscriptions.read', 'watch.read', 'workspace.read'].toSorted(),
    )
    expect((await good('GET', `/api/v1/members/${boss.id}`)).email).toBe(owner.email)
  })
})
