import { collectPages, type Pages, refuse, type SourceFailure } from './found.ts'
import { local, readXml, timeOf } from './xml.ts'

interface Item {
  href?: string | undefined
  guid?: string | undefined
  title?: string
  changedAt?: number | null
  /** Whether `changedAt` is when it was changed and not only when it came out. */
  updated?: boolean
}

/** Characters of a feed that are read. */
const MAX_FEED = 20_000_000

/**
 * The pages that a feed's entries link to, in its order: RSS 0.9x to 2.0, RSS 1.0 (RDF) and Atom.
 * Never throws.
 *
 * @param prefix of the page paths, see pagePath
 */
export function parseFeedLinks(
  text: string,
  baseUrl: string,
  prefix: string | null = null,
): Pages | SourceFailure {
  if (text.length > MAX_FEED)
    return refuse(
      'too_large',
      `The feed has more than ${MAX_FEED} characters.`,
      'Use a smaller feed.',
    )
  const items: Item[] = []
  let item: Item | null = null
  let root: string | undefined
  const fine = readXml(text, {
    open(path, attributes) {
      root ??= local(path[0])
      const what = local(path.at(-1))
      if (isItem(what)) item = { href: undefined, guid: attributes['rdf:about'] }
      // Atom: <link rel="alternate" href="…">, where no rel means alternate.
      const alternate = (attributes.rel ?? 'alternate') === 'alternate'
      if (item && what === 'link' && isItem(local(path.at(-2))) && alternate)
        item.href ??= attributes.href
      if (item && what === 'guid' && attributes.ispermalink === 'false') item.guid = ''
      if (item && what === 'guid' && attributes.isPermaLink === 'false') item.guid = ''
    },
    close(path, value) {
      const what = local(path.at(-1))
      if (item && isItem(local(path.at(-2)))) readField(item, what, value.trim())
      if (item && isItem(what)) {
        items.push(item)
        item = null
      }
    },
    done: () => items.length > 10_000,
  })
  if (root === undefined || !/^(?:rss|feed|rdf)$/.test(root))
    return refuse(
      'wrong_kind',
      'This is no feed: neither RSS nor Atom.',
      'Open the address in a browser and look for the address of the feed.',
    )
  if (!fine)
    return refuse('broken', 'The feed is nested too deeply to be one.', 'Check its address.')
  const named = items.map(({ href, guid, title, changedAt }) => ({
    href: href ?? (guid !== undefined && /^https?:/.test(guid) ? guid : undefined),
    title,
    changedAt: changedAt ?? null,
  }))
  return collectPages(named, baseUrl, prefix)
}

const isItem = (name: string): boolean => name === 'item' || name === 'entry'

function readField(item: Item, name: string, value: string): void {
  switch (name) {
    case 'title':
      item.title ??= value.replace(/<[^<>]*>/g, ' ')
      break
    case 'link':
      if (value !== '') item.href ??= value
      break
    case 'guid':
      // An empty one was marked as no address when it opened.
      item.guid ??= value
      break
    case 'updated':
      item.changedAt = timeOf(value)
      item.updated = true
      break
    case 'pubdate':
    case 'published':
    case 'date':
    case 'issued':
      if (item.updated !== true) item.changedAt = timeOf(value)
  }
}
