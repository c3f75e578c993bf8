import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { auditRecords } from './audit.ts'
import { createIds } from './ids.ts'
import { createLog } from './log.ts'
import { Problem } from './problem.ts'
import { routesFor, type Actor, type Route } from './route.ts'
import { mountRoutes } from './server.ts'
import { openEngine } from '../../test/engine.ts'

const route = routesFor<'things.edit'>()
const thing = z.object({ name: z.string().min(1), size: z.int() })
const base = { errors: 'problem', permission: 'things.edit', audit: 'thing.edit' } as const

const routes: readonly Route[] = [
  route({
    ...base,
    id: 'things.put',
    method: 'PUT',
    path: '/things/{id}',
    summary: '',
    auth: ['session', 'key'],
    params: z.object({ id: z.string().max(5) }),
    body: thing,
    output: thing,
    handle: (call, { params, body }) =>
      call.write(function* (record) {
        yield* record({ target: { kind: 'thing', id: params.id, label: body.name }, after: body })
        return { ...body, secret: 'not in the output schema' }
      }),
  }),
  route({
    ...base,
    id: 'things.numbers',
    method: 'PUT',
    path: '/numbers',
    summary: '',
    auth: ['key'],
    body: z.array(z.int()),
    output: null,
    audit: null,
    handle: () => undefined,
  }),
  route({
    ...base,
    id: 'things.forgotten',
    method: 'POST',
    path: '/forgotten',
    summary: '',
    auth: ['key'],
    output: null,
    handle: async (call) => {
      await call.write(function* () {})
      return undefined
    },
  }),
  route({
    ...base,
    id: 'things.dangerous',
    method: 'DELETE',
    path: '/dangerous',
    summary: '',
    auth: ['session'],
    recent: true,
    audit: null,
    output: null,
    handle: () => undefined,
  }),
  route({
    ...base,
    id: 'things.client',
    method: 'GET',
    path: '/client',
    summary: '',
    auth: ['client'],
    permission: null,
    audit: null,
    output: null,
    handle: () => undefined,
  }),
  route({
    ...base,
    id: 'things.broken',
    method: 'GET',
    path: '/broken',
    summary: '',
    auth: ['key'],
    audit: null,
    output: null,
    handle: () => {
      throw new Error('the password is hunter2')
    },
  }),
]

const actors: Record<string, Actor> = {
  strong: { kind: 'key', id: 'key_1', label: 'robot', permissions: new Set(['things.edit']) },
  weak: { kind: 'key', id: 'key_2', label: 'reader', permissions: new Set() },
}

let engine: Awaited<ReturnType<typeof openEngine>>
const app = new Hono()
beforeAll(async () => {
  engine = await openEngine([])
  mountRoutes(app, routes, {
    db: engine.db,
    clock: () => 1_000_000,
    ids: createIds(() => 1_000_000),
    log: createLog('silent'),
    recentFor: 600_000,
    clientIp: () => '192.0.2.1',
    authenticators: {
      key: (request) =>
        Promise.resolve(actors[request.headers.get('authorization')?.slice(7) ?? '']),
      session: (request) => {
        const cookie = request.headers.get('cookie')
        return Promise.resolve(
          cookie === null
            ? undefined
            : {
                kind: 'session',
                id: 'mem_1',
                label: 'ada@acme.example',
                permissions: new Set(['things.edit']),
                authenticatedAt: cookie === 'fresh' ? 999_000 : 1,
              },
        )
      },
    },
  })
})
afterAll(() => engine.close())

