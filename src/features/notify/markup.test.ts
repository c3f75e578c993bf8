import fc from 'fast-check'
import { parseDocument } from 'htmlparser2'
import { describe, expect, it } from 'vitest'
import { diffTable, linkHtml, stepHtml } from './markup.ts'
import { samplePage, sampleReport } from './report.test.samples.ts'

type Node = ReturnType<typeof parseDocument>['children'][number]
const names = (nodes: readonly Node[]): string[] =>
  nodes.flatMap((n) =>
    'children' in n ? [...('name' in n ? [n.name] : []), ...names(n.children)] : [],
  )
const textOf = (nodes: readonly Node[]): string =>
  nodes.map((n) => ('children' in n ? textOf(n.children) : 'data' in n ? n.data : '')).join('')
const options = { siteUrl: 'https://gatehouse.example', maxLine: 500, maxSize: 50_000 }

describe('the diff as HTML', () => {
  it('shows numbers, signs, lines and the changed parts of them', () => {
    const html = diffTable(samplePage().diff!, 500)
    expect(html).toContain('At most <del')
    expect(html).toMatch(/<del [^>]*>5<\/del> of &lt;b&gt;them&lt;\/b&gt;\./)
    expect(html).toMatch(/<ins [^>]*>7<\/ins>/)
    expect(html).toContain('Old &amp; gone.')
    expect(html).toContain('Elsewhere. <small>(moved)</small>')
    expect(html).toContain('@@ -9,3 +9,4 @@ Limits')
  })

  it('never takes markup from a page, and leaves out what XML cannot hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = `<script>${text}</td>]]>\u0000\u000b\uFFFE<img src=x onerror=1>`
        const page = samplePage({
          title: line,
          diff: {
            ...samplePage().diff!,
            hunks: [
              {
                leftFrom: 1,
                rightFrom: 1,
                section: line,
                rows: [
                  {
                    kind: 'changed',
                    left: { line: 1, text: line, marks: [[2, 9]] },
                    right: { line: 1, text: line, marks: [[0, line.length]] },
                  },
                ],
              },
            ],
          },
        })
        const html = stepHtml(sampleReport({ pages: [page], keys: line }), options)
        const { children } = parseDocument(html)
        expect(new Set(names(children)).difference(allowed)).toEqual(new Set())
        expect(html).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
        expect(textOf(children)).toContain('<img src=x onerror=1>')
      }),
    )
  })

  it('names pages without their diff where there is no more room, and what is left out', () => {
    const pages = ['a', 'b', 'c'].map((page) => samplePage({ page, title: page }))
    const whole = stepHtml(sampleReport({ pages }), options)
    expect(whole.match(/<table/g)).toHaveLength(3)
    const one = Math.ceil(whole.length / 3)
    const tight = stepHtml(sampleReport({ pages, more: 4 }), { ...options, maxSize: one + 10 })
    expect(tight.match(/<table/g)).toHaveLength(1)
    expect(tight.match(/<h3>/g)).toHaveLength(3)
    expect(tight).toContain('and 4 pages more')
  })

  it('links to http only', () => {
    expect(linkHtml('javascript:alert(1)', 'x')).toBe('x')
    expect(linkHtml('https://a.example/?a=1&b="', 'x')).toBe(
      '<a href="https://a.example/?a=1&amp;b=&quot;">x</a>',
    )
  })
})

const allowed = new Set('p strong h3 a small table tr td del ins tbody'.split(' '))
