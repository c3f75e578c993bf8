import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalUrl, isUnder, markdownOf, pathUnder } from './address.ts'
import { followLinks } from './follow.ts'
import { matches, patternProblem } from './matches.ts'
import { MAX_PATH, pagePath } from './path.ts'

/** Addresses of every kind, among them ones that mean to climb out of a folder. */
const address = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '..',
          '.',
          '%2e%2e',
          '%252e%252e',
          '',
          '.git',
          '~',
          'index.html',
          'a.md',
          '%2F',
          '%00',
          '%',
          '%E6%97',
          'Ü b',
          '\\',
        ),
        fc.string({ maxLength: 8 }),
        fc.string({ unit: 'binary', maxLength: 4 }),
      ),
      { maxLength: 8 },
    )
    .map((parts) => `https://x.example/docs/${parts.join('/')}`),
  fc.string({ minLength: 600, maxLength: 1500 }).map((long) => `https://x.example/docs/${long}`),
)

describe('the canonical form of an address', () => {
  it('drops what does not say which page it is', () => {
    const cases: [string, string | null][] = [
      ['HTTPS://User:pw@X.Example:443/A?utm_source=n&b=2&a=1#top', 'https://x.example/A?b=2&a=1'],
      ['http://x.example?utm_medium=m', 'http://x.example/'],
      ['https://x.example/a/../b/', 'https://x.example/b/'],
      ['https://x.example/?q=%C3%A9&gclid=1', 'https://x.example/?q=%C3%A9'],
      ['https://x.example/??a=1', 'https://x.example/??a=1'],
      ['https://x.example/??', 'https://x.example/??'],
      ['https://x.example/?&?', 'https://x.example/??'],
      ['mailto:a@x.example', null],
      ['javascript:alert(1)', null],
      ['/relative', null],
      [`https://x.example/${'a'.repeat(2048)}`, null],
    ]
    for (const [given, canonical] of cases) expect(canonicalUrl(given)).toBe(canonical)
    expect(canonicalUrl('../b', { base: 'https://x.example/a/c' })).toBe('https://x.example/b')
    expect(canonicalUrl('https://x.example/a//', { trailingSlash: 'drop' })).toBe(
      'https://x.example/a',
    )
    expect(canonicalUrl('https://x.example/', { trailingSlash: 'drop' })).toBe('https://x.example/')
  })

  it('is its own canonical form', () => {
    fc.assert(
      fc.property(fc.oneof(address, fc.string()), (given) => {
        const once = canonicalUrl(given)
        if (once !== null) expect(canonicalUrl(once)).toBe(once)
      }),
    )
  })
})

describe('a prefix', () => {
  it('holds whole segments of the same origin', () => {
    expect(isUnder('https://x.example/docs', 'https://x.example/docs')).toBe(true)
    expect(isUnder('https://x.example/docs/a', 'https://x.example/docs')).toBe(true)
    expect(isUnder('https://x.example/docs', 'https://x.example/docs/')).toBe(true)
    expect(isUnder('https://x.example/docs2', 'https://x.example/docs')).toBe(false)
    expect(isUnder('http://x.example/docs', 'https://x.example/docs')).toBe(false)
    expect(isUnder('https://x.example.evil.example/docs', 'https://x.example')).toBe(false)
    expect(isUnder('mailto:a', null)).toBe(true)
    expect(pathUnder('https://x.example/docs/a/b', 'https://x.example/docs/')).toBe('a/b')
  })
})

describe('the path of a page', () => {
  const path = (below: string) =>
    pagePath(`https://x.example/docs/${below}`, 'https://x.example/docs/')

  it('is the address below the prefix without its ending', () => {
    for (const same of [
      'guide/Setup',
      'guide/Setup/',
      'guide/Setup.html',
      'guide/Setup.md',
      'guide/Setup/index.html',
    ])
      expect(path(same)).toBe('guide/Setup')
    expect(path('')).toBe('index')
    expect(path('index.html')).toBe('index')
    expect(path('release-1.2')).toBe('release-1.2')
    expect(path('list?page=2&b')).toBe('list~3Fpage=2~26b')
    expect(path('?page=2')).toBe('index~3Fpage=2')
    expect(path('.git/config')).toBe('~2Egit/config')
    expect(path('%E6%97%A5%20x')).toBe('日~20x')
    expect(pagePath('https://x.example/blog/a', 'https://x.example/docs/')).toBe('blog/a')
    expect(pagePath('https://y.example/blog/a', 'https://x.example/docs/')).toBe('y.example/blog/a')
    expect(pagePath('https://y.example:8443/a', null)).toBe('a')
  })

  it('is always safe, and short', () => {
    fc.assert(
      fc.property(fc.oneof(address, fc.string()), (url) => {
        const found = pagePath(url, 'https://x.example/docs/')
        expect(found.length).toBeGreaterThan(0)
        expect(found.length).toBeLessThanOrEqual(MAX_PATH)
        expect(found).toMatch(/^[\p{L}\p{N}\p{M}._@+=,~/-]+$/u)
        for (const segment of found.split('/')) expect(segment).toMatch(/^[^.]/)
        expect(pagePath(url, 'https://x.example/docs/')).toBe(found)
      }),
      { numRuns: 1000 },
    )
  })

  it('differs where the address does, but for its ending', () => {
    const segment = fc.string({ minLength: 1, maxLength: 12 }).map(encodeURIComponent)
    fc.assert(
      fc.property(segment, segment, (a, b) => {
        fc.pre(!/^\.{1,2}$/.test(a) && !/^\.{1,2}$/.test(b))
        const plain = (one: string) =>
          decodeURIComponent(one).replace(/\.(?:md|mdx|markdown|html?)$/i, '')
        fc.pre(plain(a) !== plain(b) && ![plain(a), plain(b)].includes(''))
        fc.pre(![plain(a), plain(b)].includes('index'))
        expect(path(`x/${a}`)).not.toBe(path(`x/${b}`))
      }),
    )
  })
})

