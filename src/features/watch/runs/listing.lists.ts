/** Lists that vendors publish: llms.txt, feeds, sitemaps. */
import type { Pool } from '#kernel/pool.ts'
import type { FetchedPage } from '../fetch/index.ts'
import {
  readRobots,
  type Found,
  type Pages,
  type SitemapIndex,
  type SitemapPages,
  type SourceFailure,
} from '../sources/index.ts'
import { requestOf, type Checking, type Failure } from './checking.ts'
import type { feedTask, ListInput, llmsTask, sitemapTask } from './lists.task.ts'

export type ListedFound =
  | { readonly ok: true; readonly found: readonly Found[] }
  | { readonly ok: false; readonly failure: Failure }

/** A list may be larger than a page; the parsers have bounds of their own. */
const maxListBytes = 50_000_000
/** Sitemaps of one index that are read. */
const maxSitemaps = 100
const maxFound = 50_000

const task = new URL('./lists.task.ts', import.meta.url)

/** A list that is whole in one answer, read by this task. */
const listBy =
  (name: 'llmsTask' | 'feedTask') =>
  async (checking: Checking, url: string, prefix: string | null): Promise<ListedFound> => {
    const got = await fetchList(checking, url)
    if (!got.ok) return got
    const { pool } = checking
    return parsed(got.page, await inThread<OneList>(pool, name, got.page, prefix))
  }
type OneList = ReturnType<typeof llmsTask | typeof feedTask>

export const fetchLlms = listBy('llmsTask')
export const fetchFeed = listBy('feedTask')

/**
 * A sitemap, or a sitemap index with its sitemaps. The address of a robots.txt stands for the sitemaps it names, and so it
 * does where the sitemap itself is not there.
 */
export async function fetchSitemap(
  checking: Checking,
  url: string,
  prefix: string | null,
): Promise<ListedFound> {
  const robots = new URL('/robots.txt', url).href
  if (url === robots || new URL(url).pathname === '/') return fetchNamed(checking, robots, prefix)
  const first = await fetchOne(checking, url, prefix)
  if (first.ok || first.failure.kind !== 'gone') return first
  const named = await fetchNamed(checking, robots, prefix)
  return named.ok ? named : first
}

async function fetchNamed(
  checking: Checking,
  robots: string,
  prefix: string | null,
): Promise<ListedFound> {
  const got = await fetchList(checking, robots)
  if (!got.ok) return got
  const { sitemaps } = readRobots(Buffer.from(got.page.bytes).toString('utf8'), robots)
  if (sitemaps.length > 0) return fetchAll(checking, sitemaps, prefix, 'with indexes')
  return no(got.page, 'empty', 'robots.txt names no sitemap.', 'Give the address of the sitemap.')
}

async function fetchOne(
  checking: Checking,
  url: string,
  prefix: string | null,
): Promise<ListedFound> {
  const read = await readSitemap(checking, url, prefix)
  if (!read.ok) return read
  if (read.sitemap.kind === 'pages') return read.sitemap
  return fetchAll(
    checking,
    read.sitemap.sitemaps.map((s) => s.url),
    prefix,
    'sitemaps only',
  )
}

/** Several sitemaps; one that cannot be read fails the whole, or its pages would seem to have vanished. */
async function fetchAll(
  checking: Checking,
  urls: readonly string[],
  prefix: string | null,
  what: 'with indexes' | 'sitemaps only',
): Promise<ListedFound> {
  const found = new Map<string, Found>()
  for (const url of urls.slice(0, maxSitemaps)) {
    const read = await readSitemap(checking, url, prefix)
    if (!read.ok) return read
    // An index in an index is not allowed (https://www.sitemaps.org/protocol.html#index), and not followed.
    const list = await (read.sitemap.kind === 'pages'
      ? read.sitemap
      : what === 'with indexes'
        ? fetchAll(
            checking,
            read.sitemap.sitemaps.map((s) => s.url),
            prefix,
            'sitemaps only',
          )
        : { ok: true as const, found: [] })
    if (!list.ok) return list
    for (const one of list.found) if (found.size < maxFound) found.set(one.url, one)
  }
  return { ok: true, found: [...found.values()] }
}

async function readSitemap(
  checking: Checking,
  url: string,
  prefix: string | null,
): Promise<
  | { readonly ok: true; readonly sitemap: SitemapIndex | SitemapPages }
  | Extract<ListedFound, { ok: false }>
> {
  const got = await fetchList(checking, url)
  if (!got.ok) return got
  const read = await inThread<ReturnType<typeof sitemapTask>>(
    checking.pool,
    'sitemapTask',
    got.page,
    prefix,
  )
  return read.ok ? { ok: true, sitemap: read } : refused(got.page, read)
}

async function fetchList(
  checking: Checking,
  url: string,
): Promise<
  { readonly ok: true; readonly page: FetchedPage } | Extract<ListedFound, { ok: false }>
> {
  const got = await checking.fetcher.fetchPage({
    ...requestOf(checking, url),
    settings: {
      ...checking.fetch,
      render: 'never',
      maxBytes: Math.max(checking.fetch.maxBytes, maxListBytes),
    },
    accept: '*/*',
  })
  if (!got.ok) return { ok: false, failure: got }
  // No condition was sent, so there is no 304 to expect.
  if (got.notModified) return no(got, 'unreadable', 'The host answers 304 unasked.', 'Try again.')
  return { ok: true, page: got }
}

async function inThread<Output>(
  pool: Pool,
  name: string,
  { bytes, contentType, url }: FetchedPage,
  prefix: string | null,
): Promise<Output | SourceFailure> {
  const input: ListInput = { bytes, contentType, url, prefix }
  const result = await pool.run<(input: ListInput) => Output>(task, name, input)
  if (result.ok) return result.value
  if (result.kind === 'full' || result.kind === 'closed') throw result.error
  return {
    ok: false,
    kind: 'broken',
    message: 'The list could not be read in time.',
    remedy: 'Use a smaller list.',
  }
}

const parsed = (page: FetchedPage, read: Pages | SourceFailure): ListedFound =>
  read.ok ? read : refused(page, read)

const kinds = { too_large: 'too_large', wrong_kind: 'changed_kind', broken: 'unreadable' } as const

const refused = (page: FetchedPage, read: SourceFailure) =>
  no(page, kinds[read.kind], read.message, read.remedy)

const no = (
  { url, status }: { readonly url: string; readonly status: number },
  kind: Failure['kind'],
  message: string,
  remedy: string,
): Extract<ListedFound, { ok: false }> => ({
  ok: false,
  failure: { kind, url, status, message, remedy },
})
