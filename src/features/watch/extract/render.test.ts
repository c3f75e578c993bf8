import fc from 'fast-check'
import type { Element } from 'hast'
import { describe, expect, it } from 'vitest'
import { parseHtml } from './parse.ts'
import { ID_PREFIX, render } from './render.ts'
import { elements } from './tree.ts'

describe('rendered Markdown', () => {
  it('shows what Markdown says', () => {
    expect(render('# A *b*\n\n| a |\n| - |\n| 1<br>2 |\n')).toBe(
      '<h1 id="doc-a-b">A <em>b</em></h1>\n<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1<br>2</td>\n</tr>\n</tbody>\n</table>',
    )
    expect(render('```ts\nlet a\n```')).toContain('<code class="language-ts">')
  })

  it('loads nothing: an image is a link, and links tell nobody where they came from', () => {
    expect(render('![alt](https://x.example/i.png)')).toBe(
      '<p><a href="https://x.example/i.png" rel="noreferrer noopener nofollow">alt</a></p>',
    )
    expect(render('[![alt](https://x.example/i.png)](https://x.example)')).toBe(
      '<p><a href="https://x.example" rel="noreferrer noopener nofollow">alt</a></p>',
    )
  })

  it('keeps links within the page within it', () => {
    expect(render('# One\n\n# One\n\n[to](#one-1)')).toBe(
      '<h1 id="doc-one">One</h1>\n<h1 id="doc-one-1">One</h1>\n<p><a href="#doc-one-1">to</a></p>',
    )
    expect(render('a[^1]\n\n[^1]: note')).toMatch(/href="#doc-fn-1"[^]*id="doc-fn-1"/)
  })

  it('shows HTML instead of obeying it', () => {
    const html = render('<script>alert(1)</script>\n\nin <b onclick="x()">line</b>')
    expect(html).toContain('<p>&#x3C;script>alert(1)&#x3C;/script></p>')
    expect(html).toContain('in &#x3C;b onclick="x()">line&#x3C;/b>')
  })

  it('shows as it is what is nested too deeply', () => {
    expect(render(`${'>'.repeat(8000)}<i>`)).toMatch(/^<pre>(?:&gt;){8000}&lt;i&gt;<\/pre>$/)
  })

  it('never holds a script, a handler, an address that runs or a foreign id', () => {
    const hostile = fc.oneof(
      fc.constantFrom(
        '<script>',
        '</script>',
        '<img src=x onerror=alert(1)>',
        '<svg onload=alert(1)>',
        '<iframe srcdoc="<script>">',
        '<a href="javascript:alert(1)">',
        '[a](javascript:alert(1))',
        '[a](JaVaScRiPt&colon;alert(1))',
        '[a](&#106;avascript:alert(1))',
        '[a](data:text/html,<script>)',
        '[a](vbscript:x)',
        '<javascript:alert(1)>',
        '![a](javascript:alert(1))',
        '[r]: javascript:alert(1)\n\n[r]',
        '# constructor\n',
        '[^toString]\n\n[^toString]: x\n',
        '<style>*{}</style>',
        '<math><mtext></math><style>',
        '--><script>',
        '<form action=//x><input name=location>',
        '| a |\n| - |\n| <br onclick=x> |\n',
        '```js" onload="x\n```\n',
      ),
      fc.constantFrom('\n', '\n\n', '> ', '- ', '**', '`', '[', '](', ')', '<', '>', '&', '"', "'"),
      fc.string({ maxLength: 10 }),
    )
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 25 }), (pieces) => {
        for (const element of elements(parseHtml(render(pieces.join(''))))) check(element)
      }),
      { numRuns: 500 },
    )
  })
})

const FORBIDDEN =
  /^(?:script|style|iframe|img|svg|math|form|object|embed|link|base|meta|video|audio)$/

function check({ tagName, properties }: Element): void {
  expect(tagName).not.toMatch(FORBIDDEN)
  for (const [name, value] of Object.entries(properties)) {
    expect(name).not.toMatch(/^(?:on|style|src|action|formAction|name)/)
    if (name === 'id') expect(value).toMatch(new RegExp(`^${ID_PREFIX}`))
    if (name !== 'href') continue
    expect(value).toMatch(/^(?:https?:|mailto:|#doc-|[^:]*(?:[/?#]|$))/)
    if (!String(value).startsWith('#'))
      expect(properties.rel).toEqual(['noreferrer', 'noopener', 'nofollow'])
  }
}
