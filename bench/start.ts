/**
 * From the command to the open port, on a data folder that has been used before, with the pages built: the product beside a
 * bare Hono server. Once each as `npm start`, which on a host with an older Node starts npm, that Node and Node 24, and once as
 * the process alone. Rounds take turns; medians are printed. The processor time of all these processes until then (Linux) does
 * not depend on what else the machine does.
 *
 *     node bench/start.ts [--rounds 9]
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { freePort, median } from './measure.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } })
const rounds = Number(values.rounds)
const limit = 1000
const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-start-'))
const port = await freePort()
const bare = join(import.meta.dirname, 'bundle.bare.ts')
writeFileSync(
  join(folder, 'package.json'),
  JSON.stringify({ private: true, scripts: { start: `"${process.execPath}" "${bare}"` } }),
)
const env = {
  ...process.env,
  PORT: String(port),
  GATEHOUSE_DATA: join(folder, 'data'),
  GATEHOUSE_LISTEN: `127.0.0.1:${port}`,
  GATEHOUSE_TLS_LISTEN: `127.0.0.1:${await freePort()}`,
  GATEHOUSE_LOG_LEVEL: 'warn',
}

interface Way {
  readonly name: string
  readonly command: readonly string[]
  readonly cwd: string
}
const ours: readonly Way[] = [
  { name: 'npm start', command: ['npm', 'start', '--silent'], cwd: root },
  {
    name: 'the process alone',
    command: [process.execPath, join(root, 'bin/gatehouse.mjs'), 'serve'],
    cwd: root,
  },
]
const peers: readonly Way[] = [
  { name: 'npm start', command: ['npm', 'start', '--silent'], cwd: folder },
  { name: 'the process alone', command: [process.execPath, bare], cwd: root },
]

try {
  // Makes the data folder and, when they are missing, the pages.
  await timed(ours[1])
  let good = true
  console.log(`start to listening, warm data folder, ${rounds} rounds, medians`)
  for (const [i, way] of ours.entries()) {
    const own: Start[] = []
    const peer: Start[] = []
    for (let round = 0; round < rounds; round++) {
      own.push(await timed(way))
      peer.push(await timed(peers[i]))
    }
    const [a, b] = [median(own.map((s) => s.ms)), median(peer.map((s) => s.ms))]
    const [cpuA, cpuB] = [median(own.map((s) => s.cpu)), median(peer.map((s) => s.cpu))]
    good &&= a < limit
    console.log(
      `${way.name.padEnd(18)} ${told(a, cpuA)}, best ${Math.min(...own.map((s) => s.ms)).toFixed(0)} ms   bare Hono ${told(b, cpuB)}   ratio ${(a / b).toFixed(1)} (CPU ${(cpuA / cpuB).toFixed(1)})`,
    )
  }
  console.log(good ? `within the stated limit (${limit} ms)` : `OUTSIDE the limit (${limit} ms)`)
  if (!good) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

interface Start {
  readonly ms: number
  readonly cpu: number
}

function told(ms: number, cpu: number): string {
  return `${ms.toFixed(0).padStart(5)} ms (CPU ${cpu.toFixed(0)} ms)`
}

/** From the command until the port takes a connection; the process is ended afterwards. */
async function timed(way: Way | undefined): Promise<Start> {
  const [command = '', ...args] = way?.command ?? []
  const from = performance.now()
  // A group of its own, so that npm and what it started end together.
  const child = spawn(command, args, { cwd: way?.cwd, env, stdio: 'ignore', detached: true })
  const gone = ended(child)
  try {
    while (!(await open())) {
      if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`)
      if (performance.now() - from > 120_000) throw new Error(`${command} did not listen`)
      await wait(2)
    }
    return { ms: performance.now() - from, cpu: cpuOfGroup(child.pid) }
  } finally {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
    await gone
    // npm may be gone before what it started has closed the port.
    while (await open()) await wait(10)
  }
}

/** Processor time of a process group in ms, in the steps of 10 ms that Linux counts; NaN elsewhere (proc_pid_stat(5)). */
function cpuOfGroup(group: number | undefined): number {
  if (process.platform !== 'linux') return NaN
  let ticks = 0
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (Number(fields[2]) === group)
        for (const at of [11, 12, 13, 14]) ticks += Number(fields[at])
    } catch {
      // It ended between the two looks.
    }
  return ticks * 10
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done, fail) => {
    child.once('exit', () => done())
    child.once('error', fail)
  })
}

function open(): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })
}
