/**
 * The archive of watched texts beside a packed git repository of the same history: size, import, reading.
 *
 *     node bench/archive.ts [--history PATH [--folder docs/en]] [--endings .md,.mdx] [--batch 64]
 *
 * Without a history, one that nobody wrote is made (bench/made-history.ts). Exit code 1: a figure is outside its limit.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  archiveMigrations,
  encodeTexts,
  readLines,
  readText,
  sizes,
  storableText,
  writeTexts,
} from '#features/watch/archive/index.ts'
import { dropReadCache } from '#features/watch/archive/read.ts'
import { squeeze } from '#features/watch/archive/squeeze.ts'
import { diffIds } from '#history/index.ts'
import { systemClock } from '#kernel/clock.ts'
import { openDatabase } from '#kernel/database.ts'
import { createIds } from '#kernel/ids.ts'
import { createLog } from '#kernel/log.ts'
import { migrate } from '#kernel/migrate.ts'
import { createPool } from '#kernel/pool.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { chosenHistory, historyOptions } from './chosen-history.ts'
import { git } from './git-history.ts'
import { seeded } from './made-history.ts'
import { writeHistory } from './made-repository.ts'

const { values } = parseArgs({
  options: {
    ...historyOptions,
    batch: { type: 'string', default: '64' },
  },
})
const commits = await chosenHistory(values)

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
const limit = (ok: boolean): string => {
  if (!ok) process.exitCode = 1
  return ok ? '' : '  OUTSIDE ITS LIMIT'
}
const quantile = (sorted: Float64Array, part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN
const kb = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KB`

interface Version {
  readonly page: string
  readonly text: string
}
const versions: Version[] = commits.flatMap((commit) =>
  commit.files.flatMap(({ path, blob }) =>
    blob === null ? [] : [{ page: path, text: storableText(blob.toString('utf8')) }],
  ),
)
const rawBytes = versions.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
console.log(
  `${values.history ?? 'a made history'}: ${commits.length} commits, ${versions.length} versions of ${new Set(versions.map((v) => v.page)).size} pages, ${kb(rawBytes)}`,
)

const pack = await packedByGit()
const clock = systemClock
const ids = createIds(clock)
const log = createLog('silent')
const file = join(folder, 'gatehouse.db')
const { db, migrations } = openDatabase({ url: undefined, file }, { clock, ids, log })
await migrate(db, [...migrations, ...archiveMigrations], clock)
const pool = createPool()
const runtime = { db, clock, ids, log, pool } as Runtime
const collection = 'col_bench'
// Threads and code are warm, as in a server that runs.
await importAll(versions.slice(0, 100), 'col_warm')
try {
  await measure()
} finally {
  await pool.close()
  rmSync(folder, { recursive: true, force: true })
}

async function measure(): Promise<void> {
  const started = performance.now()
  const { textIds, commitMs } = await importAll(versions, collection)
  const seconds = (performance.now() - started) / 1000
  const rate = versions.length / seconds
  commitMs.sort()
  console.log(
    `import       ${rate.toFixed(0)} versions/s, commits included (≥ 500)${limit(rate >= 500)}; main thread p50 ${quantile(commitMs, 0.5).toFixed(1)} p99 ${quantile(commitMs, 0.99).toFixed(1)} ms a commit`,
  )
  await size('size')
  const from = performance.now()
  while (!(await squeeze(runtime, collection, 1000)).done);
  console.log(`squeezed in  ${((performance.now() - from) / 1000).toFixed(1)} s of a job`)
  await size('after it')

  await reading('read, warm', textIds, false)
  await reading('read, cold', textIds, true)
  await diffing(textIds)
  await db.close()
  const { size: onDisk } = statSync(file)
  console.log(`database     ${kb(onDisk)} on disk`)
}

async function size(title: string): Promise<void> {
  const { textBytes, rawBytes, indexBytes, versions: texts } = await sizes(runtime, collection)
  const ratio = textBytes / pack.blobs
  console.log(
    `${title.padEnd(12)} ${(textBytes / texts).toFixed(0)} bytes a version in ${texts} texts; git repack ${(pack.blobs / texts).toFixed(0)} (blobs alone; with trees and commits ${kb(pack.all)}): ${ratio.toFixed(2)} of git (≤ 1.0)${limit(ratio <= 1)}; raw ${kb(rawBytes)}, index ${kb(indexBytes)}`,
  )
}

async function importAll(
  all: readonly Version[],
  into: string,
): Promise<{ textIds: string[]; commitMs: Float64Array }> {
  const textIds: string[] = []
  const times: number[] = []
  const batch = Number(values.batch)
  for (let at = 0; at < all.length; at += batch) {
    const part = all.slice(at, at + batch)
    const byPage = Map.groupBy(part, (version) => version.page)
    const pages = [...byPage].map(([pageKey, list]) => ({
      pageKey,
      versions: list.map(({ text }) => text),
    }))
    const encoded = await encodeTexts(runtime, into, pages)
    const from = performance.now()
    const written = await db.tx(() => writeTexts(encoded))
    times.push(performance.now() - from)
    const next = new Map(written.map((page) => [page.pageKey, page.textIds.values()]))
    for (const { page } of part) textIds.push(next.get(page)?.next().value ?? '')
  }
  return { textIds, commitMs: Float64Array.from(times) }
}

/** Any version, picked at random; cold: nothing unpacked is in memory. */
async function reading(title: string, textIds: readonly string[], cold: boolean): Promise<void> {
  const random = seeded(7)
  const times = new Float64Array(2000)
  let own = 0
  for (let i = -200; i < times.length; i++) {
    const at = Math.floor(random() * textIds.length)
    if (cold) dropReadCache(db)
    const from = performance.now()
    const cpuFrom = process.threadCpuUsage()
    const text = await readText(runtime, textIds[at] ?? '')
    const { user, system } = process.threadCpuUsage(cpuFrom)
    if (text !== versions[at]?.text) throw new Error(`Version ${at} came back as another text.`)
    if (i < 0) continue
    times[i] = performance.now() - from
    own += (user + system) / 1000
  }
  times.sort()
  const p99 = quantile(times, 0.99)
  // Cold is for comparison only: a server has what it unpacked in memory.
  console.log(
    `${title.padEnd(12)} p50 ${quantile(times, 0.5).toFixed(2)} p99 ${p99.toFixed(2)} ms${cold ? '' : ` (p99 < 5)${limit(p99 < 5)}`}; ${(own / times.length).toFixed(2)} ms of the main thread's processor time each`,
  )
}

