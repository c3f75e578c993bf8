import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extract } from './extract.ts'
import { DEFAULT_SETTINGS, type ExtractSettings } from './settings.ts'

const URL_OF_PAGE = 'https://docs.example/guide/things'

function read(html: string, settings: Partial<ExtractSettings> = {}) {
  return extract({
    bytes: Buffer.from(html),
    contentType: 'text/html; charset=utf-8',
    url: URL_OF_PAGE,
    settings: { ...DEFAULT_SETTINGS, ...settings },
  })
}

/** The text of a page whose `main` is given; fails on anything but a page. */
function textOf(main: string, settings?: Partial<ExtractSettings>): string {
  const page = read(`<!doctype html><body><main>${main}</main></body>`, settings)
  if (!page.ok) throw new Error(page.message)
  return page.text
}

describe('what is kept of a page', () => {
  const page = `<!doctype html><html><head><title>Things – Docs</title>
    <link rel="canonical" href="/guide/things/"><meta name="robots" content="noindex, follow">
    <link rel="alternate" type="text/markdown" href="things.md"></head>
    <body><header>Brand</header><nav><a href="/a#x">A</a><a href="/a">A</a></nav>
    <main><nav>Crumbs</nav><h1>Things</h1><p class="old">Old.</p><article><p>New.</p></article></main>
    <footer>Imprint <a href="mailto:a@b.example">mail</a></footer><script>go()</script></body></html>`

  it('is main without navigation, with what the head says', () => {
    expect(read(page)).toEqual({
      ok: true,
      kind: 'html',
      text: '# Things\n\nOld.\n\nNew.\n',
      title: 'Things',
      extractor: 'html-1',
      canonical: 'https://docs.example/guide/things/',
      links: ['https://docs.example/a'],
      markdownAlternate: 'https://docs.example/guide/things.md',
      noIndex: true,
      charset: 'utf-8',
      warnings: [],
    })
  })

  it('is what the selectors say', () => {
    expect(read(page, { keep: ['article', 'h1'] })).toMatchObject({ text: '# Things\n\nNew.\n' })
    expect(read(page, { remove: ['main > .old'] })).toMatchObject({ text: '# Things\n\nNew.\n' })
    expect(read(page, { keep: ['main', 'article'] })).toMatchObject({
      text: '# Things\n\nOld.\n\nNew.\n',
    })
  })

  it('says which selector is broken and why', () => {
    expect(read(page, { keep: ['.gone'] })).toMatchObject({ ok: false, kind: 'selector_broken' })
    expect(read(page, { keep: ['main'], remove: ['body'] })).toMatchObject({
      message: 'The selector main matched only what is removed on this page.',
    })
    const unreadable = read(page, { remove: ['p', 'a[['] })
    expect(unreadable).toMatchObject({ ok: false, kind: 'selector_broken' })
    expect(unreadable).toHaveProperty('message', expect.stringContaining('The selector a[[ cannot'))
    expect(read(page, { keep: ['article', '.gone'] })).toMatchObject({
      ok: true,
      warnings: ['The selector .gone to keep matched nothing.'],
    })
  })

  it('is the body without its frame where there is no main', () => {
    const bare = '<body><header>Brand</header><article><header><h1>A</h1></header></article></body>'
    expect(read(bare)).toMatchObject({ text: '# A\n' })
    expect(read('<body><header>Brand</header><p>Text</p><footer>F</footer>')).toMatchObject({
      text: 'Text\n',
    })
  })
})

