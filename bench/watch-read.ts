/**
 * Reading what is watched: whole answers of the API, from a real SQLite file, without a socket.
 *
 *     node bench/watch-read.ts [--history PATH [--folder docs/en]] [--endings .md,.mdx]
 *
 * Without a history, one that nobody wrote is made (bench/made-history.ts). Exit code 1: a figure is outside its limit.
 */
import { parseArgs } from 'node:util'
import type { z } from 'zod'
import { recordSnapshots, type NewSnapshot } from '#features/watch/record/record.ts'
import {
  searchAnswer,
  snapshot,
  version,
  watchedPage,
  type Version,
} from '#features/watch/schema.ts'
import { page } from '#features/workspace/schema.ts'
import { makeHistory as collection } from '../test/watch-history.ts'
import { adminKey, startWorld } from '../test/world.ts'
import { chosenHistory, historyOptions } from './chosen-history.ts'
import { seeded } from './made-history.ts'

const { values } = parseArgs({
  options: {
    ...historyOptions,
  },
})
const commits = await chosenHistory(values)

const world = await startWorld({ engine: 'sqlite' })
const { collectionId, parts, pageId } = await collection(world.app.runtime, 'bench/read/docs/en')
const root = '/api/v1/watch/bench/read/docs/en'
const random = seeded(7)
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T

const started = performance.now()
let versions = 0
const snapshots: NewSnapshot[] = []
for (const [n, commit] of commits.entries()) {
  const pages = new Map(commit.files.map(({ path, blob }) => [path.replace(/\.\w+$/, ''), blob]))
  snapshots.push({
    collectionId,
    at: commit.at,
    kind: 'import',
    runId: null,
    importKey: `commit ${n}`,
    versions: await Promise.all(
      [...pages].map(async ([page, blob]) => ({
        pageId: await pageId(page),
        page,
        text: blob?.toString('utf8') ?? null,
        raw: blob,
        contentType: 'text/markdown',
        extractor: 'markdown-1',
      })),
    ),
    announce: false,
  })
  versions += pages.size
}
for (let at = 0; at < snapshots.length; at += 25)
  await recordSnapshots(parts, snapshots.slice(at, at + 25))
const took = (performance.now() - started) / 1000
console.log(
  `${values.history ?? 'a made history'}: ${commits.length} commits, ${versions} versions, recorded in ${took.toFixed(1)} s`,
)

async function ask(path: string): Promise<{ ms: number; text: string }> {
  const from = performance.now()
  const response = await world.app.fetch(
    new Request(`http://gatehouse.test${root}${path}`, {
      headers: { authorization: `Bearer ${adminKey}` },
    }),
  )
  const text = await response.text()
  const ms = performance.now() - from
  if (response.status !== 200) throw new Error(`${path}: ${text}`)
  return { ms, text }
}

/** The items of all pages of a list. */
async function list<T extends z.ZodType>(path: string, item: T): Promise<readonly z.output<T>[]> {
  const items: z.output<T>[] = []
  for (let cursor = ''; ;) {
    const found = page(item).parse(JSON.parse((await ask(`${path}?limit=500${cursor}`)).text))
    items.push(...found.items)
    if (found.next === null) return items
    cursor = `&cursor=${found.next}`
  }
}

/** Asks all of these once and prints how long they took. */
async function measure(what: string, paths: readonly string[], most?: number): Promise<void> {
  const times: number[] = []
  let bytes = 0
  for (const path of paths) {
    const { ms, text } = await ask(path)
    times.push(ms)
    bytes += text.length
  }
  times.sort((a, b) => a - b)
  const at = (part: number): number => times[Math.floor((times.length - 1) * part)] ?? NaN
  const over = most !== undefined && at(0.99) > most
  if (over) process.exitCode = 1
  const figures = [0.5, 0.99, 1].map((part) => at(part).toFixed(1).padStart(8)).join('')
  const size = `${(bytes / paths.length / 1024).toFixed(0)} KB`.padStart(9)
  const limit = most === undefined ? '' : `  limit of p99: ${most} ms${over ? ', OUTSIDE IT' : ''}`
  console.log(`${what.padEnd(42)}${figures} ms ${size}  ${paths.length} asked${limit}`)
}

const stamps = (await list('/snapshots', snapshot)).map((s) => s.stamp)
const histories = new Map<string, readonly Version[]>()
for (const { page } of await list('/pages', watchedPage))
  histories.set(page, await list(`/history/${page}`, version))
const changed = [...histories.keys()].filter((page) => (histories.get(page)?.length ?? 0) > 1)
const below = (n: number): number => Math.floor(random() * n)

/** Different diffs of pages that changed; `choose` picks two of a page's own versions, the newest being 0. */
function diffs(
  count: number,
  choose: (versions: number) => readonly [number, number],
): readonly string[] {
  const paths = new Set<string>()
  for (let tried = 0; tried < 4 * count && paths.size < count; tried++) {
    const page = pick(changed)
    const own = histories.get(page) ?? []
    const [x, y] = choose(own.length)
    const [a, b] = [own[Math.max(x, y)], own[Math.min(x, y)]]
    paths.add(`/diff/${a?.stamp ?? ''}/${b?.stamp ?? ''}?page=${encodeURIComponent(page)}`)
  }
  return [...paths]
}
const steps = diffs(1000, (n) => {
  const newer = below(n - 1)
  return [newer, newer + 1]
})
const present = changed.flatMap((page) => {
  const there = histories.get(page)?.filter((v) => v.kind !== 'gone') ?? []
  return there.length === 0 ? [] : [`${page}?at=${pick(there).stamp}`]
})
const ends = `/changes/${stamps.at(-1) ?? ''}/${stamps[0] ?? ''}?limit=500`

// The first answers are those of code that was never run.
for (const path of diffs(100, (n) => [below(n), below(n)])) await ask(path)
console.log(`\n${''.padEnd(42)}     p50     p99     max         mean`)
await measure('diff of a page, one of its own steps', steps, 20)
await measure('the same again, kept', steps)
const anyTwo = diffs(500, (n) => [below(n), below(n)])
await measure('diff of a page, any two of its versions', anyTwo, 20)
await measure(
  'a whole step',
  Array.from({ length: 200 }, () => {
    const newer = below(stamps.length - 1)
    return `/changes/${stamps[newer + 1] ?? ''}/${stamps[newer] ?? ''}?limit=500`
  }),
)
await measure('the set from first to last', [ends])
await measure('the same again, kept', [ends])
await measure(
  'text of a page at a moment',
  present.slice(0, 500).map((page) => `/pages/${page}`),
)
await measure(
  'since when each line of a page stands',
  present.slice(0, 100).map((page) => `/blame/${page}`),
)
await measure('pages, 500 by last change', ['/pages?limit=500&sort=-changed'])
await measure('all snapshots', ['/snapshots/all'])
for (let complete = false; !complete;)
  complete = searchAnswer.parse(JSON.parse((await ask('/search?q=the')).text)).complete
const words = ['the', 'policy', '"to the"', 'config*', 'managed settings']
await measure(
  'search of pages as they are',
  words.map((q) => `/search?q=${encodeURIComponent(q)}`),
)
await measure(
  'search of all lines there ever were',
  words.map((q) => `/search?scope=ever&q=${encodeURIComponent(q)}`),
)
await world.close()
