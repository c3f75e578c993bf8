import type { Element, ElementContent, Parents } from 'hast'
import { absolute } from './head.ts'
import { attribute, make, rewrite, text } from './tree.ts'

/**
 * Writes the links and images of a page as they are to be kept: whole addresses where `whole` says
 * so (a link within the page stays `#there`), no link that leads nowhere or runs a script, no image
 * that stands in the page itself as megabytes of base64. Tracking parameters stay: dropping them is
 * for addresses that are fetched.
 */
export function plainLinks(tree: Parents, base: string, whole: boolean): void {
  rewrite(tree, (element) => {
    if (element.tagName === 'a') return link(element, base, whole)
    if (element.tagName === 'img') return image(element, base, whole)
    if (/^(?:iframe|video|audio)$/.test(element.tagName)) return embedded(element, base)
    return undefined
  })
}

function link(element: Element, base: string, whole: boolean): readonly ElementContent[] {
  const href = attribute(element, 'href')?.trim() ?? ''
  const empty = element.children.length === 0
  if (empty || href === '' || !isSafe(href, base)) return element.children
  const url = whole && !href.startsWith('#') ? (URL.parse(href, base)?.href ?? href) : href
  return [make('a', element.children, { href: url })]
}

/** Of what stays a link: addresses that a person can follow. */
function isSafe(href: string, base: string): boolean {
  const protocol = URL.parse(href, base)?.protocol
  return protocol !== undefined && /^(?:https?|mailto|tel|ftp|vscode|slack):$/.test(protocol)
}

function image(element: Element, base: string, whole: boolean): readonly ElementContent[] {
  const alt = attribute(element, 'alt')?.replace(/\s+/g, ' ').trim() ?? ''
  // Images that load late keep their address aside.
  const sources = ['src', 'dataSrc', 'dataOriginal'].map((name) => attribute(element, name))
  const src = sources.find((one) => one !== null && absolute(one, base) !== null) ?? null
  if (src === null) return alt === '' ? [] : [text(alt)]
  return [make('img', [], { src: whole ? (absolute(src, base) ?? src) : src, alt })]
}

/** A player or a frame becomes a link to what it shows. */
function embedded(element: Element, base: string): readonly ElementContent[] {
  const inner = element.children.find((c) => c.type === 'element' && c.tagName === 'source')
  const src = [element, inner]
    .map((one) => (one?.type === 'element' ? attribute(one, 'src') : null))
    .find((one) => one !== null)
  const url = absolute(src ?? null, base)
  if (url === null) return []
  return [make('a', [text(attribute(element, 'title') ?? url)], { href: url })]
}
