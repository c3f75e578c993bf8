import type { Element, Nodes, Parents, Root } from 'hast'
import { defaultHandlers, type Options, toMdast } from 'hast-util-to-mdast'
import type { Root as Markdown } from 'mdast'
import remarkGfm from 'remark-gfm'
import remarkStringify from 'remark-stringify'
import { unified } from 'unified'
import { inlineCell } from './cells.ts'
import { LIMITS, TooMuch } from './settings.ts'
import { attribute, rewrite, textOf } from './tree.ts'

type Handlers = NonNullable<Options['handlers']>

const handlers = {
  pre: (_, element: Element) => ({
    type: 'code',
    lang: attribute(element, 'dataLanguage'),
    meta: null,
    value: textOf(element),
  }),
  li: item,
  td: cell,
  th: cell,
} satisfies Handlers

function cell(...[state, element]: Parameters<typeof defaultHandlers.td>) {
  const made = defaultHandlers.td(state, element)
  made.children = inlineCell(made.children)
  return made
}

/**
 * A list is spread out with blank lines only where an item has several blocks of its own. The
 * library also does it for `<li><p>` and where a list in an item gets a second item, so that one new
 * line would move all the others apart.
 */
function item(...[state, element]: Parameters<typeof defaultHandlers.li>) {
  const made = defaultHandlers.li(state, element)
  made.spread = made.children.filter((child) => child.type !== 'list').length > 1
  return made
}

/**
 * The fixed way of writing. Tables are not padded: padding makes one longer cell a change of every
 * row (13 lines against 1, measured on a reference table). List items all have the same number, so
 * that a new step changes one line; Markdown counts by itself.
 */
const writer = unified().use(remarkGfm, { tablePipeAlign: false }).use(remarkStringify, {
  bullet: '-',
  bulletOther: '*',
  emphasis: '*',
  strong: '*',
  fence: '`',
  fences: true,
  incrementListMarker: false,
  listItemIndent: 'one',
  resourceLink: false,
  rule: '-',
  ruleRepetition: 3,
  setext: false,
  tightDefinitions: true,
})

/** A tree of content as Markdown that ends with a line break; empty when it says nothing. */
export function toMarkdown(tree: Root): string {
  joinTexts(tree)
  tidyText(tree)
  boundContainers(tree)
  boundText(tree)
  const text = writer.stringify(toMdast(tree, { document: true, handlers }) as Markdown)
  return text.trim() === '' ? '' : text
}

/** Elements that Markdown has no word for and that stand within a line. */
const PASSIVE = new Set(
  'abbr acronym bdi bdo big cite data dfn font ins label nobr output small span sub sup time'.split(
    ' ',
  ),
)

/**
 * Makes one text of what is one text. Not only for speed: the conversion looks through all the text
 * before it for each piece it joins (40,000 words in elements of their own: 26 s, joined 0.1 s).
 */
function joinTexts(tree: Root): void {
  rewrite(tree, (element) => {
    joinChildren(element)
    return PASSIVE.has(element.tagName) ? element.children : undefined
  })
  joinChildren(tree)
}

function joinChildren(parent: Parents): void {
  const joined: Nodes[] = []
  let pieces: string[] = []
  for (const child of parent.children) {
    if (child.type === 'text') {
      pieces.push(child.value)
      continue
    }
    if (pieces.length > 0) joined.push({ type: 'text', value: pieces.join('') })
    pieces = []
    joined.push(child)
  }
  if (pieces.length > 0) joined.push({ type: 'text', value: pieces.join('') })
  parent.children = joined as Element['children']
}

/**
 * Characters that nobody sees are dropped and no-break spaces are spaces, outside of code: they come
 * and go with the machine that makes a page.
 */
function tidyText(node: Nodes): void {
  if (node.type === 'text')
    node.value = node.value.replace(/[\u200B\u2060\uFEFF\u00AD]/g, '').replace(/\u00A0/g, ' ')
  if (!('children' in node) || (node.type === 'element' && node.tagName === 'pre')) return
  for (const child of node.children) tidyText(child)
}

const INDENTING = new Set(['ul', 'ol', 'dl', 'blockquote', 'dir'])

/** Lists and quotes beyond the limit lose themselves, not their content. */
function boundContainers(tree: Root): void {
  rewrite(tree, (element, ancestors) => {
    if (!INDENTING.has(element.tagName)) return undefined
    const around = ancestors.filter((a) => a.type === 'element' && INDENTING.has(a.tagName))
    return around.length < LIMITS.containers ? undefined : element.children
  })
}

/** Refuses what would be too long when written, with the indentation that each line brings. */
function boundText(tree: Root): void {
  let size = 0
  const visit = (node: Nodes, indent: number): void => {
    if (node.type === 'text') {
      size += node.value.length
      if (indent > 0) size += indent * (node.value.split('\n').length - 1)
      if (size > LIMITS.text)
        throw new TooMuch(`Its text is longer than ${LIMITS.text} characters.`)
    }
    if (!('children' in node)) return
    const deeper = node.type === 'element' && INDENTING.has(node.tagName) ? indent + 3 : indent
    for (const child of node.children) visit(child, deeper)
  }
  visit(tree, 0)
}
