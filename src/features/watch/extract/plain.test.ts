import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extract } from './extract.ts'
import { DEFAULT_SETTINGS } from './settings.ts'

const read = (
  bytes: Uint8Array | string,
  contentType: string | null,
  url = 'https://docs.example/a.md',
) => extract({ bytes: Buffer.from(bytes), contentType, url, settings: DEFAULT_SETTINGS })

describe('Markdown and plain text', () => {
  it('are kept byte for byte', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(text.replace(/^\uFEFF/, '').trim() !== '' && !text.includes('\0'))
        const page = read(`\uFEFF${text}\r\n`, 'text/markdown; charset=utf-8')
        expect(page).toMatchObject({ ok: true, kind: 'markdown', text: `\uFEFF${text}\r\n` })
      }),
    )
  })

  it('give their title and their links', () => {
    const page = `---
title: "Setup"
---
# Other
[a](b.md "t") and <https://x.example/c#d>, [paren](/w_(x)).

\`\`\`sh
# comment [no](no.md)
\`\`\`
[ref]: ../up
`
    expect(read(page, 'text/plain')).toMatchObject({
      kind: 'markdown',
      extractor: 'markdown-1',
      title: 'Setup',
      links: [
        'https://docs.example/b.md',
        'https://x.example/c',
        'https://docs.example/w_(x)',
        'https://docs.example/up',
      ],
    })
    expect(read('```\n# no\n```\n\n# Yes #\n', 'text/markdown')).toMatchObject({ title: 'Yes' })
  })

  it('are told from HTML by what they are, not by what they are called', () => {
    const html = '<!-- x -->\n<!doctype html><body><p>Not found</p></body>'
    expect(read(html, 'text/markdown')).toMatchObject({
      kind: 'html',
      warnings: [expect.stringContaining('sent as Markdown')],
    })
    expect(read('<div class="x">\n\n# A\n', 'text/html')).toMatchObject({
      kind: 'markdown',
      title: 'A',
    })
    expect(read('# A', 'application/octet-stream')).toMatchObject({ kind: 'markdown' })
    expect(read('{"a":1}', 'application/json', 'https://x.example/a')).toMatchObject({
      kind: 'text',
      extractor: 'text-1',
    })
    expect(read('<p>a', null, 'https://x.example/a')).toMatchObject({ kind: 'html' })
    expect(read('hello', null, 'https://x.example/a')).toMatchObject({ kind: 'text' })
  })
})

describe('the encoding', () => {
  const html = (head: string, body: Uint8Array) =>
    Buffer.concat([Buffer.from(`<!doctype html><head>${head}</head><body><p>`), body])

  it('comes from the mark, the header, the page, or the bytes', () => {
    const e = Buffer.from([0xe9])
    expect(
      read(html('', e), 'text/html; charset="iso-8859-1"', 'https://x.example/'),
    ).toMatchObject({
      text: 'é\n',
      charset: 'windows-1252',
    })
    expect(
      read(html('<meta charset="windows-1251">', e), 'text/html', 'https://x.example/'),
    ).toMatchObject({ text: 'й\n', charset: 'windows-1251' })
    expect(read(html('', e), 'text/html', 'https://x.example/')).toMatchObject({
      text: 'é\n',
      charset: 'windows-1252',
    })
    expect(read(html('', Buffer.from('é')), 'text/html', 'https://x.example/')).toMatchObject({
      text: 'é\n',
      charset: 'utf-8',
    })
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('# A', 'utf16le')])
    expect(read(utf16, 'text/markdown')).toMatchObject({ charset: 'utf-16le', title: 'A' })
  })

  it('is warned of where it does not fit', () => {
    expect(read(Buffer.from([0x61, 0xff]), 'text/plain; charset=utf-8')).toMatchObject({
      text: 'a\uFFFD',
      warnings: [expect.stringContaining('not valid UTF-8')],
    })
    expect(read('a', 'text/plain; charset=utf-8')).toMatchObject({ warnings: [] })
  })
})
