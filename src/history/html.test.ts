import fc from 'fast-check'
import { parseDocument } from 'htmlparser2'
import { describe, expect, it } from 'vitest'
import { diffHtml, type HtmlOptions } from './html.ts'
import { diffLines, splitLines } from './lines.ts'
import { findMoves, movedLines } from './moves.ts'
import { sideBySide, unified } from './rows.ts'

type Nodes = ReturnType<typeof parseDocument>['children']
type Element = Extract<Nodes[number], { attribs: object }>

const all = (nodes: Nodes): readonly Element[] =>
  nodes.flatMap((node) => ('attribs' in node ? [node, ...all(node.children)] : []))
const textOf = (nodes: Nodes): string =>
  nodes.map((node) => ('data' in node ? node.data : 'attribs' in node ? said(node) : '')).join('')
/** What was added around a line for readers is no part of it. */
const said = (node: Element) =>
  /gh-diff-(?:said|note)/.test(node.attribs['class'] ?? '') ? '' : textOf(node.children)

const options: HtmlOptions = { caption: 'A <b> & c', leftLabel: '2 "May"', rightLabel: "5 'May'" }
const hostile = fc.constantFrom(
  'plain words here',
  'plain words there',
  '',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '</td></tr></table><h1>out',
  '&lt;b&gt; & &amp; &#60;',
  '"><a href="javascript:alert(1)">',
  '<!-- -->',
  '<del>not a mark</del>',
  'a\tb  c',
  '\u202eright to left',
  'ends in a return\r',
  '\u{1F468}\u200D\u{1F469}',
)
const text = fc
  .array(hostile, { maxLength: 12 })
  .chain((lines) => fc.boolean().map((ended) => lines.join('\n') + (ended ? '\n' : '')))
const known = new Set(
  'table caption thead tbody tr th td a span del ins code button'.split(' ') as readonly string[],
)

const cells = (html: string, tones: readonly string[], column?: number) =>
  all(parseDocument(html).children)
    .filter(({ name }) => name === 'tr')
    .flatMap((row) => {
      const texts = all(row.children).filter(({ attribs }) => attribs['class'] === 'gh-diff-text')
      return column === undefined ? texts : texts.slice(column, column + 1)
    })
    .filter(({ attribs }) => tones.includes(attribs['data-side'] ?? ''))
    .map(({ children }) => textOf(children))
const plain = (value: string) => splitLines(value).map((line) => line.replace(/\n$/, ''))

describe('diffHtml', () => {
  it('holds exactly the lines of both texts, and no tag of theirs', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const diff = diffLines(a, b)
        if (a === b) return
        const split = diffHtml(
          { view: 'split', layout: sideBySide(diff, { context: Infinity }) },
          options,
        )
        expect(cells(split, ['same', 'removed'], 0)).toEqual(plain(a))
        expect(cells(split, ['same', 'added'], 1)).toEqual(plain(b))
        const one = diffHtml(
          { view: 'unified', layout: unified(diff, { context: Infinity }) },
          options,
        )
        expect(cells(one, ['same', 'removed'])).toEqual(plain(a))
        expect(cells(one, ['same', 'added'])).toEqual(plain(b))
        for (const html of [split, one]) {
          for (const { name, attribs } of all(parseDocument(html).children)) {
            expect(known).toContain(name)
            expect(Object.keys(attribs).filter((key) => /^on|^style$/.test(key))).toEqual([])
            expect(attribs['href'] ?? '#').toMatch(/^#/)
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('gives every line number an id and a link to itself, once', () => {
    const diff = diffLines('a\nb\n', 'a\nc\nd\n')
    const html = diffHtml(
      { view: 'split', layout: sideBySide(diff) },
      { ...options, idPrefix: 'p1-' },
    )
    const ids = all(parseDocument(html).children).flatMap(({ attribs }) => attribs['id'] ?? [])
    expect(ids).toEqual(['p1-L1', 'p1-R1', 'p1-L2', 'p1-R2', 'p1-R3'])
    expect(html).toContain('href="#p1-R3" tabindex="-1" aria-label="new line 3">3</a>')
  })

  it('tells without colour what is gone, what is new and which words', () => {
    const diff = diffLines('allow = ["never"]\n', 'allow = ["on-request"]')
    const html = diffHtml({ view: 'unified', layout: unified(diff) }, options)
    expect(html).toContain('<span class="gh-diff-said">removed: </span>allow = [&quot;<del>never')
    expect(html).toContain('<span class="gh-diff-said">added: </span>allow = [&quot;<ins>on')
    expect(html).toContain('<span class="gh-diff-note">no line feed at the end</span>')
  })

  it('opens gaps by link or by button', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `${index}\n`)
    const diff = diffLines(lines.join(''), lines.with(15, 'x\n').join(''))
    const layout = sideBySide(diff, { isSection: (line) => line === '9' })
    const linked = diffHtml(
      { view: 'split', layout },
      { ...options, gapHref: (gap) => `?open=${gap}&"` },
    )
    expect(linked).toContain('<a data-gap="0" href="?open=0&amp;&quot;">12 unchanged lines</a>')
    expect(linked).toContain('</a> <code>9</code>')
    expect(diffHtml({ view: 'split', layout }, { ...options, gapButtons: true })).toContain(
      '<button type="button" data-gap="1">11 unchanged lines</button>',
    )
  })

  it('says where a moved line went and links it', () => {
    const block = 'one two three\nfour five six\nseven eight nine\n'
    const rest = 'r s t u v w x y z'.replaceAll(' ', '\n') + '\n'
    const diff = diffLines(block + rest, rest + block)
    const layout = sideBySide(diff, { moved: movedLines(findMoves(diff)) })
    const html = diffHtml({ view: 'split', layout }, options)
    expect(html).toContain('data-kind="moved"')
    expect(html).toContain('<span class="gh-diff-note"><a href="#R10">moved to line 10</a></span>')
    expect(html).toContain('<span class="gh-diff-said">moved: </span>one two three')
    // Said once for the block, not for each of its lines.
    expect(html.match(/moved to line/g)).toHaveLength(1)
  })
})
