import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { permissionKeys } from '#features/workspace/index.ts'
import type { Route } from '#kernel/route.ts'
import { startWorld, type Answer, type World } from '../world.ts'

let world: World
let powerless: string
beforeAll(async () => {
  world = await startWorld()
  const made = await world.admin('POST', '/api/v1/keys', {
    name: 'powerless',
    scopes: ['metrics.read'],
  })
  powerless = made.json.secret as string
})
afterAll(() => world.close())

const at = (route: Route): string => route.path.replaceAll(/\{\w+\+?\}/g, 'x')
/** Of a problem, or of an error as the vendor's API for organisations writes it. */
const codeOf = ({ json }: Answer): unknown => json?.code ?? json?.error?.code
const takesPeople = (route: Route): boolean =>
  route.auth.some((kind) => kind === 'session' || kind === 'key')

describe('every route', () => {
  it('is public only when it is on this list', () => {
    expect(
      world.app.routes
        .filter((r) => r.auth.includes('public'))
        .map((r) => r.id)
        .sort(),
    ).toEqual(publicRoutes.toSorted())
  })

  it('admits callers itself only when it is on this list, and then not nobody', async () => {
    const routes = world.app.routes.filter((route) => route.admitsItself === true)
    expect(routes.map((r) => r.id).sort()).toEqual(admitting.toSorted())
    for (const route of routes) {
      expect([['client'], ['enrolment'], ['ingest']]).toContainEqual(route.auth)
      const answer = await world.call(route.method, at(route))
      const status = route.auth[0] === 'enrolment' ? 404 : 401
      expect([route.id, answer.status]).toEqual([route.id, status])
    }
  })

  it('has an id in kebab case', () => {
    const kebab = /^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)?$/
    expect(world.app.routes.map((r) => r.id).filter((id) => !kebab.test(id))).toEqual([])
    const audits = world.app.routes.map((r) => r.audit ?? 'none')
    expect(audits.filter((action) => !kebab.test(action))).toEqual([])
  })

  it('has an id and an address of its own', () => {
    const ids = world.app.routes.map((r) => r.id)
    const addresses = world.app.routes.map((r) => `${r.method} ${r.path}`)
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(addresses).size).toBe(addresses.length)
  })

  it('refuses nobody’s call with 401', async () => {
    for (const route of world.app.routes.filter(takesPeople)) {
      const answer = await world.call(route.method, at(route))
      expect([route.id, answer.status, codeOf(answer)]).toEqual([route.id, 401, 'unauthenticated'])
    }
  })

  it('refuses a key without the permission with 403, before it looks at the input', async () => {
    const guarded = world.app.routes.filter((r) => r.permission !== null && r.auth.includes('key'))
    expect(guarded.length).toBeGreaterThan(40)
    for (const route of guarded) {
      const answer = await world.call(route.method, at(route), { key: powerless })
      expect([route.id, answer.status, codeOf(answer)]).toEqual([route.id, 403, 'forbidden'])
    }
  })

  it('that changes something names an audit action, and one that reads does not', () => {
    const writes = world.app.routes.filter((r) => r.method !== 'GET')
    expect(world.app.routes.filter((r) => r.method === 'GET' && r.audit !== null)).toEqual([])
    expect(
      writes
        .filter((r) => r.audit === null)
        .map((r) => r.id)
        .sort(),
    ).toEqual(readsByPost.toSorted())
  })

  it('is in the OpenAPI document and on the API page', async () => {
    const { json } = await world.call('GET', '/api/v1/openapi.json')
    expect(json.openapi).toBe('3.1.0')
    const page = (await world.call('GET', '/api/v1/docs')).text
    for (const route of world.app.routes) {
      // OpenAPI has no word for the rest of a path.
      const path = route.path.replace('+}', '}')
      expect(json.paths[path]?.[route.method.toLowerCase()]?.operationId).toBe(route.id)
      expect(page).toContain(`id="${route.id}"`)
    }
  })

  it('asks only for permissions of the closed list', () => {
    for (const { permission } of world.app.routes)
      if (permission !== null) expect(permissionKeys).toContain(permission)
  })
})

