import { canonicalUrl } from './address.ts'
import { pagePath } from './path.ts'

/** One page that a source names. */
export interface Found {
  /** Canonical (address.ts), http or https. */
  readonly url: string
  /** Where the page stands in its collection (path.ts). Two addresses may have the same. */
  readonly path: string
  readonly title: string | null
  /** Milliseconds since 1970 UTC of the last change that the source states; null when it does not. */
  readonly changedAt: number | null
}

/**
 * `too_large`: more than is taken in. `wrong_kind`: not what the source is said to be (a login page
 * instead of a sitemap). `broken`: begins like it, but cannot be read.
 */
export type SourceFailureKind = 'too_large' | 'wrong_kind' | 'broken'

export interface SourceFailure {
  readonly ok: false
  readonly kind: SourceFailureKind
  readonly message: string
  readonly remedy: string
}

export interface Pages {
  readonly ok: true
  readonly found: readonly Found[]
  /** Whether there were more pages than {@link MAX_PAGES}. */
  readonly cut: boolean
}

/** The protocol's own limit for one sitemap (https://www.sitemaps.org/protocol.html), used for all. */
export const MAX_PAGES = 50_000

export const refuse = (
  kind: SourceFailureKind,
  message: string,
  remedy: string,
): SourceFailure => ({ ok: false, kind, message, remedy })

interface Named {
  readonly href: string | undefined
  readonly title?: string | undefined
  readonly changedAt?: number | null
}

/** Collects pages: relative addresses resolved, each canonical address once, in order. */
export function collectPages(named: Iterable<Named>, base: string, prefix: string | null): Pages {
  const found = new Map<string, Found>()
  let cut = false
  for (const { href, title, changedAt } of named) {
    const url = href === undefined ? null : canonicalUrl(href.trim(), { base })
    if (url === null || found.has(url)) continue
    if (found.size === MAX_PAGES) {
      cut = true
      break
    }
    found.set(url, {
      url,
      path: pagePath(url, prefix),
      title: oneLine(title),
      changedAt: changedAt ?? null,
    })
  }
  return { ok: true, found: [...found.values()], cut }
}

function oneLine(title: string | undefined): string | null {
  const line = title?.slice(0, 2000).replace(/\s+/g, ' ').trim().slice(0, 300)
  return line === undefined || line === '' ? null : line
}
