import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { SqliteDb } from '#kernel/db.sqlite.ts'
import { postgresProblem } from '#kernel/db.postgres.ts'
import type { Route } from '#kernel/route.ts'
import { publish, strict } from '../company.ts'
import { testEngine } from '../engine.ts'
import { cookieOf, signIn } from '../signin.ts'
import { adminKey, owner, startWorld, type Answer, type World } from '../world.ts'
import { sampleOf } from '../sample.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

/** The answer of a check of this text: its complaints, and whether it may be published. */
async function check(text: string) {
  const answer = await world.admin('POST', '/api/v1/policies/check', { text })
  expect(answer.status).toBe(200)
  return answer.json as {
    publishable: boolean
    complaints: { code: string; line: number; column: number; message: string; remedy: string }[]
  }
}

describe('a bad document', () => {
  const deep = (open: string, close: string, n: number) => open.repeat(n) + close.repeat(n)
  const documents: readonly (readonly [string, string, number])[] = [
    ['malformed', 'allowed_sandbox_modes = ["read-only"\nx = 1\n', 2],
    ['a key twice', `${strict}${strict}`, 2],
    ['a table twice', '[features]\na = true\n[features]\nb = true\n', 3],
    ['arrays nested 100,000 deep', `a = ${deep('[', ']', 100_000)}\n`, 1],
    ['inline tables nested deep', `a = ${'{a='.repeat(20_000)}1${'}'.repeat(20_000)}\n`, 1],
    ['a dotted key of 50,000 parts', `${'a.'.repeat(50_000)}a = 1\n`, 1],
    ['a header of 50,000 parts', `[${'a.'.repeat(50_000)}a]\nb = 1\n`, 1],
    ['an open string', 'a = "never closed', 1],
  ]

  it.each(documents)('(%s) is answered with the place and what to do', async (_, text, line) => {
    const { publishable, complaints } = await check(text)
    expect(publishable).toBe(false)
    expect(complaints[0]).toMatchObject({ line })
    expect(complaints[0]?.remedy).not.toBe('')
  })

  it('is kept as a draft, refused when it is published, and the old one stays', async () => {
    const { id } = (await world.admin('POST', '/api/v1/policies', { name: 'Old', text: strict }))
      .json
    expect((await publish(world, id as string, strict, 'good')).status).toBe(201)
    for (const [, text] of documents) {
      const answer = await publish(world, id as string, text, 'bad')
      expect([answer.status, answer.json.code]).toEqual([422, 'policy_refused'])
      expect(answer.json.errors[0].line).toBeGreaterThan(0)
    }
    const { published } = (await world.admin('GET', `/api/v1/policies/${id}`)).json
    expect(published.number).toBe(1)
  })
})

describe('a bad body', () => {
  const path = '/api/v1/groups'
  it.each([
    ['another content type', 'text/plain', '{}', 415, 'unsupported_media_type'],
    ['no JSON', 'application/json', '{"name":', 400, 'malformed_body'],
    [
      'over the limit',
      'application/json',
      JSON.stringify('x'.repeat(2 ** 20)),
      413,
      'body_too_large',
    ],
    [
      'nested deeply',
      'application/json',
      '['.repeat(100_000) + ']'.repeat(100_000),
      400,
      'invalid_input',
    ],
    ['U+0000 in a text', 'application/json', '{"name":"a\\u0000b"}', 400, 'invalid_input'],
    ['another type of value', 'application/json', '{"name":7}', 400, 'invalid_input'],
    ['a number too large', 'application/json', '{"name":1e999}', 400, 'invalid_input'],
  ])('(%s) has its own code', async (_, type, body, status, code) => {
    const answer = await world.call('POST', path, {
      body,
      key: 'operator-chosen-admin-key-of-more-than-32-characters',
      headers: { 'content-type': type },
    })
    expect([answer.status, answer.json.code]).toEqual([status, code])
    expect(answer.json.detail).not.toBe('')
    expect((await world.admin('GET', path)).json.items).toEqual([])
  })

  it('that is not UTF-8 is refused as such', async () => {
    const response = await world.app.fetch(
      new Request(`http://gatehouse.test${path}`, {
        method: 'POST',
        headers: {
          authorization: 'Bearer operator-chosen-admin-key-of-more-than-32-characters',
          'content-type': 'application/json',
        },
        body: new Uint8Array([0x22, 0xff, 0x22]),
      }),
    )
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: 'malformed_body' },
    ])
  })
})

