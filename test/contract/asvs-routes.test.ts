import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { permissionKeys, type Permission } from '#features/workspace/index.ts'
import type { Route } from '#kernel/route.ts'
import { newMember, type Person } from '../clients.ts'
import { picture } from '../picture.ts'
import { startWorld, type Answer, type CallOptions, type World } from '../world.ts'

// OWASP ASVS 4.0.3, 4.1.1 to 4.1.5 and 4.2.1: every route of the OpenAPI document is walked by nobody, by a member, and by
// somebody who holds every permission but the one that it asks for; it is refused, and nothing in the database is another.

let world: World
let member: Person
/** Holds what the custom role says, and nothing else beside what every member has. */
let clerk: Person
let roleId: string

beforeAll(async () => {
  world = await startWorld()
  member = await newMember(world, 'mary@acme.example')
  clerk = await newMember(world, 'clerk@acme.example')
  roleId = (await good('POST', '/api/v1/roles', { name: 'All but one', permissions: [] })).id
  await good('POST', `/api/v1/roles/${roleId}/holders`, {
    holder: { kind: 'member', id: clerk.id },
    endsAt: null,
    reason: 'Walks the routes',
  })
})
afterAll(() => world.close())

async function good(method: string, path: string, body?: unknown): Promise<Answer['json']> {
  const answer = await world.admin(method, path, body)
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.json
}

const routes = (): readonly Route[] => world.app.routes
const isPublic = ({ auth }: Route): boolean => auth.includes('public')
const ask = (route: Route, who: CallOptions): Promise<Answer> =>
  world.call(route.method, route.path.replaceAll(/\{\w+\+?\}/g, 'x'), who)

describe('every route of the OpenAPI document', () => {
  it('is one of those that are walked here', async () => {
    const { json } = await world.call('GET', '/api/v1/openapi.json')
    const documented = Object.values(json.paths as Record<string, Record<string, object>>).flatMap(
      (path) => Object.values(path).map((one) => (one as { operationId: string }).operationId),
    )
    expect(documented.toSorted()).toEqual(
      routes()
        .map(({ id }) => id)
        .toSorted(),
    )
  })

  it('is compared with a picture of the database in which every act is seen', async () => {
    const before = await picture(world)
    expect(await picture(world)).toEqual(before)
    await good('POST', '/api/v1/groups', { name: 'Seen' })
    const after = await picture(world)
    const changed = Object.keys(after).filter((table) => after[table] !== before[table])
    expect(changed).toEqual(expect.arrayContaining(['audit_records', 'groups']))
  })

  it('refuses nobody, and changes nothing', async () => {
    const before = await picture(world)
    for (const route of routes().filter((one) => !isPublic(one))) {
      const { status } = await ask(route, {})
      // An enrolment is named in the address: one that is not there is not found.
      expect([route.id, route.auth.includes('enrolment') ? [401, 404] : [401]]).toEqual([
        route.id,
        expect.arrayContaining([status]),
      ])
    }
    expect(await picture(world)).toEqual(before)
  })

  it('refuses a member where it asks for a permission that members do not have, and changes nothing', async () => {
    const session = await world.call('GET', '/api/v1/session', { cookie: member.cookie })
    const held = new Set(session.json.permissions as Permission[])
    const guarded = routes().filter(
      ({ permission, auth }) =>
        permission !== null && !held.has(permission as Permission) && auth.includes('session'),
    )
    expect(guarded.length).toBeGreaterThan(150)
    const before = await picture(world)
    for (const route of guarded) {
      const answer = await ask(route, { cookie: member.cookie })
      expect([route.id, answer.status, answer.json?.code]).toEqual([route.id, 403, 'forbidden'])
    }
    expect(await picture(world)).toEqual(before)
  })

  it('refuses whoever holds every permission but that one, and changes nothing', async () => {
    const everybodyHas: Permission[] = []
    let walked = 0
    for (const permission of permissionKeys) {
      const asking = routes().filter(
        (route) => route.permission === permission && route.auth.includes('session'),
      )
      if (asking.length === 0) continue
      const { version } = await good('GET', `/api/v1/roles/${roleId}`)
      await good('PATCH', `/api/v1/roles/${roleId}`, {
        permissions: permissionKeys.filter((key) => key !== permission),
        version,
      })
      const { json } = await world.call('GET', '/api/v1/session', { cookie: clerk.cookie })
      const held = json.permissions as Permission[]
      if (held.includes(permission)) {
        everybodyHas.push(permission)
        continue
      }
      expect(held).toHaveLength(permissionKeys.length - 1)
      const before = await picture(world)
      for (const route of asking) {
        const answer = await ask(route, { cookie: clerk.cookie })
        expect([route.id, answer.status, answer.json?.code]).toEqual([route.id, 403, 'forbidden'])
        walked++
      }
      expect(await picture(world)).toEqual(before)
    }
    expect(walked).toBeGreaterThan(150)
    // What the built-in role of every member holds nobody can lack.
    expect(everybodyHas).toEqual(['workspace.read', 'watch.read', 'subscriptions.read'])
  })
})