describe('addresses beside the API', () => {
  it('say that the process lives and is ready, without signing in', async () => {
    expect((await world.call('GET', '/healthz')).json).toMatchObject({ status: 'ok' })
    expect((await world.call('GET', '/readyz')).json).toEqual({ status: 'serving' })
  })

  it('give metrics only to a key that may read them', async () => {
    expect((await world.call('GET', '/metrics')).status).toBe(401)
    const answer = await world.call('GET', '/metrics', { key: powerless })
    expect(answer.text).toContain('gatehouse_http_request_duration_seconds')
  })

  it('answer an unknown API address with a problem', async () => {
    expect(await world.call('GET', '/api/v1/nothing')).toMatchObject({
      status: 404,
      json: { code: 'not_found' },
    })
  })

  it('carry the headers that keep other sites out', async () => {
    const { headers } = await world.call('GET', '/api/v1/docs')
    expect(headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*frame-ancestors 'none'/,
    )
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })
})

/** Who may call these is nobody in particular: each is guarded by a secret in its body, or answers nothing worth guarding. */
const publicRoutes: readonly string[] = [
  'compliance.download',
  'audit.public-key',
  'device-codes.ask',
  'device-codes.poll',
  'feeds.own',
  'feeds.public',
  'invitations.accept',
  'links.look',
  'oauth.authorize',
  'oauth.jwks',
  'oauth.provider-metadata',
  'oauth.revoke',
  'oauth.server-metadata',
  'oauth.token',
  'passkeys.ask-to-sign-in',
  'passkeys.sign-in',
  'password-reset.ask',
  'password-reset.complete',
  'session.start',
  'setup.complete',
  'sso.outcome',
  'sso.return',
  'sso.start',
  'setup.state',
  'sign-in.options',
  'unsubscribe.look',
  'unsubscribe.stop',
  'unsubscribe.undo',
]
/** What clients report of themselves: no act of anybody. */
const ingest: readonly string[] = ['logs', 'metrics', 'traces'].flatMap((signal) => [
  `telemetry.take-${signal}`,
  `telemetry.take-${signal}-at-root`,
])
/** Fetches are answered from memory, and so is who may fetch. */
const admitting: readonly string[] = [
  'delivery.bundle',
  'delivery.codex-accounts',
  'delivery.codex-bundle',
  'delivery.codex-events',
  'delivery.codex-usage',
  'delivery.member-bundle',
  'delivery.workspace-accounts',
  'delivery.workspace-bundle',
  'delivery.workspace-events',
  'delivery.workspace-usage',
  'delivery.whoami',
  ...ingest,
]
/** These only look, but at something too large or too secret for an address. */
const readsByPost: readonly string[] = [
  'impact',
  'impact.principals',
  'impact.replay',
  'lookup.explain',
  'change-sets.preview',
  // Counts of what a client reports about itself: no act of anybody.
  'delivery.codex-events',
  'delivery.workspace-events',
  ...ingest,
  // What is decided with a device code is recorded; asking for one decides nothing.
  'device-codes.ask',
  'device-codes.poll',
  'device-requests.find',
  'links.look',
  'members.import-preview',
  // A challenge, or a secret that no code has confirmed, opens nothing.
  'authenticator.begin',
  'passkeys.ask-to-enrol',
  'passkeys.ask-to-prove',
  'passkeys.ask-to-sign-in',
  // Answers 202 whatever it finds, so there is no act to record; completing the reset is recorded.
  'password-reset.ask',
  'policies.check',
  'sso-links.begin',
  'sso-providers.test',
  'watch.discover',
  'watch.preview',
  'watch.try-rules',
  // A member's own bookmark: no act that others could ask about.
  'watch-seen.set',
]
