import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const readyWithin = 240_000

/** The product as a person starts it: its own process, the pages as they are built, a data folder that goes afterwards. */
export interface Product {
  /** Where the browser goes. */
  readonly url: string
  /** Where clients go, over HTTPS with the CA that the product made. */
  readonly tlsUrl: string
  /** The data folder. */
  readonly data: string
  /** What it has written to standard output and error. */
  readonly output: () => string
  readonly stop: () => Promise<void>
}

export interface Start {
  readonly demo?: boolean
  /** Where people open it. Passkeys need a name; default: an address. */
  readonly host?: 'localhost'
  readonly env?: Readonly<Record<string, string>>
}

export const owner = {
  name: 'owner@acme.example',
  email: 'owner@acme.example',
  password: 'quay lantern 41 thistle',
} as const

/** An owner who can sign in at once: set-up as code, for journeys that begin after the first run. */
export const withOwner: Start = {
  env: {
    GATEHOUSE_INIT_OWNER_EMAIL: owner.email,
    GATEHOUSE_INIT_OWNER_PASSWORD: owner.password,
  },
}

/** Starts the product on free ports and an empty folder, and waits until it says that it is ready. */
export async function startProduct({ demo = false, env = {}, host }: Start = {}): Promise<Product> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-journey-'))
  const data = join(folder, 'data')
  const [plain, tls] = await freePorts()
  const listen = `${host ?? '127.0.0.1'}:${plain}`
  const url = `http://${listen}`
  let output = ''
  const child = spawn(
    process.execPath,
    [join(root, 'bin/gatehouse.mjs'), 'serve', ...(demo ? ['--demo'] : [])],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '/usr/bin:/bin',
        HOME: folder,
        [demo ? 'GATEHOUSE_DEMO_DATA' : 'GATEHOUSE_DATA']: data,
        GATEHOUSE_LISTEN: listen,
        GATEHOUSE_TLS_LISTEN: `127.0.0.1:${tls}`,
        ...env,
      },
    },
  )
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
    await gone
    clearTimeout(late)
    rmSync(folder, { recursive: true, force: true })
  }
  const last = demo ? 'Sign in as' : 'Gatehouse 0'
  await new Promise<void>((done, fail) => {
    const give = (why: string) => fail(new Error(`${why}\n${output}`))
    const timer = setTimeout(() => give('The product was not ready in time.'), readyWithin)
    child.once('exit', () => give('The product ended at its start.'))
    child.stdout.on('data', () => {
      if (!output.includes(last)) return
      clearTimeout(timer)
      done()
    })
  }).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return { url, tlsUrl: `https://127.0.0.1:${tls}`, data, output: () => output, stop }
}

async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()]
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((done) => {
          server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port))
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))))
  return [ports[0] ?? 0, ports[1] ?? 0]
}

/** What a client on a machine gets that trusts the product's CA and nothing else. */
export async function fetchAsClient(
  product: Product,
  baseUrl: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const ca = await (await fetch(`${product.url}/ca.crt`)).text()
  return new Promise((done, fail) => {
    const call = request(`${baseUrl}/codex/config/bundle`, { ca }, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (text: string) => (body += text))
      answer.on('end', () => done({ status: answer.statusCode ?? 0, body }))
    })
    call.on('error', fail)
    call.end()
  })
}
