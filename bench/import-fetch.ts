/**
 * Policy fetches while a history is imported at full rate, beside the same fetches with nothing else to do. The server, the
 * command that imports and the fetches are processes of their own; the fetches come at a steady rate.
 *
 *     node bench/import-fetch.ts [--history PATH [--folder docs/en]] [--rate 200] [--rounds 3]
 *
 * Exit code 1: the p99 during the import is more than three times the idle one, in the median round.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startFetches } from './fetches.ts'
import { git } from './git-history.ts'
import { makeHistory } from './made-history.ts'
import { writeHistory } from './made-repository.ts'
import { adminKey, startServed } from './served.ts'
import { median } from './measure.ts'
import { putElsewhere } from './place.ts'
import { timesLine, waiting } from './steady.ts'

const { values } = parseArgs({
  options: {
    history: { type: 'string' },
    folder: { type: 'string', default: '' },
    rate: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '3' },
  },
})
const data = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
let base = ''
let server: ChildProcess | undefined
let fetching: Awaited<ReturnType<typeof startFetches>> | undefined
try {
  const repository = values.history ?? (await madeRepository())
  const served = await startServed(join(data, 'server'))
  server = served.server
  base = served.base
  fetching = await startFetches(base, served.paths, Number(values.rate))
  await fetching.during(waiting(3000))
  console.log(`policy fetches, ${values.rate} a second`)
  const ratios: number[] = []
  for (let n = 1; n <= Number(values.rounds); n++) {
    const idle = await fetching.during(waiting(10_000))
    const started = performance.now()
    const during = await fetching.during(importing(repository, `bench/round/${n}/en`))
    const seconds = (performance.now() - started) / 1000
    const { snapshots, versions } = await importedInto(`bench/round/${n}/en`)
    ratios.push(during.p99 / idle.p99)
    console.log(`idle           ${timesLine(idle)}`)
    console.log(
      `during import  ${timesLine(during)}; ${snapshots} snapshots with ${versions} changed pages in ${seconds.toFixed(1)} s, ${(versions / seconds).toFixed(0)} a second`,
    )
  }
  const ratio = median(ratios)
  const each = ratios.map((one) => one.toFixed(2)).join(', ')
  console.log(`p99 ${ratio.toFixed(2)} of idle in the median round (${each}; at most 3)`)
  if (!(ratio <= 3)) process.exitCode = 1
} finally {
  fetching?.end()
  server?.kill('SIGTERM')
  if (server?.exitCode === null) await once(server, 'exit')
  rmSync(data, { recursive: true, force: true })
}

async function importing(repository: string, collection: string): Promise<void> {
  const main = join(import.meta.dirname, '../bin/gatehouse.mjs')
  const args = ['watch', 'import', '--git', repository, '--collection', collection]
  if (values.folder !== '') args.push('--folder', values.folder)
  const child = spawn(process.execPath, [main, ...args, '--create'], {
    env: { ...process.env, GATEHOUSE_URL: base, GATEHOUSE_KEY: adminKey },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  putElsewhere(child)
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`The import ended with ${code}.`)
}

async function importedInto(collection: string) {
  const answer = await fetch(`${base}/api/v1/watch/${collection}/snapshots/all`, {
    headers: { authorization: `Bearer ${adminKey}` },
  })
  const { items } = (await answer.json()) as { items: { pages: number }[] }
  return { snapshots: items.length, versions: items.reduce((sum, { pages }) => sum + pages, 0) }
}

async function madeRepository(): Promise<string> {
  const path = join(data, 'history.git')
  await git(data, ['init', '-q', '--bare', '-b', 'main', 'history.git'])
  await writeHistory(path, makeHistory({ pages: 120, commits: 400, changed: 10 }))
  return path
}