describe('code', () => {
  it('keeps the language wherever a highlighter puts it', () => {
    const sphinx =
      '<div class="highlight-python notranslate"><div class="highlight"><pre><span></span><span>def</span> f():\n    <span>pass</span>\n</pre></div></div>'
    expect(textOf(sphinx)).toBe('```python\ndef f():\n    pass\n```\n')
    expect(textOf('<pre><code class="hljs rust">fn</code></pre>')).toBe('```rust\nfn\n```\n')
    expect(textOf('<pre data-language="ts"><code>let</code></pre>')).toBe('```ts\nlet\n```\n')
    expect(textOf('<div class="highlight highlight-source-js"><pre>a</pre></div>')).toBe(
      '```js\na\n```\n',
    )
    expect(
      textOf('<div class="highlight-default"><div class="highlight"><pre>a</pre></div></div>'),
    ).toBe('```\na\n```\n')
  })

  it('reads lines that are elements, with or without breaks of their own', () => {
    const shiki =
      '<pre class="shiki"><button>Copy</button><code class="language-sh"><span class="line">a</span>\n<span class="line"></span>\n<span class="line">b</span></code></pre>'
    const docusaurus =
      '<pre class="prism-code language-sh"><code><span class="token-line">a<br></span><span class="token-line"><br></span><span class="token-line">b<br></span></code></pre>'
    const bare =
      '<pre class="language-sh"><div class="line">a</div><div class="line"></div><div class="line">b</div></pre>'
    for (const html of [shiki, docusaurus, bare]) expect(textOf(html)).toBe('```sh\na\n\nb\n```\n')
  })

  it('splits one block in two dialects, and drops line numbers', () => {
    const node =
      '<pre><input type="checkbox"><code class="language-mjs">import x</code><code class="language-cjs">require(x)</code><button class="copy-button">copy</button></pre>'
    expect(textOf(node)).toBe('```mjs\nimport x\n```\n\n```cjs\nrequire(x)\n```\n')
    const numbered =
      '<table class="highlighttable"><tr><td class="linenos"><pre>1\n2</pre></td><td class="code"><pre><code class="language-c">int a;\nint b;</code></pre></td></tr></table>'
    expect(textOf(numbered)).toBe('```c\nint a;\nint b;\n```\n')
  })
})

describe('structure', () => {
  it('drops the signs that link a heading to itself, in every dialect', () => {
    for (const sign of [
      '<a class="headerlink" href="#x" title="Link">¶</a>',
      '<span><a class="mark" href="#x" id="x">#</a></span>',
      '<a class="hash-link" href="#x" aria-label="Direct link">\u200B</a>',
      '<a href="#x" aria-label="Navigate"><svg><title>Link</title></svg></a>',
    ])
      expect(textOf(`<h2>Head${sign}</h2>`)).toBe('## Head\n')
    expect(textOf('<h2><a href="#x">Head</a></h2>')).toBe('## Head\n')
    expect(textOf('<h2><a href="/x">Head</a></h2>')).toBe('## [Head](https://docs.example/x)\n')
  })

  it('keeps nested lists, definitions and task lists', () => {
    expect(textOf('<ul><li>a<ul><li>b<ol><li>c</li><li>d</li></ol></li></ul></li></ul>')).toBe(
      '- a\n  - b\n    1. c\n    1. d\n',
    )
    expect(
      textOf('<dl><dt>f(x)<a class="headerlink" href="#f">¶</a></dt><dd><p>Does.</p></dd></dl>'),
    ).toBe('- f(x)\n\n  Does.\n')
    expect(textOf('<ul><li><input type="checkbox" checked> a</li></ul>')).toBe('- [x] a\n')
  })

  it('labels the panels of tabs, also the hidden ones', () => {
    const tabs =
      '<div><ul role="tablist"><li role="tab">npm</li><li role="tab">pnpm</li></ul><div role="tabpanel"><p>a</p></div><div role="tabpanel" hidden><p>b</p></div></div>'
    expect(textOf(tabs)).toBe('**npm**\n\na\n\n**pnpm**\n\nb\n')
    const named =
      '<div role="tablist"><button role="tab" aria-controls="two">2</button><button role="tab" aria-controls="one">1</button></div><div role="tabpanel" id="one">a</div><div role="tabpanel" id="two">b</div>'
    expect(textOf(named)).toBe('**1**\n\na\n\n**2**\n\nb\n')
  })

  it('keeps what can be unfolded and drops what is hidden or only for control', () => {
    expect(textOf('<details><summary>More</summary><p>Inside.</p></details>')).toBe(
      'More\n\nInside.\n',
    )
    expect(textOf('<h3><button aria-expanded="false">Why?</button></h3><p>So.</p>')).toBe(
      '### Why?\n\nSo.\n',
    )
    expect(
      textOf(
        '<p>a<button>Copy</button><span class="sr-only"> link</span><span hidden>x</span></p><select><option>v1</option></select>',
      ),
    ).toBe('a\n')
  })

  it('writes links and images whole, and none that runs a script', () => {
    const html =
      '<p><a href="../b?utm_source=c">b</a> <a href="#here">here</a> <a href="javascript:x()">js</a> <a name="n">n</a> <img src="i.png" alt="An  image"> <img src="data:image/png;base64,AA" alt="inline"></p>'
    expect(textOf(html)).toBe(
      '[b](https://docs.example/b?utm_source=c) [here](#here) js n ![An image](https://docs.example/guide/i.png) inline\n',
    )
    expect(textOf(html, { absoluteLinks: false })).toContain('[b](../b?utm_source=c)')
  })

  it('reads addresses that are scrambled anew for each request', () => {
    // "a@b.c" under two keys.
    const scrambled = (key: number) =>
      Buffer.from([key, ...Buffer.from('a@b.c').map((byte) => byte ^ key)]).toString('hex')
    const page = (key: number) =>
      textOf(
        `<p>Write to <a href="/cdn-cgi/l/email-protection#${scrambled(key)}"><span class="__cf_email__" data-cfemail="${scrambled(key)}">[email&#160;protected]</span></a></p>`,
      )
    expect(page(0x54)).toBe('Write to a\\@b.c\n')
    expect(page(0x54)).toBe(page(0x21))
  })
})

