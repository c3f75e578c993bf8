/** Parameters that say where a visitor came from and never which page it is. */
const TRACKING =
  /^(?:utm_[a-z_]+|gclid|gbraid|wbraid|dclid|fbclid|msclkid|mc_cid|mc_eid|yclid|igshid)$/i

/** The longest address that is taken: sitemaps allow 2,048 characters. */
export const MAX_URL = 2048

export interface CanonicalOptions {
  /** What a relative address is read against. */
  readonly base?: string
  /**
   * `keep` (when left out): servers may tell `/a` and `/a/` apart, and a page path does not (path.ts).
   * `drop` takes the slash off every address but the root's.
   */
  readonly trailingSlash?: 'keep' | 'drop'
}

/**
 * The one form of an address: host in lower case, no default port, no fragment, no user and password,
 * no tracking parameters (the others in their order). Null for what is not http(s), cannot be read,
 * or is longer than {@link MAX_URL}.
 */
export function canonicalUrl(address: string, options: CanonicalOptions = {}): string | null {
  if (address.length > MAX_URL) return null
  const url = URL.parse(address, options.base)
  if (url === null || !/^https?:$/.test(url.protocol)) return null
  url.hash = ''
  url.username = ''
  url.password = ''
  const query = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !TRACKING.test(pair.split('=')[0] ?? ''))
    .join('&')
  // With its own `?`: the setter takes one off, and `??` would lose a character at each reading.
  url.search = query === '' ? '' : `?${query}`
  if (options.trailingSlash === 'drop') url.pathname = url.pathname.replace(/(?<=[^/])\/+$/, '')
  return url.href.length > MAX_URL ? null : url.href
}

/**
 * Whether an address stands under a prefix: same scheme, host and port, and the path begins with the
 * prefix's, whole segments only (`/docs` holds `/docs/a` and not `/docs2`). Null holds everything.
 */
export function isUnder(url: string, prefix: string | null): boolean {
  return prefix === null || pathUnder(url, prefix) !== null
}

/** The path of an address below a prefix, without its first slash; null when it is not below. */
export function pathUnder(url: string, prefix: string): string | null {
  const page = URL.parse(url)
  const top = URL.parse(prefix)
  if (page === null || top === null || page.origin !== top.origin || page.origin === 'null')
    return null
  const at = top.pathname.replace(/\/$/, '')
  if (page.pathname === at) return ''
  return page.pathname.startsWith(`${at}/`) ? page.pathname.slice(at.length + 1) : null
}

/**
 * Where a vendor may keep the Markdown edition of a page, likeliest first: beside it with `.md`
 * (`/page` and `/page/` → `/page.md`), in a folder's index, or after the whole name as
 * https://llmstxt.org proposes (`/page.html` → `/page.html.md`). None for what is Markdown or no page.
 */
export function markdownOf(address: string): readonly string[] {
  const canonical = canonicalUrl(address)
  if (canonical === null) return []
  const url = new URL(canonical)
  const path = url.pathname
  const paths: string[] = []
  const bare = path.replace(/\/(?:index\.html?)?$/i, '')
  const extension = /\.([a-z0-9]{1,8})$/i.exec(path)?.[1]?.toLowerCase()
  if (bare !== path) {
    if (bare !== '') paths.push(`${bare}.md`)
    paths.push(`${bare}/index.md`)
    if (bare === '') paths.push('/index.html.md')
  } else if (extension === 'html' || extension === 'htm') {
    paths.push(path.replace(/\.html?$/i, '.md'), `${path}.md`)
  } else if (extension === undefined || /^\d+$/.test(extension)) {
    // `/release-1.2` ends like a file and is a page.
    paths.push(`${path}.md`)
  }
  return paths.map((one) => Object.assign(new URL(canonical), { pathname: one }).href)
}
