import { createHash } from 'node:crypto'
import { pathUnder } from './address.ts'

/** Characters of a page path. */
export const MAX_PATH = 500

/**
 * Where a page stands in its collection: the address below the source's prefix, without the endings
 * that servers put to pages (`/`, `.md`, `.mdx`, `.markdown`, `.html`, `.htm`, `index`). The top page
 * is `index`. Of another place on the same host: the whole path; of another host: host and path.
 *
 *     pagePath('https://x.dev/docs/guide/Setup.html', 'https://x.dev/docs/') → 'guide/Setup'
 *     pagePath('https://x.dev/docs/list?page=2', 'https://x.dev/docs/')      → 'list~3Fpage=2'
 *
 * Always a safe relative path: segments between single slashes, none empty, none beginning with a
 * dot (`..`, `.git`), of letters, digits and `-._@+=,` only; anything else as `~` and two hex digits
 * a byte. Case is kept. At most {@link MAX_PATH} characters: a longer one ends with a digest of it.
 * Different addresses may share a path (`/a`, `/a/`, `/a.html`).
 */
export function pagePath(url: string, prefix: string | null): string {
  const page = URL.parse(url)
  if (page === null) return bounded(encodeSegment(url) || 'index')
  const top = prefix === null ? null : URL.parse(prefix)
  const below = prefix === null ? null : pathUnder(url, prefix)
  const elsewhere = top !== null && page.host !== top.host
  const path = below ?? `${elsewhere ? `${page.host}/` : ''}${page.pathname}`

  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => encodeSegment(decoded(segment)))
  const last = segments.pop() ?? ''
  const name = last.replace(/\.(?:md|mdx|markdown|html?)$/i, '')
  if (name !== '' && name !== 'index') segments.push(name)
  if (segments.length === 0 || page.search !== '') {
    const end = segments.pop() ?? 'index'
    segments.push(`${end}${page.search === '' ? '' : encodeSegment(decoded(page.search))}`)
  }
  return bounded(segments.join('/'))
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** One segment, reversibly: `~` itself is written as `~7E`. */
function encodeSegment(segment: string): string {
  return segment
    .toWellFormed()
    .replace(/^\.|[^\p{L}\p{N}\p{M}._@+=,-]/gu, (character) =>
      [...Buffer.from(character)]
        .map((byte) => `~${byte.toString(16).toUpperCase().padStart(2, '0')}`)
        .join(''),
    )
}

function bounded(path: string): string {
  if (path.length <= MAX_PATH) return path
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 16)
  // A cut may leave half a character or a slash at the end.
  const start = path
    .slice(0, MAX_PATH - digest.length - 1)
    .replace(/[\uD800-\uDBFF]$/, '')
    .replace(/\/+$/, '')
  return `${start}~${digest}`
}
