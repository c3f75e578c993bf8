/**
 * 10,000 due pages of a local site, checked through the fetcher (addresses checked, robots.txt, one line per host) beside
 * a bare loop of conditional node:http requests, both over connections that stay open and with the same number at once.
 * One page in fifty has changed.
 *
 *     node bench/watch-fetch.ts [--pages 10000] [--rounds 5] [--at-once 16]
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { createFetcher } from '#features/watch/fetch/index.ts'
import { createLog } from '#kernel/log.ts'
import { median } from './measure.ts'

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    'at-once': { type: 'string', default: '16' },
  },
})
const pages = Number(values.pages)
const rounds = Number(values.rounds)
const atOnce = Number(values['at-once'])
const limit = 1.3

interface Round {
  readonly ms: number
  /** Processor time of this process for one page (µs). */
  readonly cpu: number
  readonly changed: number
}

const site = fork(join(import.meta.dirname, 'watch-fetch.site.ts'))
const [port] = (await once(site, 'message')) as [number]
const fetcher = createFetcher({
  clock: Date.now,
  log: createLog('silent'),
  version: 'bench',
  publicUrl: 'https://gatehouse.example',
  exceptions: () => [`127.0.0.1:${port}`],
})
const agent = new Agent({ keepAlive: true, maxSockets: atOnce })

const settings = {
  timeoutMs: 20_000,
  maxBytes: 5_000_000,
  retries: 2,
  concurrencyPerHost: atOnce,
  delayMs: 0,
  respectRobots: true,
  render: 'never',
} as const

async function ours(url: string): Promise<boolean> {
  const fetched = await fetcher.fetchPage({ url, etag: '"1"', settings, lane: 'bench' })
  if (!fetched.ok) throw new Error(fetched.message)
  return !fetched.notModified
}

function bare(url: string): Promise<boolean> {
  return new Promise((done, fail) => {
    const asked = request(url, { agent, headers: { 'if-none-match': '"1"' } }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('end', () => done(Buffer.concat(parts).length > 0))
      answer.on('error', fail)
    })
    asked.on('error', fail)
    asked.end()
  })
}

async function round(check: (url: string) => Promise<boolean>): Promise<Round> {
  let next = 0
  let changed = 0
  const worker = async (): Promise<void> => {
    while (next < pages) if (await check(`http://127.0.0.1:${port}/page/${next++}`)) changed++
  }
  const from = performance.now()
  const before = process.cpuUsage()
  await Promise.all(Array.from({ length: atOnce }, worker))
  const { user, system } = process.cpuUsage(before)
  return { ms: performance.now() - from, cpu: (user + system) / pages, changed }
}

try {
  await round(ours)
  await round(bare)
  const pairs: { ours: Round; bare: Round }[] = []
  for (let i = 0; i < rounds; i++) {
    // Turns about, so that neither always has the warmer or the quieter machine.
    const first = i % 2 === 0
    const a = await round(first ? ours : bare)
    const b = await round(first ? bare : ours)
    pairs.push(first ? { ours: a, bare: b } : { ours: b, bare: a })
  }
  if (pairs.some((pair) => pair.ours.changed !== pair.bare.changed))
    throw new Error('The two did not see the same pages change.')
  const line = (name: string, side: 'ours' | 'bare'): string =>
    [
      name.padEnd(24),
      `${median(pairs.map((p) => p[side].ms)).toFixed(0)} ms`.padStart(9),
      `${median(pairs.map((p) => p[side].cpu)).toFixed(0)} µs CPU a page`.padStart(18),
    ].join(' ')
  const ratio = median(pairs.map((p) => p.ours.ms / p.bare.ms))
  console.log(
    `watch-fetch, ${pages} due pages, ${atOnce} at once, ${pairs[0]?.ours.changed ?? 0} changed, ${rounds} rounds, medians`,
  )
  console.log(line('Gatehouse', 'ours'))
  console.log(line('bare conditional loop', 'bare'))
  console.log(`ratio ${ratio.toFixed(2)} (wanted: at most ${limit})`)
  if (ratio > limit) process.exitCode = 1
} finally {
  await fetcher.close()
  agent.destroy()
  site.disconnect()
}
