import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newMember, password, theOwner, type Person } from '../clients.ts'
import { cookieOf, signIn } from '../signin.ts'
import { owner, startWorld, type World } from '../world.ts'

// Lines of OWASP ASVS 4.0.3 about sessions, browsers and inputs that no other test holds. docs/security.md names them all.

let world: World
let boss: Person
beforeAll(async () => {
  world = await startWorld()
  boss = await theOwner(world)
})
afterAll(() => world.close())

describe('a session', () => {
  it('has a token of its own at each sign-in, with far more than 64 bits (3.2.1, 3.2.2)', async () => {
    const cookies = new Set<string>()
    for (let n = 0; n < 3; n++)
      cookies.add(cookieOf(await signIn(world, owner.email, owner.password)))
    expect(cookies.size).toBe(3)
    for (const cookie of cookies) expect(cookie.length).toBeGreaterThan(60)
  })

  it('opens nothing after signing out, also what the browser went back to (3.3.1)', async () => {
    const cookie = await boss.signIn()
    expect((await world.call('GET', '/api/v1/session', { cookie })).status).toBe(200)
    const out = await world.call('DELETE', '/api/v1/session', { cookie })
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0')
    expect((await world.call('GET', '/api/v1/session', { cookie })).status).toBe(401)
  })

  it('is taken from the cookie only, never from an address or another header (3.1.1, 3.5.2)', async () => {
    const token = (await boss.signIn()).split('=')[1] ?? ''
    for (const path of [
      `/api/v1/session?gh_session=${token}`,
      `/api/v1/session?access_token=${token}`,
    ])
      expect((await world.call('GET', path)).status).toBe(401)
    expect((await world.call('GET', '/api/v1/session', { key: token })).status).toBe(401)
  })

  it('that was handed to somebody before she signs in is worth nothing afterwards (3.2.1)', async () => {
    // Mallory signs in and puts her own cookie into Mary's browser.
    const mallory = await newMember(world, 'mallory@acme.example')
    await newMember(world, 'mary@acme.example')
    const answer = await world.call('POST', '/api/v1/session', {
      cookie: mallory.cookie,
      body: { email: 'mary@acme.example', password },
    })
    expect(cookieOf(answer)).not.toBe(mallory.cookie)
    expect((await world.call('GET', '/api/v1/session', { cookie: mallory.cookie })).status).toBe(
      401,
    )
  })
})

describe('a page of another site', () => {
  it('sends no form that is taken for JSON (13.2.3, 4.2.2)', async () => {
    const body = JSON.stringify({ email: owner.email, password: owner.password })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
      expect(
        (await world.call('POST', '/api/v1/session', { body, headers: { 'content-type': type } }))
          .status,
      ).toBe(415)
  })

  it('writes nothing with the cookie of who visits it (4.2.2)', async () => {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'x-gatehouse-csrf': '' },
    ] as Readonly<Record<string, string>>[]) {
      const answer = await world.call('POST', '/api/v1/groups', {
        cookie: boss.cookie,
        body: { name: 'Foreign' },
        headers,
      })
      expect(answer.json).toMatchObject({ status: 403, code: 'cross_site_request' })
    }
  })

  it('reads no answer: no origin is let in, whatever it calls itself (14.5.3)', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      'https://gatehouse.acme.example.evil.example',
    ])
      for (const method of ['GET', 'OPTIONS']) {
        const { headers } = await world.call(method, '/api/v1/session', {
          cookie: boss.cookie,
          headers: { origin, 'access-control-request-method': 'GET' },
        })
        expect(headers.get('access-control-allow-origin')).toBeNull()
        expect(headers.get('access-control-allow-credentials')).toBeNull()
      }
  })
})

describe('every answer', () => {
  it('carries the headers of a browser that is to be careful (14.4.3 to 14.4.7)', async () => {
    for (const path of ['/api/v1/docs', '/api/v1/session', '/sign-in', '/nothing']) {
      const { headers } = await world.call('GET', path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-frame-options')).toBe('DENY')
      // GATEHOUSE_PUBLIC_URL says that people come by https (14.4.5, 9.1.1).
      expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
    }
  })

  it('to what holds somebody’s data is kept by no cache (8.2.1)', async () => {
    for (const path of ['/api/v1/session', '/api/v1/members', '/api/v1/me'])
      expect(
        (await world.call('GET', path, { cookie: boss.cookie })).headers.get('cache-control'),
      ).toContain('no-store')
  })

  it('is by one of the methods that a route has, and no other (13.2.1, 14.5.1)', async () => {
    for (const method of ['PUT', 'PATCH', 'OPTIONS']) {
      const answer = await world.call(method, '/api/v1/session', { cookie: boss.cookie, body: {} })
      expect([method, answer.status >= 400]).toEqual([method, true])
    }
  })
})

describe('what is sent along', () => {
  it('and belongs to no field is refused, so that nobody makes herself an owner by it (5.1.2)', async () => {
    const mary = await newMember(world, 'mass@acme.example')
    for (const more of [{ role: 'owner' }, { status: 'active', role: 'admin' }, { id: boss.id }]) {
      await world.call('PATCH', '/api/v1/me', { cookie: mary.cookie, body: { name: 'M', ...more } })
      const { json } = await world.admin('GET', `/api/v1/members/${mary.id}`)
      expect(json).toMatchObject({ id: mary.id, role: 'member' })
    }
  })

  it('changes no prototype, however it is nested (5.1.2)', async () => {
    const body =
      '{"name":"x","description":"","__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}'
    await world.call('POST', '/api/v1/groups', {
      cookie: boss.cookie,
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