describe('tables', () => {
  const table = (cell: string) =>
    textOf(
      `<table><thead><tr><th>Key</th><th>Meaning</th></tr></thead><tbody>${[
        'one',
        'two',
        cell,
        'four',
      ]
        .map((value) => `<tr><td><code>${value}</code></td><td>is ${value}</td></tr>`)
        .join('')}</tbody></table>`,
    )

  it('change by one line when a cell grows wider than its column', () => {
    const before = table('three').split('\n')
    const after = table('a much longer name than all the others').split('\n')
    expect(after).toHaveLength(before.length)
    expect(after.filter((line, i) => line !== before[i])).toHaveLength(1)
  })

  it('keep the blocks of a cell apart', () => {
    const cells =
      '<td><p>f(<code>a|b</code>)</p><p>Does.</p></td><td>x<br>y<ul><li>p</li><li>q</li></ul><pre>r\ns</pre></td>'
    expect(textOf(`<table><tr><th>A</th><th>B</th></tr><tr>${cells}</tr></table>`)).toBe(
      '| A | B |\n| - | - |\n| f(`a\\|b`)<br>Does. | x<br>y<br>• p<br>• q<br>`r`<br>`s` |\n',
    )
  })

  it('that only place things are dissolved; captions stay', () => {
    expect(
      textOf('<table role="presentation"><tr><td>a</td><td><h2>b</h2></td></tr></table>'),
    ).toBe('a\n\n## b\n')
    expect(textOf('<table><caption>Cap</caption><tr><th>a</th><td>b</td></tr></table>')).toBe(
      'Cap\n\n| a | b |\n| - | - |\n',
    )
  })

  it('do not believe spans', () => {
    const row = '<tr><td colspan="1000000000" rowspan="1000000000">x</td></tr>'
    expect(textOf(`<table><tr><th>a</th></tr>${row.repeat(500)}</table>`).length).toBeLessThan(
      100_000,
    )
  })
})

