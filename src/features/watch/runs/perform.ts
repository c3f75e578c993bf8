/** One run of a collection: ask its sources, check the pages, record what differs. */
import { setImmediate } from 'node:timers/promises'
import { found } from '#kernel/problem.ts'
import { sizes } from '../archive/index.ts'
import { parseSettings, type Settings } from '../collections/settings.ts'
import { secretHeaders } from '../collections/routes.secrets.ts'
import { extractorName } from '../record/extractor.ts'
import { recordSnapshot, type NewVersion } from '../record/record.ts'
import type { WatchParts } from '../parts.ts'
import { canonicalUrl } from '../sources/index.ts'
import { checkPage, type Checked } from './check.ts'
import type { Checking, Failure, Known } from './checking.ts'
import type { Failed } from './failures.ts'
import type { GoingOut } from './going-out.ts'
import { createGate, eachAtOnce } from './limit.ts'
import { listSource, runBounds, type Listing, type SourceList } from './listing.ts'
import { createHints } from './markdown.ts'
import { planRun, type PageRow, type Plan, type Target } from './plan.ts'
import type { Progress } from './progress.ts'
import { spilled, type Spill } from './spill.ts'
import { collectionToRun, somePages, type RunRow } from './store.ts'
import { judge, type Verdict } from './verdict.ts'
import { writeNewPages, writeResults, type PageResult } from './results.ts'

/** Pages of one run that are fetched at once, over all hosts; each host has its own bound. */
const mostAtOnce = 32
/** Extractions of one run that are in the pool at once. */
const extractionsAtOnce = 2

/** Rows that are read before others get a turn: 2 to 4 ms. */
const rowsAtOnce = 500
const none: Readonly<Record<string, string>> = {}

export interface Ended {
  readonly state: 'done' | 'failed'
  readonly message: string | null
  readonly snapshotId: string | null
}

/**
 * Makes one run. Nothing of it is written before all pages were checked, but its progress: a run that is stopped or dies
 * leaves everything to the next one. Rejects when it is stopped.
 */
export async function performRun(
  parts: WatchParts,
  going: GoingOut,
  run: RunRow,
  progress: Progress,
  spill: Spill,
): Promise<Ended> {
  const { runtime } = parts
  const { db } = runtime
  const { signal } = progress
  await going.refresh()
  const { row, secrets } = await db.read(function* () {
    return {
      row: found(yield* collectionToRun(run.collection_id), 'collection'),
      secrets: yield* secretHeaders(runtime, run.collection_id),
    }
  })
  const rows = await knownPages(parts, run.collection_id)
  const settings = parseSettings(row)
  const full = await overQuota(parts, settings, run)
  const checking: Checking = {
    fetcher: going.fetcher,
    pool: runtime.pool,
    gate: createGate(extractionsAtOnce),
    fetch: settings.fetch,
    extract: settings.extract,
    headersFor: (url) => (secrets.size === 0 ? none : (secrets.get(new URL(url).origin) ?? none)),
    lane: run.collection_id,
    markdown: createHints(),
    signal,
  }
  const plan = full
    ? { targets: [], troubles: [] }
    : await planned(checking, going, settings, rows, progress)
  progress.total(plan.targets.length)
  const results: PageResult[] = []
  await eachAtOnce(plan.targets, widthOf(settings, plan.targets), async (target) => {
    const checked =
      target.checked ?? (await checkPage(checking, { ...askedOf(target), links: false }))
    signal.throwIfAborted()
    const verdict = judge(target, withoutDoubles(target, checked, plan), runtime.clock())
    results.push(await keep(spill, target, checked, verdict))
    progress.checked({
      same: checked.is === 'same',
      changed: verdict.version !== null,
      failed: verdict.failure !== null,
    })
  })
  signal.throwIfAborted()
  const written = await writeNewPages(parts, run.collection_id, results)
  const at = runtime.clock()
  const versions = written.flatMap((result) => versionOf(result, settings))
  const recorded =
    versions.length === 0
      ? null
      : await recordSnapshot(parts, {
          collectionId: run.collection_id,
          at,
          kind: 'run',
          runId: run.id,
          importKey: null,
          versions,
          announce: true,
        })
  const sourceFailures: Failed[] = [
    ...plan.troubles.map(({ failure }) => ({ pageId: null, page: null, failure, settled: false })),
    ...(full ? [{ pageId: null, page: null, failure: full, settled: false }] : []),
  ]
  await writeResults(parts, {
    occasion: { collectionId: run.collection_id, runId: run.id, at },
    results: written,
    sourceFailures,
    sourceUrls: new Set([
      ...(full ? [] : [quotaUrl(runtime.publicUrl)]),
      ...settings.sources.flatMap((s) => ('url' in s ? [s.url] : s.urls.slice(0, 1))),
    ]),
  })
  return ending(settings, plan, results, full, recorded?.snapshotId ?? null)
}

/** All pages of the collection, a few hundred at a time: ten thousand at once keep everybody else waiting for 50 ms. */
async function knownPages({ runtime }: WatchParts, collectionId: string): Promise<PageRow[]> {
  const rows: PageRow[] = []
  for (;;) {
    const after = rows.at(-1)?.path ?? null
    const some = await runtime.db.read(() => somePages(collectionId, after, rowsAtOnce))
    for (const row of some) rows.push(row)
    if (some.length < rowsAtOnce) return rows
    await setImmediate()
  }
}