describe('an id that nobody has', () => {
  const notForPeople = ['enrolment', 'scim'] as const
  const withId = (): readonly Route[] =>
    world.app.routes.filter(
      (r) => r.path.includes('{') && !notForPeople.some((kind) => r.auth.includes(kind)),
    )

  /** The vendor's dialect has it one level deeper. */
  const codeOf = ({ json }: Answer): unknown => json?.code ?? json?.error?.code

  it('is answered with 404 by every route that takes one, whatever it would do', async () => {
    const cookie = cookieOf(await signIn(world, owner.email, owner.password))
    expect(withId().length).toBeGreaterThan(30)
    const others: [string, number, unknown][] = []
    for (const route of withId()) {
      const answer = await ask(route, route.path.replaceAll(/\{(\w+)\+?\}/g, idFor), cookie)
      if (answer.status !== 404) others.push([route.id, answer.status, codeOf(answer)])
      else expect([route.id, codeOf(answer)]).toEqual([route.id, 'not_found'])
    }
    // Who decides on a device is judged before the id, and so is its code, so that an id alone tells nothing; the keys of
    // surfaces and the forms of files are closed lists. What an alert asks for is judged before which one it is. A browser on its way to a provider is led to a page that says it.
    expect(new Map(others.map(([id, ...rest]) => [id, rest]))).toEqual(
      new Map([
        ['alerts.change', [400, 'invalid_input']],
        ['compliance.change-type', [400, 'invalid_input']],
        ['device-requests.approve', [409, 'edited_meanwhile']],
        ['device-requests.deny', [409, 'edited_meanwhile']],
        ['lookup.file', [400, 'invalid_input']],
        ['policies.version-file', [400, 'invalid_input']],
        ['sso.start', [303, undefined]],
        ['surfaces.clients', [400, 'invalid_input']],
        ['surfaces.reach', [400, 'invalid_input']],
        ['surfaces.set', [400, 'invalid_input']],
      ]),
    )
  })

  it('in any form never ends in an error of ours', async () => {
    const cookie = cookieOf(await signIn(world, owner.email, owner.password))
    const forms = ['%00', 'a%00b', '%E0%A4%A', '%2e%2e%2f', "'--", '%F0%9F%98%80', 'x'.repeat(3000)]
    for (const route of withId())
      for (const form of forms) {
        const answer = await ask(route, route.path.replaceAll(/\{\w+\+?\}/g, form), cookie)
        const refused =
          route.id === 'sso.start'
            ? answer.status === 303 || answer.status === 400
            : answer.status >= 400 && answer.status < 500
        expect([route.id, form.slice(0, 12), refused]).toEqual([route.id, form.slice(0, 12), true])
      }
  })

  it('is no way in for U+0000 in a query either', async () => {
    for (const route of world.app.routes.filter((r) => r.method === 'GET' && r.query)) {
      const path = route.path.replaceAll(/\{\w+\+?\}/g, 'x')
      const names = Object.keys(route.query?.shape ?? {})
      for (const name of names) {
        const { status } = await world.admin('GET', `${path}?${name}=a%00b`)
        expect([route.id, name, status < 500]).toEqual([route.id, name, true])
      }
    }
  })

  /** A number or the stamp of a snapshot where the route wants one. */
  const idFor = (_: string, name: string): string => {
    if (name === 'a' || name === 'b') return '2026-01-05-0900'
    return name === 'number' ? '1' : 'nobody_has_this'
  }

  /** Asks with a body that the route accepts, so that it is the id that it stumbles over. */
  async function ask(route: Route, path: string, cookie: string) {
    const query = route.query ? queryFor(route.query) : ''
    return world.call(route.method, path + query, {
      // Some routes are for programs only.
      ...(route.auth.includes('key') && !route.auth.includes('session')
        ? { key: adminKey }
        : { cookie }),
      ...(route.body ? { body: sampleOf(route.body) } : {}),
      ...(route.text === undefined ? {} : { body: 'x', headers: { 'content-type': route.text } }),
    })
  }

  function queryFor(query: z.ZodObject): string {
    const entries = Object.entries(sampleOf(query) as Record<string, unknown>)
    return entries.length === 0
      ? ''
      : `?${new URLSearchParams(entries.map(([k, v]) => [k, String(v)])).toString()}`
  }
})

