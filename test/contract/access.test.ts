import { Hono } from 'hono'
import { afterEach, describe, expect, it } from 'vitest'
import {
  activateMember,
  actorOf,
  type Acting,
  allMemberships,
  createAccess,
  createMember,
  createOperatorKey,
  memberById,
  type AccessPorts,
  type RoleKey,
} from '#features/access/index.ts'
import { changeRole } from '#features/access/members.ts'
import { createWorkspace, permissionKeys, revisions } from '#features/workspace/index.ts'
import { auditRecords } from '#kernel/audit.ts'
import { createIds } from '#kernel/ids.ts'
import { createLog } from '#kernel/log.ts'
import { Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { mountRoutes } from '#kernel/server.ts'
import { createPool } from '#kernel/pool.ts'
import { createSecrets } from '#kernel/secrets.ts'
import { openEngine } from '../engine.ts'

/** Access alone on a real database. What other features bring is recorded, and can be told to be in the way. */
async function place() {
  const clock = { now: Date.UTC(2026, 0, 5, 9) }
  const tick = (): number => clock.now
  const ids = createIds(tick)
  const log = createLog('silent')
  const asked: unknown[] = []
  const withoutPassword = new Set<string>()
  const inUse: { kind: string; id: string; label: string; link: string }[] = []
  const ports: AccessPorts = {
    *endSessions(memberId) {
      asked.push(['endSessions', memberId])
      return 2
    },
    *endClients(memberId) {
      asked.push(['endClients', memberId])
      return 3
    },
    *endLinks(memberId) {
      asked.push(['endLinks', memberId])
      return 1
    },
    *keepBreakGlass() {},
    *canSignIn(memberIds) {
      return new Set(memberIds.filter((id) => !withoutPassword.has(id)))
    },
    *forget(memberId) {
      asked.push(['forget', memberId])
    },
    *holdings() {
      return [{ kind: 'session', count: 2, label: 'sessions', fate: 'Ended.', items: [] }]
    },
    *groupUsedBy() {
      return inUse
    },
    changeSets: {
      *reach() {
        return 7
      },
      *touch(act, hash) {
        asked.push([act.kind, hash])
        if (hash !== undefined && hash !== 'seen') throw new Problem('preview_outdated')
        return { touches: 7 }
      },
    },
  }
  const secrets = createSecrets([new Uint8Array(32)])
  const pool = createPool()
  const publicUrl = 'https://gatehouse.acme.example'
  const parts = { clock: tick, ids, log, secrets, pool, publicUrl }
  // The migrations need no database, the routes do: two instances around one handle.
  const bare = createAccess({ ...parts, db: undefined as never }, ports)
  const workspace = createWorkspace({
    features: () => [],
    mailer: undefined,
    *touch() {
      return { touches: 0 }
    },
    *memberOf() {
      return undefined
    },
    clock: tick,
  })
  const engine = await openEngine([...workspace.migrations, ...bare.migrations], tick)
  const { db } = engine
  const access = createAccess({ ...parts, db }, ports)
  const http = new Hono()
  mountRoutes(http, access.routes, {
    db,
    clock: tick,
    ids,
    log,
    recentFor: 600_000,
    clientIp: () => '192.0.2.1',
    authenticators: {
      key: access.authenticateKey,
      // Stands for sign-in: the header names the member.
      session: async (request) => {
        const id = request.headers.get('x-member')
        if (id === null) return undefined
        const member = await db.read(() => memberById(id))
        return (
          member && {
            ...(await db.read(() => actorOf(member, clock.now))),
            authenticatedAt: clock.now,
          }
        )
      },
    },
  })
  const call = async (
    who: { member?: string; key?: string },
    method: string,
    path: string,
    body?: unknown,
  ) => {
    const csv = typeof body === 'string'
    const response = await http.request(`/api/v1${path}`, {
      method,
      headers: {
        'x-gatehouse-csrf': '1',
        ...(who.member === undefined ? {} : { 'x-member': who.member }),
        ...(who.key === undefined ? {} : { authorization: `Bearer ${who.key}` }),
        ...(body === undefined ? {} : { 'content-type': csv ? 'text/csv' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: csv ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const type = response.headers.get('content-type') ?? ''
    const json = type.includes('json') ? JSON.parse(text) : {}
    return { status: response.status, text, json, code: String(json.code) }
  }
  const add = (email: string, role: RoleKey = 'member') =>
    db.tx(() => createMember(ids, clock.now, { email, name: '', role, status: 'active' }))
  return {
    ...{ db, ids, clock, asked, inUse, ports, withoutPassword, call, add },
    owner: await add('owner@acme.example', 'owner'),
    admin: await add('admin@acme.example', 'admin'),
    audit: () => db.read(() => auditRecords({ limit: 100 })),
    read: <T>(work: () => Work<T>) => db.read(work),
    async close() {
      await pool.close()
      await engine.close()
    },
  }
}

/** One or several members of each item of an answer. */
const pluck = (items: unknown, ...keys: string[]): unknown[] =>
  (items as Record<string, unknown>[]).map((item) =>
    keys.length === 1 ? item[keys[0] ?? ''] : keys.map((key) => item[key]),
  )

type Place = Awaited<ReturnType<typeof place>>
let open: Place | undefined
const start = async (): Promise<Place> => (open = await place())
afterEach(async () => {
  await open?.close()
  open = undefined
})

describe('members', () => {
  it('are unique by address whatever its case, also for two at once', async () => {
    const { call, admin } = await start()
    const as = { member: admin.id }
    const both = await Promise.all([
      call(as, 'POST', '/members', { email: 'ada@acme.example' }),
      call(as, 'POST', '/members', { email: ' Ada@ACME.example ' }),
    ])
    expect(both.map((r) => r.status).sort()).toEqual([201, 409])
    const refused = both.find((r) => r.status === 409)
    expect(refused?.json.code).toBe('already_exists')
  })

  it('tell the second of two who edit that the first was there, and overwrite nothing', async () => {
    const { call, admin, add } = await start()
    const ada = await add('ada@acme.example')
    const as = { member: admin.id }
    const first = await call(as, 'PATCH', `/members/${ada.id}`, { name: 'Ada', version: 1 })
    const second = await call(as, 'PATCH', `/members/${ada.id}`, { name: 'Eve', version: 1 })
    expect([first.status, second.status]).toEqual([200, 409])
    expect(second.json).toMatchObject({ code: 'edited_meanwhile', current: { name: 'Ada' } })
  })

  it('filter, search, sort and page without losing or repeating anybody', async () => {
    const { call, admin, add } = await start()
    for (let i = 0; i < 25; i++) await add(`dev${String(i).padStart(2, '0')}@acme.example`)
    const as = { member: admin.id }
    for (const sort of ['name', '-email', 'role', '-status', 'lastSeen', '-created']) {
      const seen: string[] = []
      let cursor = ''
      do {
        const path = `/members?limit=10&sort=${sort}${cursor && `&cursor=${cursor}`}`
        const { json } = await call(as, 'GET', path)
        expect(json.total).toBe(27)
        seen.push(...(pluck(json.items, 'id') as string[]))
        cursor = json.next ?? ''
      } while (cursor !== '')
      expect(seen).toHaveLength(27)
      expect(new Set(seen).size).toBe(27)
    }
    const emails = async (query: string): Promise<unknown[]> =>
      pluck((await call(as, 'GET', `/members?${query}`)).json.items, 'email')
    expect(await emails('q=DEV0&sort=-email&limit=2')).toEqual([
      'dev09@acme.example',
      'dev08@acme.example',
    ])
    expect(await emails('q=%25')).toEqual([])
    expect(await emails('q=_')).toEqual([])
    expect(await emails('role=owner')).toEqual(['owner@acme.example'])
    expect((await call(as, 'GET', '/members?cursor=nonsense')).json.code).toBe('invalid_input')
  })

  it('find names with letters beyond ASCII', async () => {
    const { call, admin, add } = await start()
    const { id } = await add('oe@acme.example')
    const as = { member: admin.id }
    await call(as, 'PATCH', `/members/${id}`, { name: 'Örjan Åberg', version: 1 })
    const { json } = await call(as, 'GET', `/members?q=${encodeURIComponent('öRJAN å')}`)
    expect(pluck(json.items, 'id')).toEqual([id])
  })

  it('lose sessions and keys in the act that archives them, and come back by being restored', async () => {
    const { call, owner, add, asked } = await start()
    const ada = await add('ada@acme.example', 'admin')
    const made = await call({ member: ada.id }, 'POST', '/keys', {
      name: 'ci',
      scopes: ['members.read'],
    })
    const key = made.json.secret as string
    expect((await call({ key }, 'GET', '/members')).status).toBe(200)

    const as = { member: owner.id }
    const preview = await call(as, 'GET', `/members/${ada.id}/offboarding`)
    expect(preview.json.refused).toBe(null)
    expect(pluck(preview.json.archive, 'kind', 'count')).toEqual([
      ['group', 0],
      ['key', 1],
      ['session', 2],
    ])
    const path = `/members/${ada.id}/archive`
    const stale = await call(as, 'POST', path, { version: 1, changeSet: 'other' })
    expect(stale.json.code).toBe('preview_outdated')
    const archived = await call(as, 'POST', path, { version: 1, changeSet: 'seen' })
    expect(archived.json.status).toBe('archived')
    expect(asked).toContainEqual(['endSessions', ada.id])
    expect(asked).toContainEqual(['endClients', ada.id])
    const refused = await call({ key }, 'GET', '/members')
    expect([refused.status, refused.json.detail]).toEqual([401, 'This service key was revoked.'])
    const back = await call(as, 'POST', `/members/${ada.id}/activate`, { version: 2 })
    expect(back.json.status).toBe('active')
    expect((await call({ key }, 'GET', '/members')).status).toBe(401)
  })

  it('leave nothing behind but revoked keys and the audit trail when they are deleted', async () => {
    const { call, owner, add, asked, read, audit } = await start()
    const ada = await add('ada@acme.example')
    const as = { member: owner.id }
    const group = (await call(as, 'POST', '/groups', { name: 'Platform' })).json
    await call(as, 'POST', `/groups/${group.id}/members`, { add: [ada.id] })
    const gone = await call(as, 'DELETE', `/members/${ada.id}?version=1`)
    expect(gone.status).toBe(204)
    expect(await read(() => memberById(ada.id))).toBeUndefined()
    expect(await read(() => allMemberships())).toEqual([])
    expect(asked).toContainEqual(['forget', ada.id])
    const [record] = await audit()
    expect(record).toMatchObject({
      action: 'member.delete',
      touches: 7,
      target: { label: 'ada@acme.example' },
    })
  })

  it('become active by answering an invitation, once', async () => {
    const { db, ids, clock } = await start()
    const invited = await db.tx(() =>
      createMember(ids, clock.now, {
        email: 'new@acme.example',
        name: '',
        role: 'admin',
        status: 'invited',
      }),
    )
    const now = clock.now + 1
    const active = await db.tx(() => activateMember(now, invited.id, 'New'))
    expect(active).toMatchObject({ status: 'active', name: 'New', version: 2 })
    await expect(db.tx(() => activateMember(now, invited.id))).rejects.toMatchObject({
      code: 'wrong_state',
    })
  })
})

describe('rights', () => {
  it('stop an admin at the owner, on every way there is', async () => {
    const { call, admin, owner, add, read } = await start()
    const as = { member: admin.id }
    const second = await add('second@acme.example', 'owner')
    const tries = [
      await call(as, 'PUT', `/members/${admin.id}/role`, { role: 'owner', version: 1 }),
      await call(as, 'PUT', `/members/${second.id}/role`, { role: 'member', version: 1 }),
      await call(as, 'PUT', `/members/${owner.id}/email`, { email: 'x@evil.example', version: 1 }),
      await call(as, 'PATCH', `/members/${owner.id}`, { name: 'x', version: 1 }),
      await call(as, 'POST', `/members/${owner.id}/suspend`, { version: 1 }),
      await call(as, 'POST', `/members/${owner.id}/archive`, { version: 1 }),
      await call(as, 'DELETE', `/members/${owner.id}?version=1`),
      await call(as, 'POST', '/members', { email: 'x@acme.example', role: 'owner' }),
      await call(as, 'POST', '/members/import', 'email,role\nadmin@acme.example,owner\n'),
      await call(as, 'POST', '/keys', { name: 'all', scopes: [...permissionKeys] }),
    ]
    expect(tries.map((t) => [t.status, t.code])).toEqual(
      tries.map(() => [403, 'exceeds_own_rights']),
    )
    expect(await read(() => memberById(owner.id))).toEqual(owner)
    expect(await read(() => memberById(admin.id))).toEqual(admin)
  })

  it('leave an owner when two owners demote each other at the same moment', async () => {
    const { db, owner, add, clock, read, ports } = await start()
    const second = await add('second@acme.example', 'owner')
    // Both were let in as owners before either act was done.
    const [byOwner, bySecond] = [
      await read(() => actorOf(owner, clock.now)),
      await read(() => actorOf(second, clock.now)),
    ]
    const demote = (by: Acting, id: string) =>
      db.tx(() => changeRole(ports, by, clock.now, { id, role: 'member', version: 1 }))
    const both = await Promise.allSettled([demote(byOwner, second.id), demote(bySecond, owner.id)])
    const refused = both.filter((r) => r.status === 'rejected')
    expect(refused.map((r) => (r.reason as Problem).code)).toEqual(['last_owner'])
    const roles = [owner, second].map(async (m) => (await read(() => memberById(m.id)))?.role)
    expect((await Promise.all(roles)).sort()).toEqual(['member', 'owner'])
  })

  it('keep the last owner from stepping down, in person or by file', async () => {
    const { call, owner } = await start()
    const as = { member: owner.id }
    const tries = [
      await call(as, 'PUT', `/members/${owner.id}/role`, { role: 'admin', version: 1 }),
      await call(as, 'POST', '/members/import', 'email,role\nowner@acme.example,admin\n'),
    ]
    expect(tries.map((t) => t.code)).toEqual(['last_owner', 'last_owner'])
    const self = await call(as, 'POST', `/members/${owner.id}/archive`, { version: 1 })
    expect(self.json.code).toBe('wrong_state')
  })

  it('count an owner for the last-owner rule only when she can sign in', async () => {
    const { call, owner, add, withoutPassword } = await start()
    const imported = await add('imported@acme.example', 'owner')
    withoutPassword.add(imported.id)
    const as = { member: owner.id }
    const tries = [
      await call(as, 'PUT', `/members/${owner.id}/role`, { role: 'admin', version: 1 }),
      await call(as, 'POST', '/members/import', 'email,role\nowner@acme.example,admin\n'),
      await call({ member: imported.id }, 'POST', `/members/${owner.id}/archive`, { version: 1 }),
      await call({ member: imported.id }, 'DELETE', `/members/${owner.id}?version=1`),
    ]
    expect(tries.map((t) => t.code)).toEqual(tries.map(() => 'last_owner'))
    const leaving = await call(as, 'GET', `/members/${owner.id}/offboarding`)
    expect(leaving.json.refused).toContain('last owner')
    // She herself may go: nobody signs in by her.
    const gone = await call(as, 'DELETE', `/members/${imported.id}?version=1`)
    expect(gone.status).toBe(204)
  })

  it('are refused whole to a member, and to nobody', async () => {
    const { call, add } = await start()
    const ada = await add('ada@acme.example')
    for (const path of ['/members', '/groups', '/keys', '/roles']) {
      expect((await call({ member: ada.id }, 'GET', path)).status).toBe(403)
      expect((await call({}, 'GET', path)).status).toBe(401)
    }
    const me = await call({ member: ada.id }, 'GET', '/me')
    expect(me.json).toMatchObject({ kind: 'member', label: 'ada@acme.example' })
    expect(pluck(me.json.permissions, 'key')).toEqual([
      'workspace.read',
      'codex.local.use',
      'codex.device_code.use',
      'watch.read',
      'subscriptions.read',
    ])
  })
})

describe('groups', () => {
  it('are unique by name whatever its case', async () => {
    const { call, admin } = await start()
    const as = { member: admin.id }
    expect((await call(as, 'POST', '/groups', { name: 'Platform' })).status).toBe(201)
    const second = await call(as, 'POST', '/groups', { name: ' platform ' })
    expect([second.status, second.json.code]).toEqual([409, 'already_exists'])
  })

  it('take and lose many at once, tell how many that touches, and bump the revision', async () => {
    const { call, admin, add, read, audit } = await start()
    const as = { member: admin.id }
    const group = (await call(as, 'POST', '/groups', { name: 'Platform' })).json
    const people = [await add('a@acme.example'), await add('b@acme.example')].map((m) => m.id)
    const before = await read(() => revisions())
    const path = `/groups/${group.id}/members`
    const added = await call(as, 'POST', path, { add: [...people, people[0]], changeSet: 'seen' })
    expect(added.json).toEqual({ added: 2, removed: 0, changed: 0, touches: 7, members: 2 })
    expect((await read(() => revisions())).people).toBeGreaterThan(before.people)
    const again = await call(as, 'POST', path, { add: people })
    expect(again.json).toMatchObject({ added: 0, members: 2 })
    const outdated = await call(as, 'POST', path, { remove: people, changeSet: 'other' })
    expect(outdated.json.code).toBe('preview_outdated')
    const removed = await call(as, 'POST', path, { remove: [people[0]] })
    expect(removed.json).toMatchObject({ removed: 1, members: 1 })
    const list = await call(as, 'GET', path)
    expect(pluck(list.json.items, 'email')).toEqual(['b@acme.example'])
    const unknown = await call(as, 'POST', path, { add: ['mem_nobody', people[0]] })
    expect([unknown.status, unknown.json.unknown]).toEqual([404, ['mem_nobody']])
    expect((await audit())[0]?.touches).toBe(7)
  })

  it('stay while something refers to them, and say what', async () => {
    const { call, admin, inUse } = await start()
    const as = { member: admin.id }
    const group = (await call(as, 'POST', '/groups', { name: 'Platform' })).json
    inUse.push({ kind: 'rule', id: 'rul_1', label: 'group rule 1', link: '/rules' })
    const refused = await call(as, 'DELETE', `/groups/${group.id}?version=1`)
    expect(refused.json).toMatchObject({ code: 'in_use', usedBy: inUse })
    inUse.pop()
    expect((await call(as, 'DELETE', `/groups/${group.id}?version=1`)).status).toBe(204)
    expect((await call(as, 'GET', `/groups/${group.id}`)).json.code).toBe('not_found')
  })

  it('sort by name and by size, and export', async () => {
    const { call, admin, add } = await start()
    const as = { member: admin.id }
    for (const name of ['b', 'A', '=c'])
      await call(as, 'POST', '/groups', { name, description: 'of "all"' })
    const listed = (await call(as, 'GET', '/groups')).json.items as { id: string; name: string }[]
    expect(listed.map((g) => g.name)).toEqual(['=c', 'A', 'b'])
    const { id } = await add('a@acme.example')
    await call(as, 'POST', `/groups/${listed[2]?.id ?? ''}/members`, { add: [id] })
    const bySize = await call(as, 'GET', '/groups?sort=-members&limit=1')
    expect(bySize.json.items[0].name).toBe('b')
    const next = await call(as, 'GET', `/groups?sort=-members&cursor=${bySize.json.next}`)
    expect(next.json.items).toHaveLength(2)
    const csv = await call(as, 'GET', '/groups?format=csv')
    expect(csv.text).toContain(`'=c,"of ""all""",0,manual`)
  })
})

describe('service keys', () => {
  const scopes = ['members.read', 'members.manage', 'keys.manage', 'workspace.read']

  it('hold what their maker holds at the moment of use, and never more than their scopes', async () => {
    const { call, owner, add } = await start()
    const ada = await add('ada@acme.example', 'admin')
    const made = await call({ member: ada.id }, 'POST', '/keys', { name: 'ci', scopes })
    const key = made.json.secret as string
    const held = async (): Promise<unknown[]> =>
      pluck((await call({ key }, 'GET', '/me')).json.permissions, 'key')
    expect((await held()).sort()).toEqual([...scopes].sort())
    expect((await call({ key }, 'GET', '/members')).status).toBe(200)
    const owners = { member: owner.id }
    await call(owners, 'PUT', `/members/${ada.id}/role`, { role: 'member', version: 1 })
    expect(await held()).toEqual(['workspace.read'])
    expect((await call({ key }, 'GET', '/members')).status).toBe(403)
    await call(owners, 'POST', `/members/${ada.id}/suspend`, { version: 2 })
    const asleep = await call({ key }, 'GET', '/me')
    expect([asleep.status, asleep.json.detail]).toEqual([
      401,
      'Whoever made this service key holds none of its permissions any more.',
    ])
    await call(owners, 'POST', `/members/${ada.id}/activate`, { version: 3 })
    expect(await held()).toEqual(['workspace.read'])
  })

  it('make keys only out of their own rights, and those fall with the same person', async () => {
    const { call, owner, add } = await start()
    const ada = await add('ada@acme.example', 'admin')
    const key = (await call({ member: ada.id }, 'POST', '/keys', { name: 'ci', scopes })).json
      .secret
    const more = await call({ key }, 'POST', '/keys', { name: 'x', scopes: ['policies.publish'] })
    expect([more.status, more.json.lacks]).toEqual([403, ['policies.publish']])
    const child = await call({ key }, 'POST', '/keys', { name: 'child', scopes: ['members.read'] })
    expect(child.json.key.maker).toMatchObject({ kind: 'member', id: ada.id })
    await call({ member: owner.id }, 'DELETE', `/members/${ada.id}?version=1`)
    expect((await call({ key: child.json.secret }, 'GET', '/me')).status).toBe(401)
    const listed = await call({ member: owner.id }, 'GET', '/keys')
    expect(pluck(listed.json.items, 'name', 'state')).toEqual([
      ['child', 'revoked'],
      ['ci', 'revoked'],
    ])
  })

  it('make no key that outlives them', async () => {
    const { call, owner, clock } = await start()
    const ends = clock.now + 1000
    const scopes = ['keys.manage']
    const wish = { name: 'short', scopes, expiresAt: ends }
    const { secret } = (await call({ member: owner.id }, 'POST', '/keys', wish)).json
    const make = (expiresAt: number | null) =>
      call({ key: String(secret) }, 'POST', '/keys', { name: 'child', scopes, expiresAt })
    expect((await make(null)).code).toBe('exceeds_own_rights')
    expect((await make(ends + 1)).code).toBe('exceeds_own_rights')
    expect((await make(ends)).status).toBe(201)
  })

  it('are shown once, expire, can be revoked, and are stored as a hash', async () => {
    const { call, owner, clock, db } = await start()
    const as = { member: owner.id }
    const expiresAt = clock.now + 1000
    const made = (await call(as, 'POST', '/keys', { name: 'ci', scopes, expiresAt })).json
    expect(made.secret).toMatch(/^gh_key_/)
    const list = await call(as, 'GET', '/keys')
    expect(list.text).not.toContain(made.secret)
    expect(list.json.items[0]).toMatchObject({ prefix: made.key.prefix, state: 'working' })
    clock.now += 1000
    const late = await call({ key: made.secret }, 'GET', '/me')
    expect(late.json.detail).toBe('This service key has expired.')
    expect((await call(as, 'GET', '/keys?state=usable')).json.items).toEqual([])
    const revoked = await call(as, 'DELETE', `/keys/${made.key.id}`)
    expect(revoked.json).toMatchObject({ state: 'revoked', revokedBy: 'owner@acme.example' })
    const kept = JSON.stringify(await db.read(() => auditRecords({ limit: 100 })))
    expect(kept).not.toContain(made.secret)
    const past = await call(as, 'POST', '/keys', { name: 'late', scopes, expiresAt })
    expect(past.code).toBe('invalid_input')
  })

  it('say what is wrong with a key that is cut off, foreign or unknown', async () => {
    const { call, owner } = await start()
    const made = await call({ member: owner.id }, 'POST', '/keys', { name: 'ci', scopes })
    const secret = made.json.secret as string
    for (const key of [secret.slice(0, -1), `${secret.slice(0, -1)}x`, 'gh_key_', 'x'.repeat(40)]) {
      const refused = await call({ key }, 'GET', '/me')
      expect([refused.status, refused.json.code]).toEqual([401, 'unauthenticated'])
    }
    expect((await call({ key: secret }, 'GET', '/me')).status).toBe(200)
  })

  it('write their last use at most once a minute', async () => {
    const { call, owner, clock } = await start()
    const as = { member: owner.id }
    const made = (await call(as, 'POST', '/keys', { name: 'ci', scopes })).json
    const used = async (): Promise<unknown> => {
      await call({ key: made.secret }, 'GET', '/me')
      return (await call(as, 'GET', `/keys/${made.key.id}`)).json.lastUsedAt
    }
    const first = clock.now
    expect(await used()).toBe(first)
    clock.now += 59_000
    expect(await used()).toBe(first)
    clock.now += 1000
    expect(await used()).toBe(first + 60_000)
  })

  it('may be the secret that the operator brought, with every permission', async () => {
    const { call, db, ids, clock } = await start()
    const secret = 'a secret of the operator, 32 long'.replaceAll(' ', '-')
    await db.tx(() => createOperatorKey(ids, clock.now, { name: 'initial', secret }))
    const me = await call({ key: secret }, 'GET', '/me')
    expect(me.json.permissions).toHaveLength(permissionKeys.length)
    const child = await call({ key: secret }, 'POST', '/keys', { name: 'ci', scopes })
    expect(child.json.key.maker.kind).toBe('operator')
    await expect(
      db.tx(() => createOperatorKey(ids, clock.now, { name: 'short', secret: 'x'.repeat(31) })),
    ).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('import', () => {
  const file =
    'email,name,role,groups\nada@acme.example,Ada,admin,Platform;Data\nbob@acme.example,Bob,,Data\n'

  it('does the whole file when it still does what the preview said', async () => {
    const { call, admin, read } = await start()
    const as = { member: admin.id }
    const query = 'createGroups=true'
    const preview = await call(as, 'POST', `/members/import/preview?${query}`, file)
    expect(preview.json).toMatchObject({ creates: 2, newGroups: ['Platform', 'Data'], errors: [] })
    expect(await read(() => allMemberships())).toEqual([])
    const path = `/members/import?${query}&preview=${preview.json.hash}`
    const done = await call(as, 'POST', path, file)
    expect(done.json).toEqual({
      created: 2,
      updated: 0,
      unchanged: 0,
      newGroups: 2,
      memberships: 3,
      touches: 7,
    })
    const again = await call(as, 'POST', path, file)
    expect([again.status, again.json.code]).toEqual([409, 'preview_outdated'])
    expect(again.json.preview).toMatchObject({ creates: 0, unchanged: 2 })
  })

  it('does nothing when one line is wrong, and says which', async () => {
    const { call, admin } = await start()
    const as = { member: admin.id }
    const bad = await call(as, 'POST', '/members/import', `${file}oops,,,\n`)
    expect(bad.status).toBe(400)
    expect(bad.json.errors).toMatchObject([
      { line: 2, code: 'unknown_group' },
      { line: 2, code: 'unknown_group' },
      { line: 3, code: 'unknown_group' },
      { line: 4, code: 'bad_email' },
    ])
    expect((await call(as, 'GET', '/members')).json.total).toBe(2)
    expect((await call(as, 'POST', '/members/import', { json: true })).status).toBe(415)
    const large = `email,name\n${'x'.repeat(5 * 1024 * 1024)}`
    expect((await call(as, 'POST', '/members/import', large)).status).toBe(413)
  })

  it('takes back what the list exports', async () => {
    const { call, admin } = await start()
    const as = { member: admin.id }
    await call(as, 'POST', '/members/import?createGroups=true', file)
    const exported = (await call(as, 'GET', '/members?format=csv')).text
    const preview = await call(as, 'POST', '/members/import/preview', exported)
    expect(preview.json).toMatchObject({ creates: 0, updates: 0, unchanged: 4, errorCount: 0 })
  })
})
