import type { IncomingMessage, ServerResponse } from 'node:http'
import { join, relative } from 'node:path'
import { Hono, type Context } from 'hono'
import { addressList, clientAddress } from '#kernel/address.ts'
import { apiPage } from '#kernel/apidocs.ts'
import { contentSecurityPolicy, createAssets, makeNonce } from '#kernel/assets.ts'
import { auditMigrations, auditRecords } from '#kernel/audit.ts'
import { hasMigrations, restoreBackup, writeBackup } from '#kernel/backup.ts'
import { minute, type Clock } from '#kernel/clock.ts'
import { openDatabase } from '#kernel/database.ts'
import { createIds } from '#kernel/ids.ts'
import { createKeyRing, keyCheckMigration, keyComplaint } from '#kernel/keyring.ts'
import type { Log } from '#kernel/log.ts'
import { createMailer } from '#kernel/mail.ts'
import { createMetrics } from '#kernel/metrics.ts'
import { appliedMigrations, migrate, type Migration } from '#kernel/migrate.ts'
import { openApi } from '#kernel/openapi.ts'
import { createPool } from '#kernel/pool.ts'
import { Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import type { Feature, Runtime } from '#kernel/runtime.ts'
import { errorResponse, mountRoutes, type ServerParts } from '#kernel/server.ts'
import { hashSecret, sameHash } from '#kernel/tokens.ts'
import {
  allGroups,
  allMembers,
  allMemberships,
  createAccess,
  groupById,
} from '#features/access/index.ts'
import {
  createDelivery,
  enrolmentPrincipals,
  enrolmentsOfGroup,
  lastFetch,
  lostDatabase,
} from '#features/delivery/index.ts'
import { createPolicies } from '#features/policies/index.ts'
import { createSignin } from '#features/signin/index.ts'
import { createWorkspace, surfaces } from '#features/workspace/index.ts'
import { version, type Config } from './config.ts'

export interface AppParts {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  /** Seeded in tests. */
  readonly random?: (size: number) => Uint8Array
  /** The certificate of the local CA, when there is one: offered as /ca.crt and in the snippets. */
  readonly caCertificate?: () => string | undefined
  /** Where the built pages are. */
  readonly webFolder?: string
}

/** `outage`: the database does not answer, and bundles are served from what is known. */
export type AppState = 'starting' | 'serving' | 'outage' | 'draining'

export type App = ReturnType<typeof createApp>

/** How long a proof of the password lets a person do dangerous things. */
const recentFor = 10 * minute
const jobGrace = 10_000

/** Wires every feature to its ports and mounts what they bring. Listening is for main.ts. */
export function createApp(parts: AppParts) {
  const { config, clock, log } = parts
  const ids = createIds(clock, parts.random)
  const {
    db,
    jobs,
    migrations: engineMigrations,
  } = openDatabase(
    {
      url: config.databaseUrl,
      file: join(config.data, 'gatehouse.db'),
      missing: () => lostDatabase(config.data),
    },
    { clock, ids, log },
  )
  const keyRing = createKeyRing(config.keyFile, db)
  const pool = createPool()
  const runtime: Runtime = {
    db,
    clock,
    ids,
    log,
    secrets: keyRing.secrets,
    pool,
    publicUrl: config.publicUrl,
  }
  const metrics = createMetrics()
  // The operator named the mail server in the configuration, so it may be on a private address.
  const mailer =
    config.smtp &&
    createMailer(config.smtp, [
      ...config.outboundExceptions,
      `${config.smtp.host}:${config.smtp.port}`,
    ])

  const policies = createPolicies(runtime, {
    *people() {
      return {
        members: yield* allMembers(),
        groups: yield* allGroups(),
        memberships: yield* allMemberships(),
      }
    },
    surfaces,
    enrolmentPrincipals,
    lastFetch,
  })
  const signin = createSignin(runtime, { siteUrl: config.siteUrl, mailer })
  const access = createAccess(runtime, {
    endSessions: signin.endSessions,
    endLinks: signin.endLinks,
    canSignIn: signin.canSignIn,
    forget: signin.forget,
    holdings: signin.holdings,
    changeSets: policies,
    *groupUsedBy(groupId) {
      const enrolments = yield* enrolmentsOfGroup(groupId)
      return [
        ...(yield* policies.groupUsedBy(groupId)),
        ...enrolments.map(({ id, name }) => ({
          kind: 'enrolment',
          id,
          label: name,
          link: `/enrolments/${id}`,
        })),
      ]
    },
  })
  const delivery = createDelivery(runtime, {
    directory: policies.directory,
    changeSets: policies,
    groupById,
    dataDir: config.data,
    outageMaxAge: config.outageMaxAge,
    localCa: () => parts.caCertificate?.() ?? null,
  })
  const workspace = createWorkspace({ features: () => features, mailer, touch: policies.touch })
  const features: readonly Feature[] = [workspace, access, signin, policies, delivery]
  const routes: readonly Route[] = features.flatMap((feature) => feature.routes)
  const migrations: readonly Migration[] = [
    ...auditMigrations,
    ...engineMigrations,
    keyCheckMigration,
    ...features.flatMap((feature) => feature.migrations),
  ]

  let state: AppState = 'starting'
  let ready = false
  const stateNow = (): AppState => (state === 'serving' && !delivery.confirmed() ? 'outage' : state)
  // A start that breaks off because the database went away is tried again, and must not start anything twice.
  const started = new Set<Feature>()
  const trusted = addressList(config.trustedProxies)
  const serverParts: ServerParts = {
    db,
    clock,
    ids,
    log,
    authenticators: {
      session: signin.authenticateSession,
      key: access.authenticateKey,
      enrolment: delivery.authenticate,
    },
    recentFor,
    clientIp: (c) =>
      clientAddress(remoteAddress(c), c.req.header('x-forwarded-for') ?? null, trusted),
    onAnswer: (route, status, ms) =>
      metrics.answers.observe({ route: route.id, status }, ms / 1000),
  }

  const http = new Hono()
  http.use(async (c, next) => {
    await next()
    for (const [name, value] of securityHeaders) c.res.headers.set(name, value)
  })
  http.get('/healthz', (c) => c.json({ status: 'ok', version }))
  http.get('/readyz', (c) =>
    c.json({ status: stateNow() }, state === 'serving' || state === 'outage' ? 200 : 503),
  )
  http.get('/metrics', async (c) => {
    await mayReadMetrics(c.req.raw, config, serverParts)
    return c.body(await metrics.registry.metrics(), 200, {
      'content-type': metrics.registry.contentType,
    })
  })
  http.get('/ca.crt', (c) => {
    const pem = parts.caCertificate?.()
    if (pem === undefined)
      throw new Problem('not_found', 'This Gatehouse uses a given certificate, not a local CA.')
    return c.body(pem, 200, {
      'content-type': 'application/x-pem-file',
      'content-disposition': 'attachment; filename="gatehouse-ca.crt"',
    })
  })
  // Made when it is asked for: it would be a tenth of a start.
  let described: ReturnType<typeof openApi> | undefined
  const describe = () =>
    (described ??= openApi(routes, {
      title: 'Gatehouse API',
      version,
      server: config.publicUrl,
    }))
  http.get('/api/v1/openapi.json', (c) => c.json(describe()))
  http.get('/api/v1/docs', (c) => {
    const nonce = makeNonce()
    return c.html(apiPage(routes, `Gatehouse API ${version}`, nonce), 200, {
      'content-security-policy': contentSecurityPolicy(nonce),
    })
  })
  // Between the moment a database comes back and the end of the start, a write would be answered before fetches see it.
  http.use('/api/*', (_, next) => {
    if (!ready) throw new Problem('database_unavailable', undefined, { retryAfter: 2 })
    return next()
  })
  mountRoutes(
    http,
    routes.filter((route) => route.errors !== 'client'),
    serverParts,
  )
  http.all('/api/*', () => {
    throw new Problem('not_found', 'There is no such API address.', { remedy: 'See /api/v1/docs.' })
  })
  const assets = createAssets(parts.webFolder ?? join(import.meta.dirname, '../dist/web'))
  http.get('*', (c) => assets(c.req.path))
  http.notFound(() => errorResponse(new Problem('not_found'), undefined, ids('req'), log))
  http.onError((error) => errorResponse(error, undefined, ids('req'), log))

  // What clients ask goes first and past everything that only browsers need: fetches are the busiest of all routes.
  const wire = new Hono()
  mountRoutes(
    wire,
    routes.filter((route) => route.errors === 'client'),
    serverParts,
  )
  wire.notFound((c) => http.fetch(c.req.raw, c.env))

  metrics.gauge(
    'gatehouse_jobs_waiting',
    'Jobs that wait.',
    async () => (await jobs.counts()).waiting,
  )
  metrics.gauge(
    'gatehouse_jobs_failed',
    'Jobs that failed for good.',
    async () => (await jobs.counts()).failed,
  )

  metrics.gauge(
    'gatehouse_delivery_age_seconds',
    'Since when the database has not confirmed what is served; 0 while it does.',
    () => delivery.measures().ageSeconds ?? NaN,
  )
  metrics.total(
    'gatehouse_delivery_stale_total',
    'Fetches that were answered without a database.',
    () => delivery.measures().stale,
  )
  metrics.gauge(
    'gatehouse_delivery_fetches_waiting',
    'Fetches that are not yet recorded.',
    () => delivery.measures().waiting,
  )

  metrics.gauge(
    'gatehouse_pool_waiting',
    'Tasks that wait for a thread.',
    () => pool.load().waiting,
  )

  return {
    runtime,
    routes,
    features,
    fetch: (request: Request, env?: object) => wire.fetch(request, env),
    /** Good bundle fetches, answered by the same code as the route but without the framework around it. */
    direct: (request: IncomingMessage, response: ServerResponse): boolean => {
      if (request.method !== 'GET') return false
      const started = performance.now()
      const { headers, socket, url = '' } = request
      const answer = delivery.direct(url, headers['if-none-match'], () =>
        clientAddress(
          socket.remoteAddress ?? '127.0.0.1',
          headers['x-forwarded-for']?.toString() ?? null,
          trusted,
        ),
      )
      if (!answer) return false
      response.writeHead(answer.status, answer.headers).end(answer.body)
      const status = answer.status
      metrics.answers.observe(
        { route: 'delivery.bundle', status },
        (performance.now() - started) / 1000,
      )
      return true
    },
    state: stateNow,
    /** Migrates and starts everything. Rejects with `database_unavailable` when there is no database to start on. */
    async start() {
      const empty = await db.read(function* () {
        return !(yield* hasMigrations(db.engine))
      })
      const gone = empty ? lostDatabase(config.data) : undefined
      if (gone) throw gone
      const applied = await migrate(db, migrations, clock)
      if (applied.length > 0) log.info({ applied }, 'the database was migrated')
      await keyRing.prove()
      await signin.initFromEnvironment(config.init)
      for (const feature of features.filter((f) => !started.has(f))) {
        await feature.start?.()
        started.add(feature)
      }
      await jobs.start(
        features.flatMap((f) => f.jobs ?? []),
        features.flatMap((f) => f.schedules ?? []),
      )
      if (!delivery.confirmed())
        throw new Problem('database_unavailable', 'The database went away during the start.')
      ready = true
      state = 'serving'
    },
    /** Serves the bundles last known from the data folder, until `start()` succeeds. */
    async startWithoutDatabase() {
      if (await delivery.startWithoutDatabase()) state = 'outage'
    },
    /** Says the one-time link of the first run, while there is no owner. */
    async greet(say: (line: string) => void) {
      const link = state === 'serving' ? await signin.setupLink() : undefined
      if (link === undefined) return
      say('')
      say('  There is no owner yet. Open this link once, within 24 hours, to make the workspace:')
      say(`  ${link}`)
    },
    /** New work is refused from now on (readyz says so); running requests end. */
    drain() {
      state = 'draining'
    },
    async stop() {
      state = 'draining'
      await jobs.stop(jobGrace)
      for (const feature of [...features].reverse()) await feature.stop?.()
      await pool.close()
      await db.close()
    },
    backup: (folder: string) =>
      writeBackup({ db, version, clock, data: config.data, files: keptFiles(config) }, folder),
    restore: (folder: string) =>
      restoreBackup({ db, clock, data: config.data, migrations }, folder),
    ownerReset: signin.ownerReset,
    /** What `gatehouse doctor` wants to know of a database, without changing it. */
    async inspect() {
      await db.ping()
      return db.read(function* () {
        const done = new Set((yield* hasMigrations(db.engine)) ? yield* appliedMigrations() : [])
        const newest = done.has('kernel-001-audit') ? yield* auditRecords({ limit: 1 }) : []
        return {
          pending: migrations.filter((m) => !done.has(m.name)).map((m) => m.name),
          unknown: [...done].filter((name) => migrations.every((m) => m.name !== name)),
          newestRecord: newest[0]?.at ?? null,
          keyComplaint: done.has(keyCheckMigration.name)
            ? yield* keyComplaint(config.keyFile)
            : null,
        }
      })
    },
  }
}

/** Files of the data folder that a restore needs beside the rows. */
function keptFiles(config: Config): readonly string[] {
  const key = relative(config.data, config.keyFile)
  const tls = ['ca.crt', 'ca.key', 'server.crt', 'server.key'].map((name) => join('tls', name))
  return key.startsWith('..') ? tls : [key, ...tls]
}

const securityHeaders = [
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['x-frame-options', 'DENY'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
] as const

/** @hono/node-server hands the node request over in `env`; tests have none. */
function remoteAddress(c: Context): string {
  const env = c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined
  return env?.incoming?.socket?.remoteAddress ?? '127.0.0.1'
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
