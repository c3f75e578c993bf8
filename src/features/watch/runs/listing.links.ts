/** Pages found by following links under a prefix. Each page is fetched once: what is read of it counts for the run. */
import type { Source } from '../schema.ts'
import { canonicalUrl, followLinks, pagePath, type Found } from '../sources/index.ts'
import { checkPage, type Checked } from './check.ts'
import type { Checking, Failure, Known } from './checking.ts'
import { eachAtOnce } from './limit.ts'

type LinksSource = Extract<Source, { kind: 'links' }>

export interface Following {
  readonly checking: Checking
  readonly bounds: { readonly pages: number; readonly ms: number }
  readonly knownAt: (path: string) => Known | null
  readonly onPage?: () => void
}

export type Followed =
  | { readonly ok: true; readonly found: readonly (Found & { readonly checked: Checked })[] }
  | { readonly ok: false; readonly failure: Failure }

/**
 * Breadth first, one level after the other, so that the depth of a page is its shortest way. Fails when the first page
 * does; others that fail are pages with a failure. `/a?tab=1` that calls itself `/a` is `/a`; further than past its query
 * a canonical address is not believed, since whole sites name their first page in it.
 */
export async function followFrom(
  { checking, bounds, knownAt, onPage }: Following,
  source: LinksSource,
): Promise<Followed> {
  const start = canonicalUrl(source.url) ?? source.url
  const ends = performance.now() + bounds.ms
  const seen = new Map<string, Found & { readonly checked: Checked }>()
  const asked = new Set<string>()
  let level: readonly Found[] = [
    { url: start, path: pagePath(start, source.prefix), title: null, changedAt: null },
  ]
  let failure: Failure | undefined
  for (let depth = 0; depth <= source.depth && level.length > 0; depth++) {
    const next = new Map<string, Found>()
    await eachAtOnce(level, checking.fetch.concurrencyPerHost, async (page) => {
      if (asked.has(page.path) || asked.size >= bounds.pages || performance.now() > ends) return
      asked.add(page.path)
      const checked = await checkPage(checking, {
        url: page.url,
        within: source.prefix,
        known: knownAt(page.path),
        links: true,
      })
      onPage?.()
      if (checked.is === 'failed' && page.url === start) failure = checked.failure
      const home = checked.is === 'failed' ? undefined : homeOf(page.url, checked.canonical)
      if (home === undefined) seen.set(page.path, { ...page, checked })
      else {
        const path = pagePath(home, source.prefix)
        if (!asked.has(path)) next.set(path, { url: home, path, title: null, changedAt: null })
      }
      if (checked.is === 'failed') return
      for (const found of followLinks(checked.links, source.prefix, page.url))
        if (!asked.has(found.path)) next.set(found.path, found)
    })
    level = [...next.values()]
  }
  return failure === undefined ? { ok: true, found: [...seen.values()] } : { ok: false, failure }
}

/** The address without its query, where the page says that it stands there. */
function homeOf(url: string, canonical: string | null): string | undefined {
  const home = canonical === null ? null : canonicalUrl(canonical)
  if (home === null || new URL(url).search === '' || new URL(home).search !== '') return undefined
  const bare = Object.assign(new URL(url), { search: '' }).href
  return bare === home ? home : undefined
}
