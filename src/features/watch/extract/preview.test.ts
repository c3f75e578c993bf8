import { afterAll, describe, expect, it } from 'vitest'
import { createPool } from '#kernel/pool.ts'
import { preview } from './preview.ts'
import { checkSelector } from './select.ts'
import { DEFAULT_SETTINGS } from './settings.ts'
import { extractInThread, previewInThread, renderInThread } from './thread.ts'

const input = (html: string, keep: readonly string[] = [], remove: readonly string[] = []) => ({
  bytes: Buffer.from(html),
  contentType: 'text/html',
  url: 'https://docs.example/a',
  settings: { ...DEFAULT_SETTINGS, keep, remove },
})

const page =
  '<body><main><h1>A</h1><p class="ad">Ad</p><p class="ad">Ad</p><button>Copy</button><h2>B <code>c</code></h2><p>Text <a href="/x">x</a></p></main></body>'

describe('a preview', () => {
  it('shows the text and what each selector did', () => {
    expect(preview(input(page, [], ['.ad', '.none']))).toMatchObject({
      ok: true,
      title: 'A',
      text: '# A\n\n## B `c`\n\nText [x](https://docs.example/x)\n',
      lines: 5,
      headings: [
        { level: 1, text: 'A' },
        { level: 2, text: 'B `c`' },
      ],
      links: 1,
      cut: false,
      outline: {
        kept: [{ selector: 'main', matches: 1 }],
        removed: [
          { selector: '.ad', matches: 2, sample: 'Ad' },
          { selector: '.none', matches: 0, sample: null },
        ],
        boilerplate: [{ what: 'button', count: 1 }],
      },
    })
  })

  it('cuts a long text at a line, and still counts all of them', () => {
    const long = preview(
      input(`<main>${'<p>some words that fill a line</p>'.repeat(10_000)}</main>`),
    )
    expect(long).toMatchObject({ ok: true, cut: true, lines: 19_999 })
    expect(long.ok && long.text.endsWith('line\n\n')).toBe(true)
  })

  it('is a failure where there is nothing to show', () => {
    expect(preview(input(page, ['.gone']))).toMatchObject({ ok: false, kind: 'selector_broken' })
  })

  it('judges a selector before it is saved', () => {
    expect(checkSelector('main > .a:not([hidden])')).toBeNull()
    expect(checkSelector('  ')).toBe('It is empty.')
    expect(checkSelector('a[[')).toMatch(/\.$/)
    expect(checkSelector('a:unknown(x)')).toMatch(/unknown/i)
    expect(checkSelector('a'.repeat(501))).toBe('It is longer than 500 characters.')
  })
})

describe('in a thread', () => {
  const pool = createPool({ size: 1 })
  afterAll(() => pool.close())

  it('gives what it gives here', async () => {
    expect(await extractInThread(pool, input(page))).toMatchObject({ ok: true, title: 'A' })
    expect(await previewInThread(pool, input(page))).toEqual(preview(input(page)))
    expect(await renderInThread(pool, '*a*')).toBe('<p><em>a</em></p>')
  })

  it('stops Markdown that takes too long and shows it as it is', async () => {
    const slow = '*a_'.repeat(30_000)
    expect(await renderInThread(pool, slow, 300)).toBe(`<pre>${slow}</pre>`)
  })
})
