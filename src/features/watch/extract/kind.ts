import type { PageKind } from './result.ts'

export type Judged =
  | { readonly ok: true; readonly kind: PageKind; readonly warning: string | null }
  | { readonly ok: false; readonly format: string }

const MARKDOWN = new Set(['text/markdown', 'text/x-markdown', 'application/markdown'])
const HTML = new Set(['text/html', 'application/xhtml+xml'])
/** Types that servers give to files they know nothing about. */
const UNSURE = new Set(['', 'text/plain', 'application/octet-stream', 'binary/octet-stream'])
const TEXTUAL =
  /^(?:text\/.+|application\/(?:.+\+)?(?:json|xml|yaml|toml|javascript|x-yaml|x-sh|x-ndjson))$/

/** First bytes of formats that are no pages of text, whatever their header says. */
const MAGIC: readonly (readonly [prefix: string, format: string])[] = [
  ['%PDF-', 'a PDF document'],
  ['\x89PNG\r\n', 'a PNG image'],
  ['GIF8', 'a GIF image'],
  ['\xFF\xD8\xFF', 'a JPEG image'],
  ['PK\x03\x04', 'a ZIP archive or an office document'],
  ['\x1F\x8B', 'a gzip archive'],
  ['\x00asm', 'a WebAssembly module'],
]

/**
 * What a page is, by its first bytes, its content type and the end of its address, in the order in
 * which they can be trusted: vendors serve Markdown as `text/plain` or even `text/html`, and single
 * page applications answer HTML for any address.
 *
 * @param start the first 1,024 bytes or more, one character a byte
 */
export function judgeKind(start: string, contentType: string | null, url: string): Judged {
  const magic = MAGIC.find(([prefix]) => start.startsWith(prefix))
  if (magic) return { ok: false, format: magic[1] }
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const document =
    /^(?:\xEF\xBB\xBF)?\s*(?:<!--(?:(?!-->)[^])*-->\s*)*<(?:!doctype\s+html|html|head)\b/i.test(
      start,
    )
  const named = /\.(?:md|mdx|markdown)$/i.test(pathOf(url))

  if (MARKDOWN.has(type)) {
    return document
      ? sure('html', 'The page is sent as Markdown but is an HTML document; it was read as HTML.')
      : sure('markdown')
  }
  if (HTML.has(type)) {
    return named && !document
      ? sure('markdown', 'The page is sent as HTML but is Markdown; it was read as Markdown.')
      : sure('html')
  }
  if (UNSURE.has(type)) {
    if (document || (type === '' && /^\s*<[a-z!?]/i.test(start) && !named)) return sure('html')
    return sure(named ? 'markdown' : 'text')
  }
  return TEXTUAL.test(type) ? sure('text') : { ok: false, format: type }
}

const sure = (kind: PageKind, warning: string | null = null): Judged => ({
  ok: true,
  kind,
  warning,
})

const pathOf = (url: string): string => (URL.canParse(url) ? new URL(url).pathname : url)