async function planned(
  checking: Checking,
  going: GoingOut,
  settings: Settings,
  rows: readonly PageRow[],
  progress: Progress,
): Promise<Plan> {
  const byPath = new Map(rows.map((row) => [row.path, row]))
  const listing: Listing = {
    checking,
    exceptions: going.exceptions(),
    bounds: runBounds,
    knownAt: (path) => knownOf(byPath.get(path) ?? null),
    git: {
      pool: going.gitPool,
      commitOf: (sourceId) => commitOf(rows, sourceId),
      filesOf: (sourceId) =>
        new Map(
          rows
            .filter((r) => r.source_id === sourceId && r.state === 'present')
            .map((r) => [r.path, { oid: r.etag, url: r.url }]),
        ),
    },
    onPage: progress.found,
  }
  const lists: { source: (typeof settings.sources)[number]; list: SourceList }[] = []
  for (const source of settings.sources) {
    lists.push({ source, list: await listSource(listing, source) })
    checking.signal.throwIfAborted()
  }
  return planRun(lists, rows)
}

/** A page that is gone or failed is read anew: its bytes may be the last ones, and are then no news but its return is. */
function knownOf(row: PageRow | null): Known | null {
  if (row === null || row.state === 'gone') return null
  return {
    etag: row.raw_sha256 === null ? null : row.etag,
    lastModified: row.raw_sha256 === null ? null : row.last_modified,
    sha256: row.raw_sha256,
    fetchUrl: row.fetch_url,
    format: row.format as Known['format'],
  }
}

const askedOf = ({ url, within, row }: Target) => ({ url, within, known: knownOf(row) })

/** The commit that every page of a git source was last read from; a page that failed is read again. */
function commitOf(rows: readonly PageRow[], sourceId: string): string | null {
  const mine = rows.filter((row) => row.source_id === sourceId && row.state !== 'gone')
  const commit = mine[0]?.last_modified ?? null
  return mine.every((row) => row.state === 'present' && row.last_modified === commit)
    ? commit
    : null
}

const widthOf = ({ fetch }: Settings, targets: readonly Target[]): number => {
  // Their addresses are whole ones: the host stands between the second and the third slash.
  const hosts = new Set(targets.map(({ url }) => url.split('/', 3)[2])).size
  return Math.min(mostAtOnce, Math.max(1, hosts) * fetch.concurrencyPerHost)
}

/** A page whose address leads for good to another page of the collection is there no longer. */
function withoutDoubles(target: Target, checked: Checked, { targets }: Plan): Checked {
  if (checked.is === 'failed' || checked.movedTo === null || target.listed) return checked
  const home = canonicalUrl(checked.movedTo)
  const other = targets.find((one) => one.url === home && one.path !== target.path)
  if (!other) return checked
  const failure: Failure = {
    kind: 'gone',
    url: target.url,
    status: 301,
    message: `The page has moved for good to ${other.url}, which is the page ${other.path}.`,
    remedy: 'Nothing needs to be done.',
  }
  return { is: 'failed', failure }
}

/** What is needed of a check until it is recorded; texts and bytes go to the disk when they are many. */
async function keep(
  spill: Spill,
  target: Target,
  checked: Checked,
  verdict: Verdict,
): Promise<PageResult> {
  const base = { target, verdict }
  if (checked.is !== 'read' || verdict.version !== 'text') return { ...base, content: null }
  const { contentType, extractor } = checked
  return {
    ...base,
    content: { contentType, extractor, ...(await spilled(spill, checked.text, checked.bytes)) },
  }
}

function versionOf(result: PageResult, { extract }: Settings): readonly NewVersion[] {
  const { target, verdict, content, pageId } = result
  if (pageId === undefined || verdict.version === null) return []
  const base = { pageId, page: target.path }
  if (content === null)
    return [{ ...base, text: null, raw: null, contentType: null, extractor: 'none' }]
  const { contentType, extractor } = content
  return [
    Object.defineProperties(
      { ...base, contentType, extractor: extractorName(extractor, extract) },
      {
        text: { get: content.text, enumerable: true },
        raw: { get: content.raw, enumerable: true },
      },
    ) as NewVersion,
  ]
}

/** Why nothing may be taken in, where the collection holds what it may hold. */
async function overQuota(
  { runtime }: WatchParts,
  { retention }: Settings,
  run: RunRow,
): Promise<Failure | undefined> {
  if (retention.quotaBytes === null) return undefined
  const { textBytes, rawBytes } = await sizes(runtime, run.collection_id)
  if (textBytes + rawBytes < retention.quotaBytes) return undefined
  return {
    kind: 'quota',
    url: quotaUrl(runtime.publicUrl),
    status: null,
    message: `The collection holds ${textBytes + rawBytes} bytes; its quota is ${retention.quotaBytes}.`,
    remedy: 'Raise the quota, keep less, or delete what is not needed.',
  }
}

/** What a failure by quota is about: no page and no source. */
const quotaUrl = (publicUrl: string): string => `${publicUrl}/watch`

function ending(
  { sources }: Settings,
  { troubles }: Plan,
  results: readonly PageResult[],
  full: Failure | undefined,
  snapshotId: string | null,
): Ended {
  if (full) return { state: 'failed', message: full.message, snapshotId }
  const good = results.some(({ verdict }) => verdict.failure === null || verdict.version !== null)
  const failed = troubles[0]?.failure ?? results.find((r) => r.verdict.failure)?.verdict.failure
  if (!good && failed) return { state: 'failed', message: failed.message, snapshotId }
  const message = sources.length === 0 ? 'The collection has no sources.' : null
  return { state: 'done', message, snapshotId }
}
