import type { Decoded } from './charset.ts'
import { addresses } from './head.ts'
import { EXTRACTORS, type Extracted, failure } from './result.ts'

/**
 * Markdown or another text as it was sent: nothing is changed, so that its lines are the vendor's
 * own. Title and links are read from Markdown only.
 */
export function extractPlain(
  { text, charset, warnings }: Decoded,
  url: string,
  kind: 'markdown' | 'text',
): Extracted {
  if (text.includes('\0'))
    return failure(
      'not_text',
      'There are NUL bytes in it: this is no text, or its encoding is named wrongly.',
      'Open the address in a browser and watch a page of text instead.',
    )
  if (text.replace(/^\uFEFF/, '').trim() === '')
    return failure(
      'empty',
      'The page was fetched, but there is no text in it.',
      'Open the address in a browser; the page may have been emptied for a while.',
    )
  const prose = kind === 'markdown' ? withoutFences(text) : ''
  return {
    ok: true,
    kind,
    text,
    title: titleOf(prose),
    extractor: EXTRACTORS[kind],
    canonical: null,
    links: addresses(hrefsOf(prose), url),
    markdownAlternate: null,
    noIndex: false,
    charset,
    warnings,
  }
}

/** The text without what stands in fences, where `#` is a comment and brackets are code. */
function withoutFences(text: string): string {
  const kept: string[] = []
  let fence: string | null = null
  for (const line of text.split(/\r\n?|\n/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence === null && mark !== undefined) fence = mark
    else if (fence === null) kept.push(line)
    else if (mark?.startsWith(fence) && line.trim() === mark) fence = null
  }
  return kept.join('\n')
}

/** The title of the front matter, else the first heading of the first level. */
function titleOf(prose: string): string | null {
  const front = /^\uFEFF?---[ \t]*\n([^]*?)\n---[ \t]*(?:\n|$)/.exec(prose.slice(0, 10_000))?.[1]
  const named = front === undefined ? undefined : /^title:[ \t]*(.+)$/m.exec(front)?.[1]
  const title =
    named?.trim().replace(/^(["'])(.*)\1$/, '$2') ?? /^\uFEFF? {0,3}#[ \t]+(.+)$/m.exec(prose)?.[1]
  return (
    title
      ?.replace(/[ \t]#+[ \t]*$/, '')
      .trim()
      .slice(0, 300) || null
  )
}

/** `[text](address)`, `[name]: address`, `<address>` and `href="address"`, in order. */
function* hrefsOf(prose: string): Generator<string> {
  const forms =
    /\]\([ \t]*<?([^\s<>()]+(?:\([^\s<>()]*\))?[^\s<>()]*)|^ {0,3}\[[^\]\n]{1,200}\]:[ \t]*<?([^\s<>]+)|<(https?:[^\s<>]+)>|\bhref=["']([^"'\s]+)/gm
  for (const match of prose.matchAll(forms)) {
    const groups: readonly (string | undefined)[] = match.slice(1)
    const href = groups.find((group) => group !== undefined)
    if (href !== undefined) yield href
  }
}
