import { join, relative } from 'node:path'
import type { Context } from 'hono'
import { addressList, clientAddress } from '#kernel/address.ts'
import { auditMigrations, auditRecords } from '#kernel/audit.ts'
import { hasMigrations, restoreBackup, writeBackup } from '#kernel/backup.ts'
import { minute, type Clock } from '#kernel/clock.ts'
import { openDatabase } from '#kernel/database.ts'
import { createIds } from '#kernel/ids.ts'
import { createKeyRing, keyCheckMigration, keyComplaint } from '#kernel/keyring.ts'
import type { Log } from '#kernel/log.ts'
import { createMetrics } from '#kernel/metrics.ts'
import { appliedMigrations, migrate, type Migration } from '#kernel/migrate.ts'
import { createPool } from '#kernel/pool.ts'
import { Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import type { Feature, Runtime } from '#kernel/runtime.ts'
import type { ServerParts } from '#kernel/server.ts'
import { lostDatabase } from '#features/delivery/index.ts'
import { plainStylesheet } from '#features/watch/index.ts'
import { revisionChannel } from '#features/workspace/index.ts'
import { version, type Config } from './config.ts'
import { createHttp, type AppState } from './http.ts'
import { measure } from './measure.ts'
import { createFeatures } from './wiring.ts'

export type { AppState } from './http.ts'

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

export type App = ReturnType<typeof createApp>

/** How long a proof of the password lets a person do dangerous things. */
const recentFor = 10 * minute
const jobGrace = 10_000

/** The product: its features over one database, mounted, started and stopped together. Listening is for main.ts. */
export function createApp(parts: AppParts) {
  const { config, clock, log } = parts
  const ids = createIds(clock, parts.random)
  const {
    db,
    jobs,
    aside: asideOf,
    tend,
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
  const aside = asideOf(() => runtime)
  const ingestAside = asideOf(() => runtime)
  const questionAside = asideOf(() => runtime)
  const metrics = createMetrics()
  const { features, access, signin, policies, telemetry, delivery, watch, scim, audit } =
    createFeatures({
      runtime,
      aside,
      ingestAside,
      questionAside,
      config,
      caCertificate: () => parts.caCertificate?.() ?? null,
    })
  const routes: readonly Route[] = features.flatMap((feature) => feature.routes)
  const migrations: readonly Migration[] = [
    ...auditMigrations,
    ...engineMigrations,
    keyCheckMigration,
    ...features.flatMap((feature) => feature.migrations),
  ]

  let state: AppState = 'starting'
  let ready = false
  const isDraining = (): boolean => state === 'draining'
  const stateNow = (): AppState => (state === 'serving' && !delivery.confirmed() ? 'outage' : state)
  // A start that breaks off because the database went away is tried again, and must not start anything twice.
  const started = new Set<Feature>()
  const trusted = addressList(config.trustedProxies)
  const callerOf = (remote: string | undefined, forwardedFor: string | undefined): string =>
    clientAddress(remote ?? '127.0.0.1', forwardedFor ?? null, trusted)
  const serverParts: ServerParts = {
    db,
    clock,
    ids,
    log,
    authenticators: {
      session: signin.authenticateSession,
      half_session: signin.authenticateHalfSession,
      key: access.authenticateKey,
      scim: scim.authenticateScim,
    },
    recentFor,
    clientIp: (c) => callerOf(remoteAddress(c), c.req.header('x-forwarded-for')),
    onAnswer: (route, status, ms) =>
      metrics.answers.observe({ route: route.id, status }, ms / 1000),
    onCaller: audit.called,
    onRefusal: audit.refused,
    onWritten: async (channels) => {
      if (channels.has(revisionChannel)) await delivery.settle()
    },
  }

  const http = createHttp({
    config,
    routes,
    webhooks: features.flatMap((feature) => feature.webhooks ?? []),
    serverParts,
    metrics,
    callerOf,
    state: stateNow,
    ready: () => ready,
    directBundle: delivery.direct,
    caCertificate: () => parts.caCertificate?.(),
    webFolder: parts.webFolder ?? join(import.meta.dirname, '../dist/web'),
    plain: {
      // A session that has ended reads what everybody may read.
      answer: async (request) =>
        watch.plain(
          request,
          await signin.authenticateSession(request, clock()).catch(ignoreProblem),
        ),
      stylesheet: plainStylesheet,
    },
  })
  measure(metrics, { jobs, pool, delivery, telemetry })

  const toNewest = () => migrate(db, migrations, clock)

  return {
    runtime,
    routes,
    features,
    fetch: http.fetch,
    direct: http.direct,
    state: stateNow,
    /** Migrates and starts everything. Rejects with `database_unavailable` when there is no database to start on. */
    async start() {
      const empty = await db.read(function* () {
        return !(yield* hasMigrations(db.engine))
      })
      const gone = empty ? lostDatabase(config.data) : undefined
      if (gone) throw gone
      const applied = await toNewest()
      if (applied.length > 0) log.info({ applied }, 'the database was migrated')
      await keyRing.prove()
      await signin.initFromEnvironment(config.init)
      for (const feature of features.filter((f) => !started.has(f))) {
        // Stopped while it was starting: what has not begun stays as it is.
        if (isDraining()) throw new Problem('draining')
        await feature.start?.()
        started.add(feature)
      }
      await jobs.start(
        features.flatMap((f) => f.jobs ?? []),
        features.flatMap((f) => f.schedules ?? []),
      )
      if (!delivery.confirmed())
        throw new Problem('database_unavailable', 'The database went away during the start.')
      if (isDraining()) throw new Problem('draining')
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
    /** What is done beside the requests of a server, from now on. Returns the way to stop. */
    tend: () => tend(pool),
    /** New work is refused from now on (readyz says so); running requests end. */
    drain() {
      state = 'draining'
    },
    async stop() {
      state = 'draining'
      await jobs.stop(jobGrace)
      for (const feature of [...features].reverse()) await feature.stop?.()
      await Promise.all([pool.close(), aside.close(), ingestAside.close(), questionAside.close()])
      await db.close()
    },
    backup: (folder: string) =>
      writeBackup({ db, version, clock, data: config.data, files: keptFiles(config) }, folder),
    /** Only the tables, as a start would make them. Returns the names of the migrations it applied. */
    migrate: toNewest,
    restore: (folder: string) =>
      restoreBackup({ db, clock, data: config.data, migrations }, folder),
    ownerReset: signin.ownerReset,
    turnFourEyesOff: policies.turnFourEyesOff,
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

function ignoreProblem(error: unknown): undefined {
  if (!(error instanceof Problem)) throw error
}

/** Files of the data folder that a restore needs beside the rows. */
function keptFiles(config: Config): readonly string[] {
  const key = relative(config.data, config.keyFile)
  const tls = ['ca.crt', 'ca.key', 'server.crt', 'server.key'].map((name) => join('tls', name))
  return key.startsWith('..') ? tls : [key, ...tls]
}

/** @hono/node-server hands the node request over in `env`; tests have none. */
function remoteAddress(c: Context): string | undefined {
  const env = c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined
  return env?.incoming?.socket?.remoteAddress
}