/** Two versions of one page, picked at random, read and compared. */
async function diffing(textIds: readonly string[]): Promise<void> {
  const random = seeded(11)
  const byPage = Map.groupBy(versions.keys(), (at) => versions[at]?.page)
  const several = [...byPage.values()].filter((list) => list.length > 1)
  if (several.length === 0) return
  const times = new Float64Array(1000)
  for (let i = 0; i < times.length; i++) {
    const list = several[Math.floor(random() * several.length)] ?? []
    const pick = () => textIds[list[Math.floor(random() * list.length)] ?? 0] ?? ''
    const [left, right] = [pick(), pick()]
    const from = performance.now()
    const [a, b] = [await readLines(runtime, left), await readLines(runtime, right)]
    diffIds(a.ids, b.ids)
    times[i] = performance.now() - from
  }
  times.sort()
  const p99 = quantile(times, 0.99)
  console.log(
    `page diff    p50 ${quantile(times, 0.5).toFixed(2)} p99 ${p99.toFixed(2)} ms (p99 < 20)${limit(p99 < 20)}`,
  )
}

/** The same commits in a repository of their own, repacked. */
async function packedByGit(): Promise<{ readonly all: number; readonly blobs: number }> {
  const repository = join(folder, 'peer.git')
  await git(folder, ['init', '-q', '--bare', 'peer.git'])
  await writeHistory(repository, commits)
  await git(repository, ['repack', '-q', '-adf', '--window=50', '--depth=50'])
  const listed = await git(repository, [
    'cat-file',
    '--batch-all-objects',
    '--batch-check=%(objecttype) %(objectsize:disk)',
  ])
  const sum = (type: string): number =>
    listed
      .split('\n')
      .filter((line) => line !== '' && line.startsWith(type))
      .reduce((total, line) => total + Number(line.split(' ')[1]), 0)
  return { all: sum(''), blobs: sum('blob') }
}
