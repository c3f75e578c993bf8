import fc from 'fast-check'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parseFeedLinks } from './feed.ts'
import { MAX_PAGES } from './found.ts'
import { parseLlmsTxt } from './llms.ts'
import { MAX_SITEMAP, parseSitemap } from './sitemap.ts'

const BASE = 'https://x.example/docs/list'
const PREFIX = 'https://x.example/docs/'

const sitemap = (xml: string | Uint8Array, contentType: string | null = 'application/xml') =>
  parseSitemap(Buffer.from(xml), contentType, BASE, PREFIX)

/** A billion laughs: ten names, each ten of the one before. */
const BOMB = `<!DOCTYPE lolz [<!ENTITY a0 "lol">${Array.from(
  { length: 9 },
  (_, i) => `<!ENTITY a${i + 1} "${`&a${i};`.repeat(10)}">`,
).join('')}<!ENTITY file SYSTEM "file:///etc/passwd">]>`

describe('llms.txt', () => {
  it('gives its links in order, with their titles', () => {
    const text = `# Product

> Summary with [a link](/docs/intro.md).

## Docs
- [Set [it] up](setup.md "Title"): how
- [Again](setup.md#later)
- https://x.example/docs/bare
* [Paren](/docs/f_(x).md)
- [Mail](mailto:a@x.example)
`
    expect(parseLlmsTxt(text, BASE, PREFIX)).toEqual({
      ok: true,
      cut: false,
      found: [
        { url: 'https://x.example/docs/intro.md', path: 'intro', title: 'a link', changedAt: null },
        {
          url: 'https://x.example/docs/setup.md',
          path: 'setup',
          title: 'Set [it] up',
          changedAt: null,
        },
        { url: 'https://x.example/docs/bare', path: 'bare', title: null, changedAt: null },
        {
          url: 'https://x.example/docs/f_(x).md',
          path: 'f_~28x~29',
          title: 'Paren',
          changedAt: null,
        },
      ],
    })
  })

  it('is not an HTML page, and not without end', () => {
    expect(parseLlmsTxt('<!DOCTYPE html><p>', BASE)).toMatchObject({
      ok: false,
      kind: 'wrong_kind',
    })
    expect(parseLlmsTxt('a'.repeat(10_000_001), BASE)).toMatchObject({
      ok: false,
      kind: 'too_large',
    })
    const many = Array.from({ length: MAX_PAGES + 1 }, (_, i) => `- [x](/p${i})`).join('\n')
    const pages = parseLlmsTxt(many, BASE)
    expect(pages).toMatchObject({ ok: true, cut: true })
    expect(pages.ok && pages.found.length).toBe(MAX_PAGES)
  })

  it('is read in time whatever it holds', () => {
    for (const hostile of [
      '['.repeat(200_000),
      '[a]('.repeat(100_000),
      '[[a]'.repeat(100_000),
      '\\['.repeat(200_000),
    ])
      expect(parseLlmsTxt(hostile, BASE)).toMatchObject({ ok: true })
  })
})

describe('sitemaps', () => {
  const urls = `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="i" xmlns:xhtml="x">
    <url><loc> https://x.example/docs/a?x=1&amp;y=2 </loc><lastmod>2026-03-01</lastmod>
      <image:image><image:loc>https://x.example/i.png</image:loc></image:image>
      <image:loc>https://x.example/j.png</image:loc></url>
    <url><lastmod>2026-03-01T10:00:00+02:00</lastmod><loc><![CDATA[https://x.example/docs/b]]></loc></url>
    <url><loc>/docs/c</loc><lastmod>yesterday</lastmod></url>
    <url><loc>ftp://x.example/d</loc></url><url></url></urlset>`
  const pages = {
    ok: true,
    kind: 'pages',
    cut: false,
    found: [
      {
        url: 'https://x.example/docs/a?x=1&y=2',
        path: 'a~3Fx=1~26y=2',
        title: null,
        changedAt: Date.UTC(2026, 2, 1),
      },
      {
        url: 'https://x.example/docs/b',
        path: 'b',
        title: null,
        changedAt: Date.UTC(2026, 2, 1, 8),
      },
      { url: 'https://x.example/docs/c', path: 'c', title: null, changedAt: null },
    ],
  }

  it('give their pages, packed or not', () => {
    expect(sitemap(urls)).toEqual(pages)
    expect(sitemap(gzipSync(urls), 'application/gzip')).toEqual(pages)
    expect(sitemap(urls.replaceAll(/<(\/?)(urlset|url|loc|lastmod)/g, '<$1s:$2'))).toEqual(pages)
  })

  it('give the sitemaps of an index', () => {
    expect(
      sitemap(
        '<sitemapindex><sitemap><loc>https://x.example/s1.xml.gz</loc><lastmod>2026</lastmod></sitemap><sitemap><loc>s2.xml</loc></sitemap></sitemapindex>',
      ),
    ).toEqual({
      ok: true,
      kind: 'index',
      cut: false,
      sitemaps: [
        { url: 'https://x.example/s1.xml.gz', changedAt: Date.UTC(2026, 0, 1) },
        { url: 'https://x.example/docs/s2.xml', changedAt: null },
      ],
    })
  })

  it('may be plain lists', () => {
    const list = 'https://x.example/docs/a\nhttps://x.example/docs/b\r\n\nno address\n'
    expect(sitemap(list, 'text/plain')).toMatchObject({ found: [{ path: 'a' }, { path: 'b' }] })
  })

  it('expand nothing', () => {
    const bomb = `${BOMB}<urlset><url><loc>https://x.example/docs/&a9;&file;&lt;</loc></url></urlset>`
    expect(sitemap(bomb)).toMatchObject({
      found: [{ path: '~26a9;~26file;~3C'.replaceAll(';', '~3B') }],
    })
  })

  it('are refused when they are too large, damaged or something else', () => {
    expect(sitemap(gzipSync(Buffer.alloc(MAX_SITEMAP + 1, 0x20)))).toMatchObject({
      kind: 'too_large',
    })
    expect(sitemap(gzipSync(urls).subarray(0, 40))).toMatchObject({ ok: false, kind: 'broken' })
    expect(sitemap('<!doctype html><p>Sign in')).toMatchObject({ ok: false, kind: 'wrong_kind' })
    expect(sitemap(`<urlset>${'<a>'.repeat(100_000)}`)).toMatchObject({ ok: false, kind: 'broken' })
    const many = '<url><loc>https://x.example/docs/#</loc></url>'
    const over = Array.from({ length: MAX_PAGES + 1 }, (_, i) => many.replace('#', String(i)))
    expect(sitemap(`<urlset>${over.join('')}</urlset>`)).toMatchObject({ ok: true, cut: true })
  })
})

