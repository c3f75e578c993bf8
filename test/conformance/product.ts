import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sandboxFolder } from './sandbox.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const READY_WITHIN_MS = 60_000

/** The product as a company runs it: its own process, its own data folder, HTTPS with the CA it made itself. */
export interface Product {
  readonly plainUrl: string
  readonly data: string
  readonly adminKey: string
  /** The local CA, downloaded from the product as an administrator does. */
  readonly caFile: string
  /** What it has written to standard output and error since it was started. */
  log(): string
  /** SIGTERM, and waits for the drain. */
  stop(): Promise<void>
  /** Starts again on the same data folder. `expectReady` false: returns when the TLS listener answers at all. */
  start(options?: { readonly expectReady?: boolean }): Promise<void>
}

export interface ProductOptions {
  readonly databaseUrl?: string
  /** People open it there over plain HTTP, since passkeys need a name; default: over HTTPS, by an address. */
  readonly host?: 'localhost'
}

/** Starts the product on an empty data folder and waits until it says that it is ready. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const data = mkdtempSync(join(sandboxFolder(), 'data-'))
  const listen = `${options.host ?? '127.0.0.1'}:7080`
  const plainUrl = `http://${listen}`
  const adminKey = 'conformance-admin-key-0123456789abcdef'
  const env = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: data,
    GATEHOUSE_DATA: data,
    GATEHOUSE_LISTEN: listen,
    GATEHOUSE_TLS_LISTEN: '127.0.0.1:7443',
    ...(options.host === undefined ? { GATEHOUSE_PUBLIC_URL: 'https://127.0.0.1:7443' } : {}),
    GATEHOUSE_INIT_OWNER_EMAIL: 'owner@acme.example',
    GATEHOUSE_INIT_OWNER_PASSWORD: 'quay lantern 41 thistle',
    GATEHOUSE_INIT_ADMIN_KEY: adminKey,
    ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
  }
  let log = ''
  let child: ChildProcess | undefined
  const product: Product = {
    plainUrl,
    data,
    adminKey,
    caFile: join(data, 'downloaded-ca.crt'),
    log: () => log,
    stop: async () => {
      if (child === undefined || child.exitCode !== null) return
      const gone = new Promise((resolve) => child?.once('exit', resolve))
      child.kill('SIGTERM')
      const late = setTimeout(() => child?.kill('SIGKILL'), 15_000)
      await gone
      clearTimeout(late)
    },
    start: async ({ expectReady = true } = {}) => {
      log = ''
      const started = spawn(process.execPath, ['src/main.ts'], { cwd: ROOT, env })
      child = started
      for (const stream of [started.stdout, started.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => (log += text))
      }
      await answers(`${plainUrl}${expectReady ? '/readyz' : '/healthz'}`, started, () => log)
    },
  }
  await product.start()
  const ca = await fetch(`${plainUrl}/ca.crt`)
  if (!ca.ok) throw new Error(`GET /ca.crt answered ${ca.status}`)
  writeFileSync(product.caFile, await ca.text())
  return product
}

async function answers(address: string, child: ChildProcess, log: () => string): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`the product ended at start:\n${log()}`)
    const response = await fetch(address).catch(() => undefined)
    if (response?.ok === true) return
    await wait(100)
  }
  throw new Error(`${address} did not answer 200 within ${READY_WITHIN_MS} ms:\n${log()}`)
}
