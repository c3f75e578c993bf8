import type { IncomingMessage, ServerResponse } from 'node:http'
import { Hono } from 'hono'
import { apiPage } from '#kernel/apidocs.ts'
import { contentSecurityPolicy, createAssets, headersFor, makeNonce } from '#kernel/assets.ts'
import type { Metrics } from '#kernel/metrics.ts'
import { openApi } from '#kernel/openapi.ts'
import { Problem } from '#kernel/problem.ts'
import type { AuthKind, Route } from '#kernel/route.ts'
import type { WebhookDoc } from '#kernel/runtime.ts'
import { errorResponse } from '#kernel/dialects.ts'
import { mountRoutes, type ServerParts } from '#kernel/server.ts'
import { hashSecret, sameHash } from '#kernel/tokens.ts'
import { notServed, notServedUnder, type Delivery } from '#features/delivery/index.ts'
import { version, type Config } from './config.ts'

/** `outage`: the database does not answer, and bundles are served from what is known. */
export type AppState = 'starting' | 'serving' | 'outage' | 'draining'

export interface HttpParts {
  readonly config: Config
  readonly routes: readonly Route[]
  readonly webhooks: readonly WebhookDoc[]
  readonly serverParts: ServerParts
  readonly metrics: Metrics
  /** The caller's address, the proxies that we trust taken off. */
  readonly callerOf: (remote: string | undefined, forwardedFor: string | undefined) => string
  readonly state: () => AppState
  /** The API may be called: what it writes, fetches see. */
  readonly ready: () => boolean
  readonly directBundle: Delivery['direct']
  readonly caCertificate: () => string | undefined
  readonly webFolder: string
  /** Screens of watching for those without JavaScript, and their style sheet. */
  readonly plain: {
    readonly answer: (request: Request) => Promise<Response>
    readonly stylesheet: string
  }
}

/** Everything that answers a request: the routes, the few addresses beside the API, and the pages. */
export function createHttp(parts: HttpParts) {
  const { routes, serverParts } = parts
  const http = new Hono()
  const headers = headersFor(parts.config.siteUrl)
  http.use(async (c, next) => {
    await next()
    for (const [name, value] of headers) c.res.headers.set(name, value)
  })
  mountOperations(http, parts)
  mountDescription(http, parts)
  // Between the moment a database comes back and the end of the start, a write would be answered before fetches see it.
  http.use('/api/*', (_, next) => {
    if (!parts.ready()) throw new Problem('database_unavailable', undefined, { retryAfter: 2 })
    return next()
  })
  mountRoutes(
    http,
    routes.filter((route) => route.errors === 'problem'),
    serverParts,
  )
  http.all('/api/*', () => {
    throw new Problem('not_found', 'There is no such API address.', { remedy: 'See /api/v1/docs.' })
  })
  mountPlain(http, parts)
  const assets = createAssets(parts.webFolder)
  http.get('*', (c) => assets(c.req.path))
  const refuse = (error: unknown): Response =>
    errorResponse(error, undefined, serverParts.ids('req'), serverParts.log)
  http.notFound(() => refuse(new Problem('not_found')))
  http.onError(refuse)

  // What clients ask goes first and past everything that only browsers need: fetches are the busiest of all routes.
  const wire = new Hono()
  mountRoutes(
    wire,
    routes.filter((route) => route.errors !== 'problem').map((route) => onceReady(route, parts)),
    serverParts,
  )
  mountNotServed(wire, serverParts)
  wire.all('/scim/*', () =>
    errorResponse(
      new Problem('not_found', 'There is no such SCIM address.', {
        remedy: 'The base address ends in /scim/v2; it has Users and Groups.',
      }),
      { errors: 'scim' },
      serverParts.ids('req'),
      serverParts.log,
    ),
  )
  wire.notFound((c) => http.fetch(c.req.raw, c.env))
  return {
    fetch: (request: Request, env?: object) => wire.fetch(request, env),
    direct: createDirect(parts),
  }
}

const needing: readonly AuthKind[] = ['public', 'scim', 'key', 'ingest']

/**
 * Policies are served from what is known; whoever signs in, or says who may, needs the database, migrated and with all that
 * listens to it.
 */
