import { type ExtractInput, extractWithOutline } from './extract.ts'
import type { Outline } from './html.ts'
import type { ExtractFailure, PageKind } from './result.ts'

/** What a live preview shows of one page and the settings being tried. */
export type Preview =
  | {
      readonly ok: true
      readonly kind: PageKind
      readonly title: string | null
      readonly extractor: string
      readonly charset: string
      /** At most {@link PREVIEW_CHARACTERS}, cut at the end of a line. */
      readonly text: string
      readonly cut: boolean
      readonly lines: number
      /** The headings of the text, to see at a glance whether the right part was taken. */
      readonly headings: readonly { readonly level: number; readonly text: string }[]
      /** How many links the page has: what link-following would see. */
      readonly links: number
      readonly markdownAlternate: string | null
      readonly warnings: readonly string[]
      /** Null for a page that is taken as it is. */
      readonly outline: Outline | null
    }
  | (ExtractFailure & { readonly outline: Outline | null })

export const PREVIEW_CHARACTERS = 200_000

/** {@link extractWithOutline} in the form that a screen shows. */
export function preview(input: ExtractInput): Preview {
  const { extracted, outline } = extractWithOutline(input)
  if (!extracted.ok) return { ...extracted, outline }
  const { kind, title, extractor, charset, text, markdownAlternate, warnings } = extracted
  const cut = text.length > PREVIEW_CHARACTERS
  return {
    ok: true,
    kind,
    title,
    extractor,
    charset,
    text: cut ? upToLine(text, PREVIEW_CHARACTERS) : text,
    cut,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    headings: kind === 'text' ? [] : headingsOf(text),
    links: extracted.links.length,
    markdownAlternate,
    warnings,
    outline,
  }
}

function upToLine(text: string, limit: number): string {
  const end = text.lastIndexOf('\n', limit - 1)
  return text.slice(0, end === -1 ? limit : end + 1)
}

/** The first 500 headings that begin with `#`, fences left out. */
function headingsOf(text: string): readonly { level: number; text: string }[] {
  const found: { level: number; text: string }[] = []
  let fenced = false
  for (const line of text.split('\n')) {
    if (/^ {0,3}(?:```|~~~)/.test(line)) fenced = !fenced
    const [, marks, title] = (!fenced && /^(#{1,6})[ \t]+(.+)$/.exec(line)) || []
    if (marks !== undefined && title !== undefined)
      found.push({ level: marks.length, text: title.trim().slice(0, 200) })
    if (found.length === 500) break
  }
  return found
}