async function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
) {
  const response = await app.request(path, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  return {
    status: response.status,
    body: text === '' ? undefined : JSON.parse(text),
    headers: response.headers,
  }
}
const json = { 'content-type': 'application/json', authorization: 'Bearer strong' }
const good = JSON.stringify({ name: 'a', size: 1 })

describe('a route', () => {
  it('answers what its output schema says and nothing more, and records the act', async () => {
    const answer = await send('PUT', '/things/1', json, good)
    expect(answer).toMatchObject({ status: 200, body: { name: 'a', size: 1 } })
    expect(answer.body.secret).toBeUndefined()
    const [record] = await engine.db.read(() => auditRecords({ limit: 1 }))
    expect(record).toMatchObject({
      action: 'thing.edit',
      actor: { kind: 'key', id: 'key_1', label: 'robot' },
      target: { id: '1', label: 'a' },
      ip: '192.0.2.1',
    })
  })

  it.each([
    ['nobody', {}, 401, 'unauthenticated'],
    ['somebody without the permission', { authorization: 'Bearer weak' }, 403, 'forbidden'],
  ])('refuses %s', async (_, headers, status, code) => {
    const answer = await send('PUT', '/things/1', { ...json, authorization: '', ...headers }, good)
    expect(answer).toMatchObject({ status, body: { code } })
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })

  it('is open to nobody by a credential that has no authenticator', async () => {
    const answer = await send('GET', '/client', { authorization: 'Bearer strong' })
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  })

  it.each([
    ['broken JSON', '{', 400, 'malformed_body'],
    ['a wrong field, naming it', '{"name":"","size":1}', 400, 'invalid_input'],
    ['U+0000', '{"name":"a\\u0000b","size":1}', 400, 'invalid_input'],
    [
      'a body over the limit',
      `{"name":"${'x'.repeat(1024 * 1024)}","size":1}`,
      413,
      'body_too_large',
    ],
    ['nesting without end', `${'['.repeat(5000)}${']'.repeat(5000)}`, 400, 'invalid_input'],
  ])('refuses %s', async (_, body, status, code) => {
    expect(await send('PUT', '/things/1', json, body)).toMatchObject({ status, body: { code } })
  })

  it('is kept by no cache, and is known by the id that the caller gave it, if that is one', async () => {
    const answer = await send('PUT', '/things/1', { ...json, 'x-request-id': 'abc-1' }, good)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const ids = await engine.db.read(() => auditRecords({ limit: 1 }))
    expect(ids[0]?.requestId).toBe('abc-1')
    const refused = await send('PUT', '/things/1', { ...json, 'x-request-id': '§§' }, '{')
    expect(refused.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/)
  })

  it('complains about a hundred wrong items at most', async () => {
    const body = JSON.stringify(Array.from({ length: 5000 }, () => 'x'))
    const answer = await send('PUT', '/numbers', json, body)
    expect(answer.body.errors).toHaveLength(100)
  })

  it('names the field of an invalid input', async () => {
    const answer = await send('PUT', '/things/1', json, '{"name":"","size":"x"}')
    expect(answer.body.errors).toMatchObject([{ field: 'name' }, { field: 'size' }])
    expect((await send('PUT', '/things/too-long', json, good)).body.errors[0].field).toBe('path.id')
  })

  it('refuses another content type', async () => {
    const answer = await send('PUT', '/things/1', { ...json, 'content-type': 'text/plain' }, good)
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
  })

  it('refuses a write with a session that did not come from our own pages', async () => {
    const session = { 'content-type': 'application/json', cookie: 'fresh' }
    const put = (headers: Record<string, string>) =>
      send('PUT', '/things/1', { ...session, ...headers }, good)
    expect(await put({})).toMatchObject({ status: 403, body: { code: 'cross_site_request' } })
    expect(await put({ 'x-gatehouse-csrf': '1', 'sec-fetch-site': 'cross-site' })).toMatchObject({
      status: 403,
    })
    expect(await put({ 'x-gatehouse-csrf': '1', 'sec-fetch-site': 'same-origin' })).toMatchObject({
      status: 200,
    })
  })

  it('asks for the password again before a dangerous act', async () => {
    const csrf = { 'x-gatehouse-csrf': '1' }
    expect(await send('DELETE', '/dangerous', { ...csrf, cookie: 'old' })).toMatchObject({
      status: 403,
      body: { code: 'reauthentication_required' },
    })
    expect(await send('DELETE', '/dangerous', { ...csrf, cookie: 'fresh' })).toMatchObject({
      status: 204,
    })
  })

  it('rolls back a write that recorded nothing', async () => {
    expect(await send('POST', '/forgotten', json)).toMatchObject({
      status: 500,
      body: { code: 'internal' },
    })
  })

  it('tells nobody what an unexpected error said', async () => {
    const answer = await send('GET', '/broken', json)
    expect(answer.status).toBe(500)
    expect(JSON.stringify(answer.body)).not.toContain('hunter2')
  })
})

describe('a problem', () => {
  it('is an RFC 9457 document with a stable code and what to do', () => {
    const problem = new Problem('in_use', 'It is used by a rule.', {
      remedy: 'Take it out of the rule.',
    })
    expect(problem.document('req_1')).toEqual({
      type: '/api/v1/docs#problem-in_use',
      title: 'It is still in use',
      status: 409,
      code: 'in_use',
      detail: 'It is used by a rule.',
      remedy: 'Take it out of the rule.',
      requestId: 'req_1',
    })
  })
})
