/**
 * Bundle fetches of the whole product beside a bare Hono server that answers the same bytes, in one run, round by round.
 * 1,000 groups, 200 rules, 1,000 enrolments picked at random, recording on, keep-alive; the load is a process of its own.
 * With --bearers: that many signed-in clients in place of the enrolments, of a tenth as many members, half on each route.
 *
 *     node bench/bundle.ts [--engine postgres] [--rounds 6] [--seconds 3] [--bearers 100000]
 */
import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { LoadResult } from './load.ts'
import { freePort, median as middle, servedWith } from './measure.ts'
import { seedClients } from './bundle.clients.ts'
import { workspaceWith, type Prepared } from './bundle.workspace.ts'

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'sqlite' },
    rounds: { type: 'string', default: '6' },
    seconds: { type: 'string', default: '3' },
    bearers: { type: 'string', default: '0' },
  },
})
const rounds = Number(values.rounds)
const bearers = Number(values.bearers)
const ms = Number(values.seconds) * 1000
const connections = 32
const ports = { ours: await freePort(), tls: await freePort(), bare: await freePort() }

const data = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
const adminKey = 'bench-admin-key-of-more-than-32-characters'
const children: ChildProcess[] = []
const stopPostgres = values.engine === 'postgres' ? await startPostgres() : undefined
try {
  const ours = await child('bundle.ours.ts', {
    GATEHOUSE_DATA: data,
    GATEHOUSE_LISTEN: `127.0.0.1:${ports.ours}`,
    GATEHOUSE_TLS_LISTEN: `127.0.0.1:${ports.tls}`,
    GATEHOUSE_LOG_LEVEL: 'warn',
    GATEHOUSE_INIT_OWNER_EMAIL: 'bench@acme.example',
    GATEHOUSE_INIT_OWNER_PASSWORD: 'nine green benches by the river',
    GATEHOUSE_INIT_ADMIN_KEY: adminKey,
    ...(values.engine === 'postgres'
      ? { DATABASE_URL: process.env['GATEHOUSE_TEST_POSTGRES'] }
      : {}),
  })
  const base = `http://127.0.0.1:${ports.ours}`
  const prepared = await workspaceWith(base, adminKey, {
    groups: 1000,
    rules: 200,
    enrolments: bearers > 0 ? 0 : 1000,
    policies: 20,
  })
  const clients = bearers > 0 ? await withClients(base, prepared) : undefined
  const bare = await child('bundle.bare.ts', { PORT: String(ports.bare) })
  await told(bare, clients === undefined ? prepared.bodies : { clients })
  const driver = await child('bundle.load.ts', {})
  await told(driver, clients === undefined ? { paths: prepared.paths } : { clients })
  await measure(ours, bare, driver)
} finally {
  for (const one of children) one.kill('SIGTERM')
  await Promise.all(children.map(ended))
  await stopPostgres?.()
  rmSync(data, { recursive: true, force: true })
}

interface Round extends LoadResult {
  /** Processor time of the server for one answer (µs): it does not depend on what else the machine does. */
  readonly cpu: number
}

function withClients(base: string, { groups }: Prepared): Promise<string> {
  return seedClients({
    base,
    folder: data,
    databaseUrl: values.engine === 'postgres' ? process.env['GATEHOUSE_TEST_POSTGRES'] : undefined,
    groups,
    bearers,
    members: Math.ceil(bearers / 10),
  })
}

async function measure(
  ours: ChildProcess,
  bare: ChildProcess,
  driver: ChildProcess,
): Promise<void> {
  const one = async (server: ChildProcess, port: number, forMs: number): Promise<Round> => {
    const before = await cpu(server)
    const result = (await told(driver, { port, connections, ms: forMs })) as LoadResult
    const used = (await cpu(server)) - before
    const wrong = Object.keys(result.byStatus).filter((status) => status !== '200')
    if (wrong.length > 0) throw new Error(`Answered ${JSON.stringify(result.byStatus)}`)
    return { ...result, cpu: used / result.answers }
  }
  await one(ours, ports.ours, 3000)
  await one(bare, ports.bare, 3000)
  const pairs: { ours: Round; bare: Round }[] = []
  for (let i = 0; i < rounds; i++) {
    // Turns about, so that neither always has the warmer or the quieter machine.
    const first = i % 2 === 0
    const a = first ? await one(ours, ports.ours, ms) : await one(bare, ports.bare, ms)
    const b = first ? await one(bare, ports.bare, ms) : await one(ours, ports.ours, ms)
    pairs.push(first ? { ours: a, bare: b } : { ours: b, bare: a })
  }
  report(pairs)
}

function report(pairs: readonly { ours: Round; bare: Round }[]): void {
  const median = (pick: (pair: { ours: Round; bare: Round }) => number) => middle(pairs.map(pick))
  const line = (name: string, side: 'ours' | 'bare') =>
    [
      name.padEnd(22),
      `${median((p) => p[side].perSecond).toFixed(0)}/s`.padStart(9),
      `p50 ${median((p) => p[side].p50).toFixed(2)} ms`.padStart(14),
      `p99 ${median((p) => p[side].p99).toFixed(2)} ms`.padStart(14),
      `${median((p) => p[side].cpu).toFixed(1)} µs CPU`.padStart(14),
    ].join(' ')
  const ratio = median((p) => p.ours.perSecond / p.bare.perSecond)
  const cpuRatio = median((p) => p.bare.cpu / p.ours.cpu)
  const what = bearers > 0 ? `${bearers} bearers` : 'enrolments'
  console.log(`bundle, ${what}, ${values.engine}, ${rounds} rounds of ${ms / 1000} s, medians`)
  console.log(line('Gatehouse', 'ours'))
  console.log(line('bare Hono, same bytes', 'bare'))
  console.log(
    `ratio ${ratio.toFixed(2)} by answers per second (wanted: at least 0.5), ${cpuRatio.toFixed(2)} by processor time`,
  )
  if (ratio < 0.5) process.exitCode = 1
}

async function child(file: string, env: Record<string, string | undefined>): Promise<ChildProcess> {
  const started = fork(join(import.meta.dirname, file), {
    env: { ...process.env, ...env },
    execArgv: file === 'bundle.ours.ts' ? [...servedWith] : [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  children.push(started)
  await message(started)
  return started
}

function message(from: ChildProcess): Promise<unknown> {
  return new Promise((done, fail) => {
    const died = (code: number | null) => fail(new Error(`a process of the bench ended (${code})`))
    from.once('exit', died)
    from.once('message', (told) => {
      from.off('exit', died)
      done(told)
    })
  })
}

/** Its answer to an order. */
function told(one: ChildProcess, order: object): Promise<unknown> {
  const answer = message(one)
  one.send(order)
  return answer
}

async function ended(one: ChildProcess): Promise<void> {
  if (one.exitCode === null && one.signalCode === null)
    await new Promise((done) => one.once('exit', done))
}

async function cpu(server: ChildProcess): Promise<number> {
  server.send('cpu')
  return (await message(server)) as number
}

async function startPostgres(): Promise<() => Promise<void>> {
  const { default: setup } = await import('../test/postgres.ts')
  return setup()
}
