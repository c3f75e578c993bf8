import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '#kernel/log.ts'
import { createApp, type App } from '#src/app.ts'
import { readConfig, type Environment } from '#src/config.ts'
import { freshDatabase, testEngine } from './engine.ts'

/**
 * The whole app on a chosen engine, with a clock that stands still and seeded ids. `GATEHOUSE_TEST_ENGINE` chooses the
 * engine for the contract suite; on PostgreSQL each world gets a database of its own in the cluster that
 * test/postgres.ts started.
 */
export interface World {
  readonly app: App
  readonly data: string
  readonly databaseUrl: string | undefined
  readonly clock: { now: number; advance: (ms: number) => void }
  /** Every line that was logged, for the test that looks for secrets. */
  readonly logged: readonly string[]
  /** Calls the API without a socket. A body that is not a string is sent as JSON. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  /** The same, as the operator's initial key: every permission. */
  admin(method: string, path: string, body?: unknown): Promise<Answer>
  close(): Promise<void>
}

export interface CallOptions {
  readonly body?: unknown
  readonly cookie?: string
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed JSON, or undefined. */
  readonly json: any // eslint-disable-line @typescript-eslint/no-explicit-any
}

export const adminKey = 'operator-chosen-admin-key-of-more-than-32-characters'
export const owner = { email: 'owner@acme.example', password: 'correct horse battery' } as const
/** 2026-01-05 09:00 UTC, a Monday. */
export const monday = Date.UTC(2026, 0, 5, 9)

export interface WorldOptions {
  readonly engine?: 'sqlite' | 'postgres'
  readonly env?: Environment
  /** Default: an owner and the admin key exist. */
  readonly empty?: boolean
  /** Reuses a data folder (and its database) of an earlier world. */
  readonly data?: string
  readonly databaseUrl?: string
}

/** The app on a place that exists, not started: what the commands on the machine work with (backup, restore, doctor). */
export function openWorld(options: WorldOptions & { readonly data: string }): {
  readonly app: App
  readonly clock: World['clock']
  readonly logged: readonly string[]
} {
  const clock = {
    now: monday,
    advance: (ms: number) => {
      clock.now += ms
    },
  }
  const logged: string[] = []
  const config = readConfig({
    GATEHOUSE_DATA: options.data,
    GATEHOUSE_PUBLIC_URL: 'https://gatehouse.acme.example',
    GATEHOUSE_LOG_LEVEL: 'debug',
    ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
    ...(options.empty === true
      ? {}
      : {
          GATEHOUSE_INIT_OWNER_EMAIL: owner.email,
          GATEHOUSE_INIT_OWNER_PASSWORD: owner.password,
          GATEHOUSE_INIT_ADMIN_KEY: adminKey,
        }),
    ...options.env,
  })
  const app = createApp({
    config,
    clock: () => clock.now,
    log: createLog('debug', { write: (line: string) => void logged.push(line) }),
    random: seeded(`world ${++worlds}`),
    caCertificate: () => undefined,
  })
  return { app, clock, logged }
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const engine = options.engine ?? testEngine()
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'gatehouse-test-'))
  const databaseUrl =
    engine === 'postgres'
      ? (options.databaseUrl ?? (await freshDatabase(await migrated())))
      : undefined
  const place = databaseUrl === undefined ? { data } : { data, databaseUrl }
  const { app, clock, logged } = openWorld({ ...options, ...place })
  await app.start()

  const call: World['call'] = async (method, path, { body, cookie, key, headers } = {}) => {
    const raw = typeof body === 'string'
    const response = await app.fetch(
      new Request(`http://gatehouse.test${path}`, {
        method,
        headers: {
          ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
          ...(cookie === undefined ? {} : { cookie, 'x-gatehouse-csrf': '1' }),
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
      }),
    )
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: parseOrUndefined(text),
    }
  }
  return {
    app,
    data,
    databaseUrl,
    clock,
    logged,
    call,
    admin: (method, path, body) =>
      call(method, path, { key: adminKey, ...(body === undefined ? {} : { body }) }),
    async close() {
      await app.stop()
      if (options.data === undefined) rmSync(data, { recursive: true, force: true })
    },
  }
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

let worlds = 0

/** A database with all tables and nothing in them, made once: to migrate takes most of a start. */
const migrated = (): Promise<string> => (template ??= migrateOne())
let template: Promise<string> | undefined

async function migrateOne(): Promise<string> {
  const data = mkdtempSync(join(tmpdir(), 'gatehouse-template-'))
  const databaseUrl = await freshDatabase()
  const { app } = openWorld({ data, databaseUrl })
  await app.migrate()
  await app.stop()
  rmSync(data, { recursive: true, force: true })
  return databaseUrl
}

/** Bytes that look random and are the same in every run with the same seed. */
function seeded(seed: string): (size: number) => Uint8Array {
  let counter = 0
  return (size) => {
    const blocks: Buffer[] = []
    while (blocks.length * 32 < size)
      blocks.push(createHash('sha256').update(`${seed}:${counter++}`).digest())
    return Buffer.concat(blocks).subarray(0, size)
  }
}
