import { createHash } from 'node:crypto'
import type { Followed, StepReport } from '#features/watch/index.ts'
import { escapeHtml, stepHtml } from '../markup.ts'
import { shortName, stepWords } from '../words.ts'

export type Format = 'atom' | 'rss'

/** One step as feeds show it, whoever fetches them. */
export interface FeedEntry {
  readonly id: string
  /** HTML. */
  readonly title: string
  readonly link: string
  readonly at: number
  /** HTML. */
  readonly content: string
}

export interface FeedParts {
  readonly collection: Followed
  readonly page: string | undefined
  /** Newest first. */
  readonly entries: readonly FeedEntry[]
  readonly siteUrl: string
  /** The address of the feed itself. */
  readonly self: string
  /** Where nothing happened yet: when the feed was asked for. */
  readonly now: number
}

/** With 50 entries a feed stays below about 1 MB. */
const markup = { maxLine: 500, maxSize: 20_000 }

export function feedEntry(step: StepReport, page: string | undefined, siteUrl: string): FeedEntry {
  return {
    id: idOf('step', step.snapshotId, page ?? ''),
    title: escapeHtml(stepWords(step)),
    link: siteUrl + (page === undefined ? step.link : (step.pages[0]?.link ?? step.link)),
    at: step.at,
    content: stepHtml(step, { ...markup, siteUrl }),
  }
}

/** Entries of steps with the change inside, as Atom 1.0 (RFC 4287) or RSS 2.0. */
export async function buildFeed(format: Format, parts: FeedParts): Promise<string> {
  const { collection, page, entries, siteUrl, self, now } = parts
  // Only here: a start makes no feed.
  const { Feed } = await import('feed')
  const about = page === undefined ? collection.title : `${page}, ${collection.title}`
  const feed = new Feed({
    id: idOf('feed', collection.id, page ?? ''),
    title: clean(`${shortName(collection.path)}${page === undefined ? '' : `: ${page}`}`),
    description: clean(`What changed in ${about}.`),
    link: `${siteUrl}/watch/${collection.path}`,
    feed: self,
    updated: new Date(entries[0]?.at ?? now),
    author: { name: 'Gatehouse' },
    generator: 'Gatehouse',
  })
  for (const { id, title, link, at, content } of entries)
    feed.addItem({ id, title, link, date: new Date(at), published: new Date(at), content })
  return format === 'atom' ? feed.atom1() : feed.rss2()
}

/**
 * `urn:uuid:` from what the entry is about and nothing else (RFC 4287, section 4.2.6): it stays when the site moves to
 * another address, when titles change, and when the feed is made anew. UUID version 8 (RFC 9562, section 5.8).
 */
export function idOf(...about: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(about)).digest('hex')
  const variant = ((parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ]
  return `urn:uuid:${parts.join('-')}`
}

/** Without what XML cannot hold; the feed library escapes the rest. */
const clean = (text: string): string =>
  text.toWellFormed().replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
