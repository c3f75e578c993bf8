/**
 * A whole run over 10,000 due pages of a local site: scheduled, planned, fetched, judged and written to a real SQLite file,
 * beside bare loops of conditional requests with the same number at once: of node:http, whose figure counts, and of undici. The
 * first run takes all pages in. Processor time is that of this process; the site has its own.
 *
 *     node bench/watch-run.ts [--pages 10000] [--rounds 5] [--at-once 16] [--changed-every 0]
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { startWorld } from '../test/world.ts'
import { median } from './measure.ts'

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    'at-once': { type: 'string', default: '16' },
    'changed-every': { type: 'string', default: '0' },
  },
})
const pages = Number(values.pages)
const rounds = Number(values.rounds)
const atOnce = Number(values['at-once'])
const limit = 1.3
/** What one source of addresses may hold. */
const mostUrls = 5000

const site = fork(join(import.meta.dirname, 'watch-run.site.ts'), [values['changed-every']])
const [port] = (await once(site, 'message')) as [number]
const origin = `http://127.0.0.1:${port}`
const world = await startWorld({
  engine: 'sqlite',
  env: { GATEHOUSE_OUTBOUND_EXCEPTIONS: `127.0.0.1:${port}`, GATEHOUSE_LOG_LEVEL: 'warn' },
})
const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
const pool = new Pool(origin, { connections: atOnce })
const at = '/api/v1/watch/bench/pages/docs/en'

interface Run {
  readonly id: string
  readonly state: string
  readonly checked: number
  readonly notModified: number
  readonly failures: number
  readonly message: string | null
}

interface Round {
  readonly ms: number
  /** Processor time for one page (µs). */
  readonly cpu: number
}

async function timed(act: () => Promise<void>): Promise<Round> {
  const from = performance.now()
  const before = process.cpuUsage()
  await act()
  const { user, system } = process.cpuUsage(before)
  return { ms: performance.now() - from, cpu: (user + system) / pages }
}

let run: Run | undefined

/** One run, from the asking to its end. */
const ours = (): Promise<Round> =>
  timed(async () => {
    const asked = (await world.admin('POST', `${at}/check`)).json as Run
    do {
      // Asking costs as much as ten pages.
      await wait(50)
      run = (await world.admin('GET', `${at}/runs/${asked.id}`)).json as Run
      if (run.state === 'failed') throw new Error(run.message ?? 'The run failed.')
      world.clock.now = Date.now()
    } while (run.state !== 'done')
  })

/** The same pages by nothing but conditional requests. */
const loop = (ask: (path: string) => Promise<void>): Promise<Round> =>
  timed(async () => {
    let next = 0
    const worker = async (): Promise<void> => {
      while (next < pages) await ask(`/page/${next++}`)
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
  })

const headers = { 'if-none-match': '"1"' }
const bare = (): Promise<Round> =>
  loop(
    (path) =>
      new Promise((done, fail) => {
        request(`${origin}${path}`, { agent, headers }, (answer) => {
          answer.on('end', done).on('error', fail).resume()
        })
          .on('error', fail)
          .end()
      }),
  )
const bareUndici = (): Promise<Round> =>
  loop(async (path) => {
    const { body } = await pool.request({ path, method: 'GET', headers })
    await body.dump()
  })

try {
  const urls = Array.from({ length: pages }, (_, i) => `${origin}/page/${i}`)
  const made = await world.admin('POST', '/api/v1/watch/collections', {
    vendor: 'bench',
    product: 'pages',
    set: 'docs',
    language: 'en',
    title: 'Bench',
    sources: Array.from({ length: Math.ceil(pages / mostUrls) }, (_, i) => ({
      kind: 'urls',
      urls: urls.slice(i * mostUrls, (i + 1) * mostUrls),
    })),
    schedule: { cron: '' },
    fetch: { delayMs: 0, concurrencyPerHost: atOnce },
    extract: { preferMarkdown: false },
  })
  if (made.status !== 201) throw new Error(made.text)
  const first = await ours()
  const sides = { ours, bare, bareUndici }
  const rows: Record<keyof typeof sides, Round>[] = []
  for (let i = -1; i < rounds; i++) {
    const row: Partial<Record<keyof typeof sides, Round>> = {}
    // Turns about, so that none always has the quieter machine; the first round warms up.
    const order = Object.keys(sides) as (keyof typeof sides)[]
    for (const side of i % 2 === 0 ? order : order.reverse()) row[side] = await sides[side]()
    if (i >= 0) rows.push(row as Record<keyof typeof sides, Round>)
  }
  const { checked = 0, notModified = 0 } = run ?? {}
  console.log(
    `watch-run, ${checked} due pages, ${atOnce} at once, ${checked - notModified} changed, ${rounds} rounds, medians`,
  )
  const line = (name: string, of: readonly Round[]): void =>
    console.log(
      [
        name.padEnd(28),
        `${median(of.map(({ ms }) => ms)).toFixed(0)} ms`.padStart(10),
        `${median(of.map(({ cpu }) => cpu)).toFixed(0)} µs CPU a page`.padStart(18),
      ].join(' '),
    )
  line('first run, all pages new', [first])
  line(
    'Gatehouse, the whole run',
    rows.map((row) => row.ours),
  )
  line(
    'bare loop of node:http',
    rows.map((row) => row.bare),
  )
  line(
    'bare loop of undici',
    rows.map((row) => row.bareUndici),
  )
  const ratio = median(rows.map((row) => row.ours.ms / row.bare.ms))
  console.log(`ratio to node:http ${ratio.toFixed(2)} (wanted: at most ${limit})`)
  if (ratio > limit) process.exitCode = 1
} finally {
  await world.close()
  agent.destroy()
  await pool.destroy()
  site.disconnect()
  site.kill()
}
