import type { Root } from 'hast'
import { LIMITS } from './settings.ts'
import { attribute, elements, lineOf } from './tree.ts'

/** What a page says about itself and where it points to; addresses are absolute http(s). */
export interface Head {
  /** What relative addresses are read against: `<base href>`, else the page's own. */
  readonly base: string
  readonly title: string | null
  readonly canonical: string | null
  readonly markdownAlternate: string | null
  readonly noIndex: boolean
  readonly links: readonly string[]
}

const MARKDOWN = new Set(['text/markdown', 'text/x-markdown'])

export function readHead(tree: Root, url: string): Head {
  let base: string | null = null
  let title: string | null = null
  let canonical: string | null = null
  let markdownAlternate: string | null = null
  let noIndex = false
  const hrefs: string[] = []

  for (const element of elements(tree)) {
    const href = attribute(element, 'href')
    switch (element.tagName) {
      case 'base':
        base ??= absolute(href, url)
        break
      case 'title':
        title ??= lineOf(element) || null
        break
      case 'meta':
        if (/^(?:robots|googlebot)$/i.test(attribute(element, 'name') ?? ''))
          noIndex ||= /\b(?:noindex|none)\b/i.test(attribute(element, 'content') ?? '')
        break
      case 'link': {
        const rel = (attribute(element, 'rel') ?? '').toLowerCase().split(/\s+/)
        const type = (attribute(element, 'type') ?? '').toLowerCase()
        if (rel.includes('canonical')) canonical ??= href
        if (rel.includes('alternate') && MARKDOWN.has(type)) markdownAlternate ??= href
        break
      }
      case 'a':
      case 'area':
        if (href !== null) hrefs.push(href)
    }
  }
  base ??= url
  return {
    base,
    title,
    canonical: absolute(canonical, base),
    markdownAlternate: absolute(markdownAlternate, base),
    noIndex,
    links: addresses(hrefs, base),
  }
}

/** Addresses that lead somewhere, absolute and without fragment, each once, in order. */
export function addresses(hrefs: Iterable<string>, base: string): readonly string[] {
  const found = new Set<string>()
  for (const href of hrefs) {
    const address = absolute(href, base)
    if (address === null) continue
    found.add(address.replace(/#.*$/s, ''))
    if (found.size >= LIMITS.links) break
  }
  return [...found]
}

/** An http(s) address in full, null for anything else (`mailto:`, `javascript:`, nonsense). */
export function absolute(href: string | null, base: string): string | null {
  if (href === null) return null
  const url = URL.parse(href, base)
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null
}