describe('what cannot be taken', () => {
  const answer = (bytes: Uint8Array | string, contentType: string | null, url = URL_OF_PAGE) =>
    extract({ bytes: Buffer.from(bytes), contentType, url, settings: DEFAULT_SETTINGS })

  it('says what it is instead', () => {
    expect(answer('%PDF-1.7', 'text/html')).toMatchObject({ kind: 'changed_kind' })
    expect(answer('x', 'application/pdf')).toMatchObject({
      kind: 'changed_kind',
      message: 'The address answers with application/pdf, not with a page of text.',
    })
    expect(answer('', 'text/html')).toMatchObject({ kind: 'empty' })
    expect(answer('<body><nav>Menu</nav></body>', 'text/html')).toMatchObject({ kind: 'empty' })
    expect(answer(' \n', 'text/markdown')).toMatchObject({ kind: 'empty' })
    expect(answer('a\0b', 'text/plain')).toMatchObject({ kind: 'not_text' })
  })

  it('tells a page that needs a browser from one that is short', () => {
    const shell = (inside: string) =>
      answer(
        `<body><div id="root">${inside}</div><script src="/app.js"></script></body>`,
        'text/html',
      )
    expect(shell('')).toMatchObject({ kind: 'no_content' })
    expect(shell('Loading…')).toMatchObject({ kind: 'no_content' })
    expect(shell('<p>Moved to the handbook.</p>')).toMatchObject({ ok: true })
    expect(
      answer(
        '<body><p>You need to enable JavaScript.</p><script src="a.js"></script>',
        'text/html',
      ),
    ).toMatchObject({ kind: 'no_content' })
    expect(answer('<body><p>Short.</p><script src="a.js"></script>', 'text/html')).toMatchObject({
      ok: true,
      text: 'Short.\n',
    })
  })

  it('is refused within its bounds', () => {
    expect(answer(new Uint8Array(10_000_001), 'text/html')).toMatchObject({ kind: 'unreadable' })
    expect(answer('<div>'.repeat(200_000), 'text/html')).toMatchObject({ kind: 'unreadable' })
    expect(answer('<b></b>'.repeat(400_001), 'text/html')).toMatchObject({ kind: 'unreadable' })
    const quoted = `${'<blockquote>'.repeat(500)}<pre>${'\n'.repeat(3_000_000)}x</pre>`
    expect(answer(quoted, 'text/html')).toMatchObject({ kind: 'unreadable' })
  })

  it('is not a page nested a hundred thousand deep: its text is kept', () => {
    expect(answer(`${'<div>'.repeat(100_000)}deep`, 'text/html')).toMatchObject({ text: 'deep\n' })
    expect(answer(`${'<ul><li>'.repeat(5000)}deep`, 'text/html')).toMatchObject({
      text: expect.stringMatching(/^(?:- )+deep\n$/),
    })
  })

  it('is never thrown, and what is given is the same each time', () => {
    const tags =
      'a b p pre code table tr td th ul ol li dl dt dd div span h1 h2 br img input details summary blockquote template svg math select option'.split(
        ' ',
      )
    const tag = fc.constantFrom(...tags)
    const piece = fc.oneof(
      tag.map((name) => `<${name}>`),
      tag.map((name) => `</${name}>`),
      fc.constantFrom(
        '<td colspan=3 rowspan=99>',
        '<a href="#x">',
        '<a href=/y>',
        '<pre><code class=language-x>',
        '<i role=tablist>',
        '<i role=tab>',
        '<i role=tabpanel hidden>',
        '<li><input type=checkbox>',
        '<img alt=x src=y>',
        '<base href=//z>',
      ),
      fc.string({ maxLength: 12 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const html = `<body>${pieces.join('')}`
        const once = read(html)
        expect(read(html)).toEqual(once)
        if (once.ok) expect(once.text).toMatch(/\S[^]*\n$/)
      }),
      { numRuns: 300 },
    )
  })
})