describe('the Markdown edition of a page', () => {
  it('is looked for where vendors keep it', () => {
    const of = (path: string) =>
      markdownOf(`https://x.example${path}`).map((url) => new URL(url).pathname)
    expect(of('/page')).toEqual(['/page.md'])
    expect(of('/page/#x')).toEqual(['/page.md', '/page/index.md'])
    expect(of('/a/index.html')).toEqual(['/a.md', '/a/index.md'])
    expect(of('/page.html')).toEqual(['/page.md', '/page.html.md'])
    expect(of('/')).toEqual(['/index.md', '/index.html.md'])
    expect(of('/release-1.2')).toEqual(['/release-1.2.md'])
    expect(of('/page.md')).toEqual([])
    expect(of('/file.pdf')).toEqual([])
    expect(markdownOf('nonsense')).toEqual([])
  })
})

describe('patterns', () => {
  const page = 'https://x.example/docs/api/v1/changes'
  const fits = (pattern: string) =>
    matches(page, { prefix: 'https://x.example/docs', include: [pattern], exclude: [] })

  it('fit at or below a path, or by stars', () => {
    for (const yes of [
      '/docs/api',
      '/docs/api/',
      '/docs/api/v1/changes',
      '/**/changes',
      '/docs/**',
      '**',
      '/docs/*/v?/changes',
      'https://x.example/docs/api',
      'https://*.example/**',
    ])
      expect([yes, fits(yes)]).toEqual([yes, true])
    for (const no of [
      '/docs/ap',
      '/docs/*',
      '/docs/api/*',
      '/**/change',
      'https://y.example/docs',
      '/docs/api/v1/changes/x',
      'docs',
      '/docs.api/**',
    ])
      expect([no, fits(no)]).toEqual([no, false])
  })

  it('exclude what they include', () => {
    const filter = { prefix: null, include: ['/docs'], exclude: ['/**/v1/**'] }
    expect(matches(page, filter)).toBe(false)
    expect(matches('https://x.example/docs/api/v2', filter)).toBe(true)
    expect(matches('https://x.example/blog', filter)).toBe(false)
    expect(matches('nonsense', { prefix: null, include: [], exclude: [] })).toBe(false)
  })

  it('are judged before they are saved', () => {
    expect(patternProblem('/docs/**')).toBeNull()
    expect(patternProblem('docs/')).toContain('begins neither')
    expect(patternProblem(' ')).toBe('It is empty.')
    expect(patternProblem(`/${'*a'.repeat(300)}`)).toContain('longer than 500')
  })

  it('take linear time and never throw', () => {
    const stars = '/' + '*a'.repeat(200)
    expect(
      matches(`https://x.example/${'a'.repeat(2000)}b`, {
        prefix: null,
        include: [stars],
        exclude: [],
      }),
    ).toBe(false)
    fc.assert(
      fc.property(fc.string(), fc.webUrl(), (pattern, url) => {
        const filter = (exclude: string[]) => ({ prefix: null, include: [], exclude })
        expect(typeof matches(url, filter([`/${pattern}*`, `/**${pattern}`]))).toBe('boolean')
      }),
    )
  })
})

describe('following links', () => {
  it('takes the pages under the prefix, each once', () => {
    const links = [
      'b#x',
      'https://x.example/docs/b?utm_source=y',
      '/docs/c/',
      '/docs/logo.PNG',
      '/blog',
      'https://y.example/docs/d',
      'mailto:a@x.example',
      '/docs/release-1.2',
    ]
    expect(followLinks(links, 'https://x.example/docs', 'https://x.example/docs/a')).toEqual([
      { url: 'https://x.example/docs/b', path: 'b', title: null, changedAt: null },
      { url: 'https://x.example/docs/c/', path: 'c', title: null, changedAt: null },
      {
        url: 'https://x.example/docs/release-1.2',
        path: 'release-1.2',
        title: null,
        changedAt: null,
      },
    ])
  })
})
