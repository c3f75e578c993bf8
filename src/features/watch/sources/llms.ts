import { collectPages, type Pages, refuse, type SourceFailure } from './found.ts'

/** Characters of an llms.txt that are read; the longest known index has some hundred thousand. */
const MAX_LLMS = 10_000_000

/**
 * The pages of an `llms.txt` (https://llmstxt.org): its Markdown links in order with their titles,
 * and lines that are only an address. Never throws.
 *
 * @param prefix of the page paths, see pagePath
 */
export function parseLlmsTxt(
  text: string,
  baseUrl: string,
  prefix: string | null = null,
): Pages | SourceFailure {
  if (text.length > MAX_LLMS)
    return refuse(
      'too_large',
      `The list has more than ${MAX_LLMS} characters.`,
      'Use llms.txt, the list of pages, and not llms-full.txt, their text.',
    )
  if (/^\uFEFF?\s*<(?:!doctype|html)\b/i.test(text))
    return refuse(
      'wrong_kind',
      'The address answers with an HTML page, not with a list of links.',
      'Open the address in a browser; the site may have no llms.txt.',
    )
  return collectPages(linksOf(text), baseUrl, prefix)
}

function* linksOf(
  text: string,
): Generator<{ href: string | undefined; title?: string | undefined }> {
  // The end of `[title](address "…")`; or a line that is an address.
  const forms =
    /\]\([ \t]*<?([^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)?)|^[ \t]*(?:[-*+][ \t]+)?<?(https?:\/\/[^\s<>]+)>?[ \t]*$/gm
  for (const match of text.matchAll(forms)) {
    const [href, bare]: readonly (string | undefined)[] = match.slice(1)
    if (href === undefined) yield { href: bare }
    else yield { href, title: titleBefore(text, match.index) }
  }
}

/** Characters of a title that are looked through: a bound on the time a list made for it takes. */
const MAX_TITLE = 300

/** What stands between the bracket at `end` and the one that opens it, on the same line. */
function titleBefore(text: string, end: number): string | undefined {
  let open = 1
  for (let at = end - 1; at >= Math.max(0, end - MAX_TITLE); at--) {
    const character = text[at]
    if (character === '\n') return undefined
    if (text[at - 1] === '\\') continue
    if (character === ']') open++
    if (character === '[' && --open === 0)
      return text.slice(at + 1, end).replace(/\\([^\w\s])/g, '$1')
  }
  return undefined
}
