import { parseDocument, parseFeed } from 'htmlparser2'
import { describe, expect, it } from 'vitest'
import { samplePage, sampleReport } from '../report.test.samples.ts'
import { buildFeed, feedEntry, idOf, type FeedParts } from './build.ts'

const site = 'https://gatehouse.example'
const parts: FeedParts = {
  collection: {
    id: 'col_1',
    path: 'acme/tool/docs/en',
    title: 'The <tool> & co',
    visibility: 'public',
  },
  page: undefined,
  entries: [sampleReport(), sampleReport({ snapshotId: 'snp_0', at: Date.UTC(2026, 0, 5, 9) })].map(
    (step) => feedEntry(step, undefined, site),
  ),
  siteUrl: 'https://gatehouse.example',
  self: 'https://gatehouse.example/feeds/watch/acme/tool/docs/en.atom?page=a&b',
  now: Date.UTC(2026, 1, 1),
}

type Node = ReturnType<typeof parseDocument>['children'][number]
interface Element {
  readonly name: string
  readonly attribs: Readonly<Record<string, string>>
  readonly children: readonly Node[]
}
const elements = (of: { readonly children: readonly Node[] }, name: string): Element[] =>
  of.children.flatMap((n) => ('name' in n && 'children' in n && n.name === name ? [n] : []))
const one = (of: { readonly children: readonly Node[] }, name: string): Element => {
  const found = elements(of, name)
  expect([name, found.length]).toEqual([name, 1])
  return found[0]!
}
const textOf = (nodes: readonly Node[]): string =>
  nodes.map((n) => ('children' in n ? textOf(n.children) : 'data' in n ? n.data : '')).join('')
const text = (node: Element): string => textOf(node.children)
const xml = (document: string) => parseDocument(document, { xmlMode: true })

describe('an Atom feed', () => {
  it('has what RFC 4287 requires of a feed and of its entries', async () => {
    const feed = one(xml(await buildFeed('atom', parts)), 'feed')
    expect(feed.attribs['xmlns']).toBe('http://www.w3.org/2005/Atom')
    expect(text(one(feed, 'id'))).toMatch(/^urn:uuid:/)
    expect(text(one(feed, 'title'))).toBe('acme/tool docs')
    expect(text(one(feed, 'updated'))).toBe('2026-01-06T09:00:00.000Z')
    expect(text(one(one(feed, 'author'), 'name'))).toBe('Gatehouse')
    const self = elements(feed, 'link').find((l) => l.attribs['rel'] === 'self')
    expect(self?.attribs['href']).toBe(parts.self)
    const entries = elements(feed, 'entry')
    expect(entries).toHaveLength(2)
    for (const entry of entries) {
      expect(text(one(entry, 'id'))).toMatch(
        /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      )
      expect(text(one(entry, 'title'))).toBe('Limits changed +3 −2')
      expect(text(one(entry, 'updated'))).toMatch(/^2026-01-0[56]T09:00:00.000Z$/)
      expect(one(entry, 'content').attribs['type']).toBe('html')
      expect(text(one(entry, 'content'))).toContain('At most <del')
    }
  })

  it('is read by a parser of feeds, newest first', async () => {
    const feed = parseFeed(await buildFeed('atom', parts))
    expect(feed).toMatchObject({ type: 'atom', title: 'acme/tool docs' })
    expect(feed?.items.map((i) => i.link)).toEqual(
      Array(2).fill(
        'https://gatehouse.example/watch/acme/tool/docs/en/2026-01-05-0900..2026-01-06-0900',
      ),
    )
  })

  it('says when it was looked at where nothing happened yet', async () => {
    const feed = one(xml(await buildFeed('atom', { ...parts, entries: [] })), 'feed')
    expect(text(one(feed, 'updated'))).toBe('2026-02-01T00:00:00.000Z')
  })
})

describe('an RSS feed', () => {
  it('has what RSS 2.0 requires, and the change inside', async () => {
    const channel = one(
      one(
        xml(
          await buildFeed('rss', {
            ...parts,
            page: 'limits',
            entries: [feedEntry(sampleReport(), 'limits', site)],
          }),
        ),
        'rss',
      ),
      'channel',
    )
    expect(text(one(channel, 'title'))).toBe('acme/tool docs: limits')
    expect(text(one(channel, 'link'))).toBe('https://gatehouse.example/watch/acme/tool/docs/en')
    expect(text(one(channel, 'description'))).toBe('What changed in limits, The <tool> & co.')
    const [item] = elements(channel, 'item')
    expect(one(item!, 'guid').attribs['isPermaLink']).toBe('false')
    expect(text(one(item!, 'pubDate'))).toBe('Tue, 06 Jan 2026 09:00:00 GMT')
    expect(text(one(item!, 'content:encoded'))).toContain('At most <del')
    expect(text(one(item!, 'link'))).toContain('/limits/diff/')
  })
})

describe('what stands in a page', () => {
  it('does not break the feed', async () => {
    const hostile = ']]> <script> \u0000\u0008 & \uFFFF'
    const diff = samplePage().diff!
    const page = samplePage({
      title: hostile,
      diff: { ...diff, hunks: diff.hunks.map((h) => ({ ...h, section: hostile })) },
    })
    const collection = { ...parts.collection, title: hostile }
    const entries = [feedEntry(sampleReport({ pages: [page], collection }), hostile, site)]
    for (const format of ['atom', 'rss'] as const) {
      const document = await buildFeed(format, { ...parts, collection, entries, page: hostile })
      expect(document).not.toMatch(/[\u0000-\u0008\ufffe\uffff]/)
      const feed = parseFeed(document)
      expect(feed?.items).toHaveLength(1)
      expect(feed?.items[0]?.link).toContain('/limits/diff/')
    }
  })
})

describe('the id of an entry', () => {
  it('depends on nothing but the step and the page that the feed is about', () => {
    expect(idOf('step', 'snp_1', '')).toBe('urn:uuid:1519cd60-d899-85b3-bbf1-bd79adff8859')
    expect(idOf('step', 'snp_1', 'a')).not.toBe(idOf('step', 'snp_1', ''))
    expect(idOf('step', 'snp_1a', '')).not.toBe(idOf('step', 'snp_1', 'a'))
  })
})
