import { gunzipSync } from 'node:zlib'
import { canonicalUrl } from './address.ts'
import { collectPages, MAX_PAGES, type Pages, refuse, type SourceFailure } from './found.ts'
import { local, prefixOf, readXml, timeOf } from './xml.ts'

export interface SitemapIndex {
  readonly ok: true
  readonly kind: 'index'
  readonly sitemaps: readonly { readonly url: string; readonly changedAt: number | null }[]
  readonly cut: boolean
}

export interface SitemapPages extends Pages {
  readonly kind: 'pages'
}

/** Bytes of one sitemap, unpacked: the protocol's limit (https://www.sitemaps.org/protocol.html). */
export const MAX_SITEMAP = 52_428_800

/**
 * A sitemap as fetched, gzipped or not: the pages of a `urlset`, the sitemaps of a `sitemapindex`
 * (whose own fetching is the caller's, one level deep), or a plain list of addresses, one a line.
 * Never throws.
 *
 * @param baseUrl where it was fetched from
 * @param prefix of the page paths, see pagePath
 */
export function parseSitemap(
  bytes: Uint8Array,
  contentType: string | null,
  baseUrl: string,
  prefix: string | null = null,
): SitemapPages | SitemapIndex | SourceFailure {
  const text = unpack(bytes)
  if (typeof text !== 'string') return text
  const start = text.slice(0, 10_000)
  if (/<(?:[\w-]+:)?(?:urlset|sitemapindex)[\s>/]/i.test(start))
    return readSitemap(text, baseUrl, prefix)
  const plain = /^text\/plain\b/i.test(contentType ?? '') || /^\s*https?:\/\//i.test(start)
  if (plain && !/^\s*</.test(start)) {
    const lines = text.split(/\r\n?|\n/, MAX_PAGES * 2).map((line) => ({ href: line.trim() }))
    const addresses = lines.filter(({ href }) => /^https?:\/\//i.test(href))
    if (addresses.length > 0) return { kind: 'pages', ...collectPages(addresses, baseUrl, prefix) }
  }
  return refuse(
    'wrong_kind',
    'This is no sitemap: neither <urlset> nor <sitemapindex> is in it.',
    'Open the address in a browser; robots.txt often says where the sitemap is.',
  )
}

function unpack(bytes: Uint8Array): string | SourceFailure {
  const tooLarge = refuse(
    'too_large',
    `The sitemap has more than ${MAX_SITEMAP} bytes.`,
    'Use the parts that its sitemap index names.',
  )
  if (bytes.length > MAX_SITEMAP) return tooLarge
  let plain = bytes
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      plain = gunzipSync(bytes, { maxOutputLength: MAX_SITEMAP })
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
        ? tooLarge
        : refuse('broken', 'The sitemap is gzipped, but damaged.', 'Check it again later.')
    }
  }
  // The protocol says UTF-8; a byte order mark is dropped by the decoder.
  return new TextDecoder().decode(plain)
}

interface Entry {
  href?: string
  changedAt?: number | null
}

function readSitemap(
  text: string,
  base: string,
  prefix: string | null,
): SitemapPages | SitemapIndex | SourceFailure {
  const pages: Entry[] = []
  const sitemaps: Entry[] = []
  let entry: Entry = {}
  const fine = readXml(text, {
    close(path, value) {
      const [name, parent] = [path.at(-1), path.at(-2)]
      const what = local(name)
      // `image:loc` inside <url> is the address of a picture: a field has its parent's prefix.
      const field = prefixOf(name) === prefixOf(parent) && /^(?:url|sitemap)$/.test(local(parent))
      if (field && what === 'loc') entry.href = value.trim()
      if (field && what === 'lastmod') entry.changedAt = timeOf(value)
      if (what !== 'url' && what !== 'sitemap') return
      if (entry.href !== undefined) (what === 'url' ? pages : sitemaps).push(entry)
      entry = {}
    },
    // A few more than the limit, for the ones that turn out to be the same.
    done: () => pages.length + sitemaps.length > MAX_PAGES * 2,
  })
  if (!fine)
    return refuse('broken', 'The sitemap is nested too deeply to be one.', 'Check its address.')
  if (sitemaps.length === 0)
    return { kind: 'pages', ...collectPages(pages.map(named), base, prefix) }
  const named1 = sitemaps.flatMap(({ href, changedAt }) => {
    const url = href === undefined ? null : canonicalUrl(href, { base })
    return url === null ? [] : [{ url, changedAt: changedAt ?? null }]
  })
  return {
    ok: true,
    kind: 'index',
    sitemaps: named1.slice(0, MAX_PAGES),
    cut: named1.length > MAX_PAGES,
  }
}

const named = ({ href, changedAt }: Entry) => ({ href, changedAt: changedAt ?? null })