describe('feeds', () => {
  const feed = (xml: string) => parseFeedLinks(xml, BASE, PREFIX)

  it('give the pages of their entries', () => {
    const rss = `<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title><link>https://x.example/</link>
      <item><title>A &amp; &lt;b&gt;B&lt;/b&gt;</title><link>https://x.example/docs/a?utm_source=rss</link><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate></item>
      <item><guid>https://x.example/docs/b</guid></item>
      <item><guid isPermaLink="false">https://x.example/docs/c</guid><title>no link</title></item></channel></rss>`
    expect(feed(rss)).toEqual({
      ok: true,
      cut: false,
      found: [
        {
          url: 'https://x.example/docs/a',
          path: 'a',
          title: 'A & B',
          changedAt: Date.UTC(2026, 2, 2, 10),
        },
        { url: 'https://x.example/docs/b', path: 'b', title: null, changedAt: null },
      ],
    })
    const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://x.example/"/><entry>
      <link rel="enclosure" href="https://x.example/docs/file"/><link href="a"/><title>A</title>
      <updated>2026-03-03T00:00:00Z</updated><published>2026-01-01T00:00:00Z</published></entry></feed>`
    expect(feed(atom)).toMatchObject({
      found: [{ path: 'a', title: 'A', changedAt: Date.UTC(2026, 2, 3) }],
    })
    const rdf = `<rdf:RDF xmlns:rdf="r" xmlns:dc="d"><channel rdf:about="https://x.example/"/>
      <item rdf:about="https://x.example/docs/a"><title>A</title><dc:date>2026-03-03</dc:date></item></rdf:RDF>`
    expect(feed(rdf)).toMatchObject({
      found: [{ path: 'a', title: 'A', changedAt: Date.UTC(2026, 2, 3) }],
    })
  })

  it('expand nothing, and are no other thing', () => {
    const bomb = `${BOMB}<rss><channel><item><title>&a9;</title><link>https://x.example/docs/a</link></item></channel></rss>`
    expect(feed(bomb)).toMatchObject({ found: [{ title: '&a9;' }] })
    expect(feed('<!doctype html><p>x')).toMatchObject({ ok: false, kind: 'wrong_kind' })
    expect(feed(`<rss>${'<a>'.repeat(100_000)}`)).toMatchObject({ ok: false, kind: 'broken' })
  })
})

describe('every list', () => {
  it('is read or refused, never thrown, and names only pages of the web', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '<urlset>',
        '<url>',
        '<loc>',
        '</loc>',
        '</url>',
        '<sitemapindex>',
        '<sitemap>',
        '<rss>',
        '<item>',
        '<link>',
        '</link>',
        '</item>',
        '<feed>',
        '<entry>',
        '<link href="javascript:x"/>',
        '<![CDATA[',
        ']]>',
        '<!--',
        '<?',
        '&#0;',
        '&#xD800;',
        '[a](',
        ')',
        'https://x.example/a',
        '//y.example',
        'file:///etc/passwd',
        'javascript:alert(1)',
        BOMB,
      ),
      fc.string({ maxLength: 8 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (pieces, packed) => {
        const text = pieces.join('')
        const bytes = packed ? gzipSync(text) : Buffer.from(text)
        const results = [
          parseLlmsTxt(text, BASE),
          parseFeedLinks(text, BASE),
          parseSitemap(bytes, 'text/plain', BASE),
        ]
        for (const result of results) {
          if (!result.ok) continue
          const found = 'found' in result ? result.found : result.sitemaps
          for (const { url } of found) expect(url).toMatch(/^https?:\/\//)
        }
      }),
      { numRuns: 500 },
    )
  })
})