describe('a full disk', () => {
  if (testEngine() === 'sqlite')
    it('refuses the write by name, keeps what was there, and takes the write when there is room', async () => {
      const db = world.app.runtime.db as SqliteDb
      const text = `${strict}${'# a long comment of a policy that needs room\n'.repeat(5000)}`
      const { id } = (await world.admin('POST', '/api/v1/policies', { name: 'Large', text })).json
      const path = `/api/v1/policies/${id as string}`
      const key = (await world.admin('POST', '/api/v1/enrolments', { name: 'Full' })).json.key
      const records = async () =>
        ((await world.admin('GET', '/api/v1/activity')).json.items as unknown[]).length
      const before = await records()

      const { page_count: pages } = db.raw.prepare('PRAGMA page_count').get() as never
      db.raw.exec(`PRAGMA max_page_count = ${Number(pages)}`)
      const refused = await world.admin('POST', `${path}/publish`, {
        message: 'x',
        draftRevision: 1,
      })
      expect([refused.status, refused.json.code]).toEqual([507, 'storage_full'])
      expect(refused.json.remedy).toContain('space')
      expect((await world.admin('GET', path)).json.published).toBeNull()
      expect(await records()).toBe(before)
      expect((await world.call('GET', `/c/${key as string}/codex/config/bundle`)).status).toBe(200)

      db.raw.exec('PRAGMA max_page_count = 1073741823')
      expect((await publish(world, id as string, text, 'room again')).status).toBe(201)
    })

  it('on PostgreSQL is told by its code, like a lost connection and a lost race', () => {
    const told = (code: string) => postgresProblem(Object.assign(new Error('x'), { code }))
    expect(told('53100')).toMatchObject({ code: 'storage_full', status: 507 })
    expect(told('57P01')).toMatchObject({ code: 'database_unavailable', status: 503 })
    expect(told('ECONNREFUSED')).toMatchObject({ code: 'database_unavailable' })
    expect(told('40001')).toMatchObject({ code: 'busy', status: 503 })
  })
})

describe('two at once', () => {
  it('who publish the same draft: one does, the other is told, and one version is there', async () => {
    const { id } = (await world.admin('POST', '/api/v1/policies', { name: 'Race', text: strict }))
      .json
    const path = `/api/v1/policies/${id as string}`
    const both = await Promise.all(
      ['one', 'two'].map((message) =>
        world.admin('POST', `${path}/publish`, { message, draftRevision: 1 }),
      ),
    )
    expect(both.map((a) => a.status).sort()).toEqual([201, 409])
    expect(both.find((a) => a.status === 409)?.json.code).toBe('edited_meanwhile')
    expect((await world.admin('GET', `${path}/versions`)).json.total).toBe(1)
  })

  it('who would each take the last other owner away: one stays', async () => {
    for (const name of ['a', 'b'])
      await world.admin('POST', '/api/v1/members', {
        email: `${name}@acme.example`,
        name,
        role: 'owner',
      })
    const owners = async () =>
      (
        (await world.admin('GET', '/api/v1/members?limit=100')).json.items as {
          id: string
          role: string
          status: string
          version: number
        }[]
      ).filter((m) => m.role === 'owner' && m.status !== 'archived')
    const before = await owners()
    const answers = await Promise.all(
      before.map((m) =>
        world.admin('POST', `/api/v1/members/${m.id}/archive`, { version: m.version }),
      ),
    )
    const refused = answers.filter((a) => a.status >= 400)
    expect(before.length).toBe(3)
    expect(refused.map((a) => a.json.code as string)).toEqual(['last_owner'])
    expect(await owners()).toHaveLength(1)
  })
})
