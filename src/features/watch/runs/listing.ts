/** Which pages a source names now. */
import { setImmediate } from 'node:timers/promises'
import type { KnownSource } from '../collections/settings.ts'
import { globMatcher } from '../noise/rules.ts'
import { canonicalUrl, isUnder, pagePath, type Found } from '../sources/index.ts'
import type { Checked } from './check.ts'
import type { Checking, Failure, Known } from './checking.ts'
import { readGit, type GitFiles } from './git.ts'
import { followFrom } from './listing.links.ts'
import { fetchFeed, fetchLlms, fetchSitemap } from './listing.lists.ts'

export interface Listed {
  readonly sourceId: string
  readonly url: string
  /** The page's path in the collection. */
  readonly path: string
  readonly title: string | null
  /** What its address must still stand under after redirects. */
  readonly within: string
  /** Where finding the page brought it along: following links, a git repository. */
  readonly checked?: Checked
}

export type SourceList =
  | { readonly ok: true; readonly pages: readonly Listed[]; readonly leftOut: number }
  | { readonly ok: false; readonly failure: Failure }

export interface Bounds {
  /** Pages that following links takes in. */
  readonly pages: number
  /** Milliseconds for following links; what was found until then counts. */
  readonly ms: number
}

/** Following links ends here: a set of documentation with more pages has a sitemap. */
export const runBounds: Bounds = { pages: 5000, ms: 3_600_000 }

export interface Listing {
  readonly checking: Checking
  readonly exceptions: readonly string[]
  readonly bounds: Bounds
  /** What is known of the page at an address, for pages that are read while they are found. */
  readonly knownAt: (path: string) => Known | null
  readonly git: GitFiles
  /** Told of each page that is read while it is found. */
  readonly onPage?: () => void
}

type Lists =
  { readonly ok: true; readonly found: readonly Item[] } | Extract<SourceList, { ok: false }>
interface Item extends Found {
  readonly checked?: Checked
}

/** Addresses that are looked at before others get a turn: about 3 ms. */
const itemsAtOnce = 200

/** Asks one source for its pages. Rejects only when the run is stopped. */
export async function listSource(listing: Listing, source: KnownSource): Promise<SourceList> {
  const list = await itemsOf(listing, source)
  if (!list.ok) return list
  const prefix = prefixOf(source)
  const fits = fitting(source)
  const pages: Listed[] = []
  for (const [n, { url, path, title, checked }] of list.found.entries()) {
    if (n % itemsAtOnce === itemsAtOnce - 1) await setImmediate()
    if (!fits({ url, path })) continue
    pages.push({
      sourceId: source.id,
      url,
      path,
      title,
      within: prefix ?? `${new URL(url).origin}/`,
      ...(checked === undefined ? {} : { checked }),
    })
  }
  return { ok: true, leftOut: list.found.length - pages.length, pages }
}

/** Whether a page belongs to what the source watches, by its prefix and globs. */
export function fitting(
  source: KnownSource,
): (page: { readonly url: string; readonly path: string }) => boolean {
  const prefix = prefixOf(source)
  const include = source.include.map(matcher)
  const exclude = source.exclude.map(matcher)
  return ({ url, path }) =>
    isUnder(url, prefix) &&
    (include.length === 0 || include.some((m) => m(path))) &&
    !exclude.some((m) => m(path))
}

/** Globs are about page paths, which begin without a slash. */
const matcher = (glob: string): ((path: string) => boolean) => globMatcher(glob.replace(/^\//, ''))

const prefixOf = (source: KnownSource): string | null =>
  'prefix' in source ? (source.prefix ?? null) : null

function itemsOf(listing: Listing, source: KnownSource): Promise<Lists> {
  const { checking } = listing
  switch (source.kind) {
    case 'urls':
      return named(source.urls, source.prefix ?? null)
    case 'llms':
      return fetchLlms(checking, source.url, source.prefix ?? null)
    case 'feed':
      return fetchFeed(checking, source.url, source.prefix ?? null)
    case 'sitemap':
      return fetchSitemap(checking, source.url, source.prefix ?? null)
    case 'links':
      return followFrom(listing, source)
    case 'git':
      return readGit(listing, source)
  }
}

async function named(urls: readonly string[], prefix: string | null): Promise<Lists> {
  const found: Item[] = []
  for (const [n, address] of urls.entries()) {
    if (n % itemsAtOnce === itemsAtOnce - 1) await setImmediate()
    const url = canonicalUrl(address)
    if (url !== null) found.push({ url, path: pagePath(url, prefix), title: null, changedAt: null })
  }
  return { ok: true, found }
}
