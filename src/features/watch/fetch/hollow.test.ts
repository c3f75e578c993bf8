import { describe, expect, it } from 'vitest'
import { fullness, visibleText } from './hollow.ts'

const page = (body: string): Buffer =>
  Buffer.from(`<!doctype html><html><head><title>A title</title></head><body>${body}</body></html>`)
const text = '<p>What a policy can say about this.</p>'.repeat(10)

describe('fullness', () => {
  it.each([
    ['text', text, 'full'],
    ['text and scripts', `<script>run()</script>${text}`, 'full'],
    ['a short page without scripts', '<p>Moved.</p>', 'full'],
    ['nothing, but no scripts either', '<div></div>', 'full'],
    ['a shell', '<div id="root"></div><script src="/app.js"></script>', 'hollow'],
    ['a shell that says so', '<noscript>Switch on scripts.</noscript><script>x</script>', 'hollow'],
    ['a shell with its data', `<script>${JSON.stringify({ text })}</script>`, 'hollow'],
    ['a line to wait by', '<p>Loading …</p><script>run()</script>', 'thin'],
    ['pictures', `<svg><text>${text}</text></svg><script>x</script>`, 'hollow'],
  ])('%s', (_name, body, wanted) => {
    expect(fullness(page(body))).toBe(wanted)
  })

  it('reads on past a long head', () => {
    expect(fullness(page(`<script>${'x'.repeat(200_000)}</script>${text}`))).toBe('full')
  })
})

describe('visibleText', () => {
  it('counts no further than asked, and no spaces', () => {
    expect(visibleText(page('<p>a b\n c</p>'), 100)).toEqual({ characters: 3, scripts: false })
    expect(visibleText(page(text), 20).characters).toBe(20)
  })

  it('is not confused by what was never opened or closed', () => {
    expect(visibleText(page('</script></style>seen<script>unseen'), 100)).toEqual({
      characters: 4,
      scripts: true,
    })
  })
})