function onceReady(route: Route, { ready }: HttpParts): Route {
  if (!route.auth.some((kind) => needing.includes(kind))) return route
  return {
    ...route,
    handle(call, input) {
      if (!ready()) throw new Problem('database_unavailable', undefined, { retryAfter: 2 })
      return route.handle(call, input)
    },
  }
}

/** What those ask who run it: is it alive, is it ready, how is it doing, which CA does it use. */
function mountOperations(http: Hono, parts: HttpParts): void {
  const { config, metrics, serverParts, state } = parts
  http.get('/healthz', (c) => c.json({ status: 'ok', version }))
  http.get('/readyz', (c) =>
    c.json({ status: state() }, state() === 'serving' || state() === 'outage' ? 200 : 503),
  )
  http.get('/metrics', async (c) => {
    await mayReadMetrics(c.req.raw, config, serverParts)
    return c.body(await metrics.registry.metrics(), 200, {
      'content-type': metrics.registry.contentType,
    })
  })
  http.get('/ca.crt', (c) => {
    const pem = parts.caCertificate()
    if (pem === undefined)
      throw new Problem('not_found', 'This Gatehouse uses a given certificate, not a local CA.')
    return c.body(pem, 200, {
      'content-type': 'application/x-pem-file',
      'content-disposition': 'attachment; filename="gatehouse-ca.crt"',
    })
  })
}

/** What clients ask for and we do not have: answered at once, a body that comes with it unread. */
function mountNotServed(wire: Hono, { ids, log }: ServerParts): void {
  for (const prefix of notServedUnder)
    wire.all(`${prefix}*`, (c, next) => {
      const problem = notServed(c.req.path)
      return problem ? errorResponse(problem, { errors: 'client' }, ids('req'), log) : next()
    })
}

/** `?plain=1` after the address of a screen of watching: the same without JavaScript. */
function mountPlain(http: Hono, { plain, ready }: HttpParts): void {
  http.get('/plain.css', (c) =>
    c.body(plain.stylesheet, 200, {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'no-cache',
    }),
  )
  http.get('/watch/*', (c, next) => {
    if (c.req.query('plain') === undefined) return next()
    if (!ready()) throw new Problem('database_unavailable', undefined, { retryAfter: 2 })
    return plain.answer(c.req.raw)
  })
}

/** The API described, for programs and for people. */
function mountDescription(http: Hono, { config, routes, webhooks }: HttpParts): void {
  // Made when it is asked for: it would be a tenth of a start.
  let described: ReturnType<typeof openApi> | undefined
  http.get('/api/v1/openapi.json', (c) => {
    described ??= openApi(
      routes,
      { title: 'Gatehouse API', version, server: config.publicUrl },
      webhooks,
    )
    return c.json(described)
  })
  http.get('/api/v1/docs', (c) => {
    const nonce = makeNonce()
    return c.html(apiPage(routes, `Gatehouse API ${version}`, nonce), 200, {
      'content-security-policy': contentSecurityPolicy(nonce),
    })
  })
}

/** Good bundle fetches, answered by the same code as the route but without the framework around it. */
function createDirect({ directBundle, callerOf, metrics }: HttpParts) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (request.method !== 'GET') return false
    const started = performance.now()
    const { headers, socket, url = '' } = request
    const answer = directBundle(url, headers, () =>
      callerOf(socket.remoteAddress, headers['x-forwarded-for']?.toString()),
    )
    if (!answer) return false
    response.writeHead(answer.status, answer.headers).end(answer.body)
    const seconds = (performance.now() - started) / 1000
    metrics.answers.observe({ route: answer.routeId, status: answer.status }, seconds)
    return true
  }
}

/** Metrics tell a lot about a company, so they need the metrics key or a service key with the permission. */
async function mayReadMetrics(request: Request, config: Config, parts: ServerParts): Promise<void> {
  const presented = /^bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
  const { metricsKey } = config
  if (metricsKey !== undefined && sameHash(hashSecret(presented), hashSecret(metricsKey))) return
  const actor = await parts.authenticators.key?.(request, parts.clock())
  if (!actor)
    throw new Problem('unauthenticated', 'Send the metrics key or a service key as a bearer token.')
  if (!actor.permissions.has('metrics.read'))
    throw new Problem('forbidden', 'This needs the permission metrics.read.')
}
