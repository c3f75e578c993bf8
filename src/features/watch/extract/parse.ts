import type { Root } from 'hast'
import { fromParse5 } from 'hast-util-from-parse5'
import { type DefaultTreeAdapterMap, defaultTreeAdapter, parse } from 'parse5'
import { LIMITS, TooMuch } from './settings.ts'

type Parent = DefaultTreeAdapterMap['parentNode']
type Child = DefaultTreeAdapterMap['childNode']

/**
 * HTML as a tree no deeper than {@link LIMITS.depth}, as a browser would build it, in memory bounded
 * by {@link LIMITS.elements}. Throws {@link TooMuch}.
 *
 * parse5 itself and not rehype-parse, which gives no hand on the parser and keeps every position:
 * the bounds have to hold while parsing.
 */
export function parseHtml(html: string): Root {
  let made = 0
  let open = 0
  const document = parse(html, {
    treeAdapter: {
      ...defaultTreeAdapter,
      createElement(name, namespace, attributes) {
        if (++made > LIMITS.elements)
          throw new TooMuch(`It has more than ${LIMITS.elements} elements.`)
        return defaultTreeAdapter.createElement(name, namespace, attributes)
      },
      onItemPush() {
        if (++open > LIMITS.open)
          throw new TooMuch(`More than ${LIMITS.open} elements are open at once.`)
      },
      onItemPop() {
        open--
      },
    },
  })
  flatten(document, LIMITS.depth)
  return fromParse5(document) as Root
}

/** Puts what is nested deeper than `limit` into its ancestor at the limit, in order; no recursion. */
function flatten(document: Parent, limit: number): void {
  let level: Parent[] = [document]
  for (let depth = 1; depth < limit && level.length > 0; depth++) {
    const next: Parent[] = []
    for (const parent of level) {
      for (const child of parent.childNodes) if ('childNodes' in child) next.push(child)
      if ('content' in parent) next.push(parent.content)
    }
    level = next
  }
  for (const parent of level) if (parent.childNodes.some(hasChildren)) lift(parent)
}

/** Makes all that stands anywhere below `top` its children; of the elements the texts remain. */
function lift(top: Parent): void {
  const found: Child[] = []
  const waiting = [...top.childNodes].reverse()
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if ('content' in node || node.nodeName === 'script' || node.nodeName === 'style') continue
    if (!hasChildren(node)) found.push(node)
    else for (const child of [...node.childNodes].reverse()) waiting.push(child)
  }
  top.childNodes = found
}

const hasChildren = (node: Child): node is Child & Parent =>
  'childNodes' in node && node.childNodes.length > 0
