/** What a page was before it became text: `html` means that `text` is Markdown made from HTML. */
export type PageKind = 'markdown' | 'html' | 'text'

/**
 * The extractor of each kind, recorded with every version made by it. A number goes up when the same
 * bytes and settings would give another text, so that history is made again instead of being
 * compared across the change.
 */
export const EXTRACTORS = {
  html: 'html-1',
  markdown: 'markdown-1',
  text: 'text-1',
} as const satisfies Record<PageKind, string>

export interface ExtractedPage {
  readonly ok: true
  readonly kind: PageKind
  /** Markdown for `html` and `markdown`; the decoded bytes, unchanged, for `markdown` and `text`. */
  readonly text: string
  readonly title: string | null
  /** One of {@link EXTRACTORS}. */
  readonly extractor: string
  /** Where the page says it stands, absolute. */
  readonly canonical: string | null
  /** Addresses (http and https, without fragment) that the whole page links to, each once, in order. */
  readonly links: readonly string[]
  /** The page's own Markdown edition, where it names one. */
  readonly markdownAlternate: string | null
  /** The page asks not to be indexed. */
  readonly noIndex: boolean
  /** The encoding the bytes were read in, as WHATWG names it: `utf-8`, `windows-1252` … */
  readonly charset: string
  /** Sentences for a person: what was unclear and what was done about it. */
  readonly warnings: readonly string[]
}

/**
 * `empty`: no text. `no_content`: no text, but scripts that would bring it. `changed_kind`: another
 * format than a page of text (a PDF, an image). `not_text`: bytes that are not text in any encoding
 * named. `selector_broken`: a selector cannot be read, or nothing to keep was found.
 * `unreadable`: larger or more entangled than is taken in.
 */
export type ExtractFailureKind =
  'empty' | 'changed_kind' | 'no_content' | 'selector_broken' | 'not_text' | 'unreadable'

export interface ExtractFailure {
  readonly ok: false
  readonly kind: ExtractFailureKind
  readonly message: string
  readonly remedy: string
}

export type Extracted = ExtractedPage | ExtractFailure

export const failure = (
  kind: ExtractFailureKind,
  message: string,
  remedy: string,
): ExtractFailure => ({ ok: false, kind, message, remedy })

/** What is answered for a page that is beyond the bounds, and for one that took too long. */
export const tooMuch = (why: string): ExtractFailure =>
  failure(
    'unreadable',
    `The page is more entangled than any page of text: ${why}`,
    'Look at the page in a browser; select the part that matters, or exclude the address.',
  )
