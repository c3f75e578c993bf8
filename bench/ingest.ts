/**
 * Records stored a second, sent as protobuf logs in batches of 100 to 1,000 over 8 connections, beside decoding the same bytes
 * and nothing else; and policy fetches meanwhile beside the same fetches with nothing else to do. The server, the senders and
 * the fetches are processes of their own.
 *
 *     node bench/ingest.ts [--engine postgres] [--seconds 20] [--rate 200] [--further 10]
 *
 * `--further`: so many more rounds afterwards, to see whether the rate and the memory stay as there is more and more.
 *
 * Exit code 1, on SQLite: less than 0.25 of decoding alone, or the p99 of fetches is more than three times the idle one.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { decode } from '../src/features/telemetry/otlp/decode.ts'
import { startFetches } from './fetches.ts'
import { batchOf } from './ingest.batch.ts'
import type { IngestOrder, IngestResult } from './ingest.load.ts'
import { peerDecode } from './ingest.peer.ts'
import { adminKey, startServed } from './served.ts'
import { putElsewhere } from './place.ts'
import { timesLine, waiting, type Times } from './steady.ts'

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'sqlite' },
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '200' },
    further: { type: 'string', default: '0' },
  },
})
const sizes = [100, 250, 500, 1000]
const data = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
const children: ChildProcess[] = []
const stopPostgres = values.engine === 'postgres' ? await startPostgres() : undefined
try {
  const decoding = {
    ours: decodedPerSecond((body) => decode('logs', 'protobuf', body)),
    peer: decodedPerSecond(peerDecode),
  }
  const { server, base, paths } = await startServed(
    data,
    values.engine === 'postgres' ? { DATABASE_URL: process.env['GATEHOUSE_TEST_POSTGRES'] } : {},
  )
  children.push(server)
  const tokens = await collecting(base, paths)
  const sender = fork(join(import.meta.dirname, 'ingest.load.ts'))
  children.push(sender)
  putElsewhere(sender)
  await once(sender, 'message')
  const sending = async (ms: number): Promise<IngestResult> => {
    sender.send({
      url: `${base}/otlp/v1/logs`,
      tokens,
      connections: 8,
      sizes,
      ms,
    } satisfies IngestOrder)
    const [result] = (await once(sender, 'message')) as [IngestResult]
    return result
  }
  const fetching = await startFetches(base, paths, Number(values.rate))
  await Promise.all([fetching.during(waiting(3000)), sending(3000)])
  await waiting(1000)
  const idle = await fetching.during(waiting(10_000))
  const before = [await asked(server, 'memory'), await asked(server, 'cpu')] as const
  const sent = sending(Number(values.seconds) * 1000)
  const during = await fetching.during(sent)
  fetching.end()
  const after = [await asked(server, 'memory'), await asked(server, 'cpu')] as const
  report(decoding, await sent, idle, during, {
    memory: [before[0], after[0]],
    cpu: after[1] - before[1],
  })
  let stored = (await sent).records
  for (let n = 0; n < Number(values.further); n++) {
    const cpu = await asked(server, 'cpu')
    const { records, seconds } = await sending(Number(values.seconds) * 1000)
    stored += records
    const each = ((await asked(server, 'cpu')) - cpu) / records
    const rss = (await asked(server, 'memory')) / 1e6
    console.log(
      `then           ${Math.round(records / seconds).toLocaleString('en')} records/s, ${each.toFixed(1)} µs each, ${rss.toFixed(0)} MB, ${(stored / 1e6).toFixed(1)} million so far`,
    )
  }
} finally {
  for (const one of children) one.kill('SIGTERM')
  await Promise.all(children.map(ended))
  await stopPostgres?.()
  rmSync(data, { recursive: true, force: true })
}

interface Rate {
  readonly perSecond: number
  /** Processor time a record (µs): it does not depend on what else the machine does. */
  readonly cpu: number
}
interface Rates {
  readonly ours: Rate
  readonly peer: Rate
}

function report(
  decoding: Rates,
  { records, requests, bytes, seconds }: IngestResult,
  idle: Times,
  during: Times,
  { memory: memories, cpu }: { readonly memory: readonly number[]; readonly cpu: number },
): void {
  const rate = records / seconds
  const ratio = rate / decoding.peer.perSecond
  const slower = during.p99 / idle.p99
  const thousands = (n: number) => Math.round(n).toLocaleString('en')
  console.log(
    `ingest, ${values.engine}, ${values.seconds} s, 8 connections, batches of ${sizes.join(', ')}`,
  )
  console.log(
    `stored         ${thousands(rate)} records/s (wanted on SQLite and two free cores: 40,000), ${(requests / seconds).toFixed(0)} requests/s, ${(bytes / seconds / 1e6).toFixed(1)} MB/s`,
  )
  console.log(
    `decoding alone ${thousands(decoding.peer.perSecond)} records/s with @bufbuild/protobuf, ${thousands(decoding.ours.perSecond)} with our reader`,
  )
  console.log(
    `processor      ${(cpu / records).toFixed(1)} µs a record in the server, fetches included; decoding alone ${decoding.peer.cpu.toFixed(1)} and ${decoding.ours.cpu.toFixed(1)}`,
  )
  console.log(`ratio          ${ratio.toFixed(2)} of the peer's decoding (wanted: at least 0.25)`)
  console.log(`fetches idle   ${timesLine(idle)}`)
  console.log(`fetches then   ${timesLine(during)}; p99 ${slower.toFixed(2)} of idle (at most 3)`)
  console.log(`memory         ${memories.map((rss) => `${(rss / 1e6).toFixed(0)} MB`).join(' → ')}`)
  if (values.engine === 'sqlite' && !(ratio >= 0.25 && slower <= 3)) process.exitCode = 1
}

/** Two seconds of it, when it is warm. */
function decodedPerSecond(read: (body: Uint8Array) => unknown): Rate {
  const { body, records } = batchOf(500)
  const run = (ms: number): Rate => {
    const from = performance.now()
    const before = process.cpuUsage()
    let done = 0
    while (performance.now() - from < ms) {
      read(body)
      done += records
    }
    const { user, system } = process.cpuUsage(before)
    return { perSecond: (done * 1000) / (performance.now() - from), cpu: (user + system) / done }
  }
  run(1000)
  return run(2000)
}

/** Turns telemetry on, and gives the tokens that the policies bring along. */
async function collecting(base: string, paths: readonly string[]): Promise<readonly string[]> {
  const address = `${base}/api/v1/telemetry/settings`
  const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' }
  const { settings } = (await (await fetch(address, { headers })).json()) as {
    settings: Record<string, unknown>
  }
  const body = JSON.stringify({
    ...settings,
    collect: true,
    changedAt: undefined,
    changedBy: undefined,
  })
  const answer = await fetch(address, { method: 'PUT', headers, body })
  if (!answer.ok) throw new Error(await answer.text())
  const tokens = await Promise.all(
    paths.map(async (path) => {
      const bundle = await (await fetch(base + path)).text()
      return /git_[\w-]+\.[\w-]+/.exec(bundle)?.[0] ?? ''
    }),
  )
  if (tokens.includes('')) throw new Error('A policy came without a token.')
  return tokens
}

async function asked(server: ChildProcess, what: 'memory' | 'cpu'): Promise<number> {
  server.send(what)
  const [answer] = (await once(server, 'message')) as [number]
  return answer
}

async function ended(one: ChildProcess): Promise<void> {
  if (one.exitCode === null && one.signalCode === null) await once(one, 'exit')
}

async function startPostgres(): Promise<() => Promise<void>> {
  const { default: setup } = await import('../test/postgres.ts')
  return setup()
}
