import { join } from 'node:path'
import {
  ensureCertificates,
  loadGivenCertificates,
  type Certificates,
} from '#kernel/certificates.ts'
import { systemClock } from '#kernel/clock.ts'
import { lockFolder } from '#kernel/folder.ts'
import { listen, type Listener } from '#kernel/listen.ts'
import { createLog, type Log } from '#kernel/log.ts'
import { Problem } from '#kernel/problem.ts'
import { createApp, type App } from './app.ts'
import { ConfigError, readConfig, version, type Config, type Environment } from './config.ts'

/** How long running requests may take after SIGTERM (ms). */
const drainFor = 10_000
const certificateCheckEvery = 60_000
const databaseRetryEvery = 1_000

/** A running server, for the commands that need to know it. */
export interface Server {
  readonly app: App
  readonly config: Config
  readonly stop: () => Promise<void>
}

/**
 * Starts everything on the addresses of the configuration; SIGTERM and SIGINT stop it. Exits with a sentence when it
 * cannot start. `say` prints to the person who started it; the log goes to standard error.
 */
export async function startServer(
  env: Environment,
  say: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): Promise<Server> {
  try {
    return await start(readConfig(env), say)
  } catch (error) {
    if (!(error instanceof ConfigError) && !(error instanceof Problem)) throw error
    const remedy = error instanceof Problem ? (error.extra.remedy ?? '') : ''
    process.stderr.write(`Gatehouse did not start. ${error.message} ${remedy}\n`)
    process.exit(1)
  }
}

async function start(config: Config, say: (line: string) => void): Promise<Server> {
  const log = createLog(config.logLevel)
  const lock = lockFolder(config.data)
  const certificates = await readCertificates(config)
  let current = certificates
  const app = createApp({ config, clock: systemClock, log, caCertificate: () => current.caPem })
  const listeners: Listener[] = []
  try {
    await startOrOutage(app, log)
    listeners.push(
      await listen({ ...config.listen, fetch: app.fetch, direct: app.direct }),
      await listen({
        ...config.tlsListen,
        fetch: app.fetch,
        direct: app.direct,
        tls: certificates,
      }),
    )
  } catch (error) {
    await app.stop()
    lock.release()
    throw error
  }
  const renewal = setInterval(() => {
    readCertificates(config).then(
      (next) => {
        if (next.cert === current.cert) return
        current = next
        for (const listener of listeners) listener.setCertificate(next.cert, next.key)
        log.info(
          { expiresAt: new Date(next.expiresAt).toISOString() },
          'the certificate was replaced',
        )
      },
      (error: unknown) =>
        log.error({ err: error }, 'the certificate could not be read; the old one stays'),
    )
  }, certificateCheckEvery)

  const stopTending = app.tend()
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      log.info('stopping')
      clearInterval(renewal)
      stopTending()
      app.drain()
      await Promise.all(listeners.map((listener) => listener.drain(drainFor)))
      await app.stop()
      lock.release()
    })())
  // A terminal sends Ctrl-C to the whole process group, and bin/gatehouse.mjs passes it on: it may come twice.
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => void stop().then(() => process.exit(0)))

  if (certificates.uncovered.length > 0)
    log.warn(
      { hosts: certificates.uncovered },
      'the local CA may not sign for these names: clients will refuse them. Give a certificate (GATEHOUSE_TLS_CERT), or move the tls folder away to make a new CA and hand it out again',
    )
  say(
    app.state() === 'serving'
      ? `Gatehouse ${version} is ready.`
      : `Gatehouse ${version} has no database: it serves the bundles last known, and nothing else, until there is one. The log says why.`,
  )
  say(`  browser  http://${config.listen.host}:${config.listen.port}`)
  say(`  clients  ${config.publicUrl}`)
  await app.greet(say)
  return { app, config, stop }
}

/** Without a database the known bundles are served, and the database is tried again until it is there. */
async function startOrOutage(app: App, log: Log): Promise<void> {
  try {
    await app.start()
  } catch (error) {
    if (!isUnavailable(error)) throw error
    const remedy = error.extra.remedy
    log.error({ err: error, remedy }, 'there is no database; serving the bundles last known')
    await app.startWithoutDatabase()
    const again = (): void => {
      if (app.state() === 'draining') return
      app.start().then(
        () => log.info('the database is back'),
        (reason: unknown) => {
          if (!isUnavailable(reason)) log.error({ err: reason }, 'still no start on the database')
          setTimeout(again, databaseRetryEvery).unref()
        },
      )
    }
    setTimeout(again, databaseRetryEvery).unref()
  }
}

/** Nothing that a start can make better by ending the process: the bundles last known are better than none. */
const isUnavailable = (error: unknown): error is Problem =>
  error instanceof Problem && ['database_unavailable', 'storage_full', 'busy'].includes(error.code)

function readCertificates(config: Config): Promise<Certificates> {
  if (config.tls) return loadGivenCertificates(config.tls.cert, config.tls.key, systemClock())
  const hosts = new Set([new URL(config.publicUrl).hostname, config.tlsListen.host])
  return ensureCertificates(join(config.data, 'tls'), { hosts: [...hosts], now: systemClock() })
}
