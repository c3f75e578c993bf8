import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../postgres.ts'
import { adminKey, owner } from '../world.ts'

export const root = join(import.meta.dirname, '../..')

/** The product as an operator runs it: a process of its own, with ports and a data folder that nobody else uses. */
export interface Server {
  readonly url: string
  readonly data: string
  readonly env: Readonly<Record<string, string>>
  readonly child: ChildProcess
  /** What it wrote to standard output and standard error since it was started. */
  readonly output: () => string
  /** Calls the API as the operator's key. Rejects when the connection breaks. */
  readonly admin: (method: string, path: string, body?: unknown) => Promise<Reply>
  /** Sends a signal and waits for the end. */
  readonly end: (signal: NodeJS.Signals) => Promise<Ended>
}

export interface Reply {
  readonly status: number
  readonly json: any // eslint-disable-line @typescript-eslint/no-explicit-any
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A folder that is taken away at the end of the test process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-trouble-'))
  folders.add(folder)
  return folder
}

const folders = new Set<string>()
const children = new Set<ChildProcess>()
// A test that fails must not leave a server behind.
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** An environment for one place: nothing of the surrounding one but what finding programs needs. */
export async function placeFor(
  data: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, string>>> {
  const port = await freePort()
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: data,
    GATEHOUSE_DATA: data,
    GATEHOUSE_LISTEN: `127.0.0.1:${port}`,
    GATEHOUSE_TLS_LISTEN: `127.0.0.1:${await freePort()}`,
    GATEHOUSE_URL: `http://127.0.0.1:${port}`,
    GATEHOUSE_KEY: adminKey,
    GATEHOUSE_INIT_OWNER_EMAIL: owner.email,
    GATEHOUSE_INIT_OWNER_PASSWORD: owner.password,
    GATEHOUSE_INIT_ADMIN_KEY: adminKey,
    ...env,
  }
}

/** Starts the server and waits until it says where it answers. */
export async function startServer(
  data = temporaryFolder(),
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = ['src/main.ts'],
  program = process.execPath,
): Promise<Server> {
  const place = await placeFor(data, env)
  const child = spawn(program, args, { cwd: root, env: place })
  const { output, ended } = watch(child)
  const url = place['GATEHOUSE_URL'] ?? ''
  await until(() => output().includes('  clients  '), child, output)
  return {
    url,
    data,
    env: place,
    child,
    output,
    async admin(method, path, body) {
      const response = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${adminKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, json: text === '' ? undefined : JSON.parse(text) }
    },
    end: (signal) => {
      child.kill(signal)
      return ended
    },
  }
}

/** Collects what a process says, and how it ends. */
export function watch(child: ChildProcess): {
  readonly output: () => string
  readonly ended: Promise<Ended>
} {
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (part: string) => (text += part))
  children.add(child)
  const ended = new Promise<Ended>((done) => {
    child.once('close', (code, signal) => {
      children.delete(child)
      done({ code, signal })
    })
  })
  return { output: () => text, ended }
}

const patience = 300_000

/** Polls generously: what is slow on a busy machine is not wrong. */
export async function until(
  reached: () => boolean | Promise<boolean>,
  child: ChildProcess,
  output: () => string,
): Promise<void> {
  const end = Date.now() + patience
  while (!(await reached())) {
    if (child.exitCode !== null || child.signalCode !== null) {
      // What it said last may come after its end.
      if (children.has(child)) await new Promise((closed) => child.once('close', closed))
      if (await reached()) return
      throw new Error(`the process ended before it got there:\n${output()}`)
    }
    if (Date.now() > end) throw new Error(`the process did not get there:\n${output()}`)
    await new Promise((go) => setTimeout(go, 25))
  }
}

/** Runs a command to its end. */
export async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  program = process.execPath,
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const child = spawn(program, [...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part))
  child.stderr.setEncoding('utf8').on('data', (part: string) => (err += part))
  const code = await new Promise<number | null>((done) => child.once('close', done))
  return { code, out, err }
}
