/** Small steps over a hast tree, whose depth parse.ts has bounded. */
import type { Element, ElementContent, Nodes, Parents, RootContent } from 'hast'

type Inside = ElementContent | RootContent

/**
 * Puts something else in the place of elements, from the leaves up: what `change` gives is put in
 * the element's place, `undefined` leaves it, `[]` drops it. `before` is asked on the way down:
 * false leaves all that is inside alone.
 */
export function rewrite(
  parent: Parents,
  change: (
    element: Element,
    ancestors: readonly Parents[],
  ) => readonly ElementContent[] | undefined,
  before: (element: Element) => boolean = () => true,
): void {
  const ancestors: Parents[] = []
  const visit = (node: Parents): void => {
    ancestors.push(node)
    let changed: Inside[] | undefined
    for (const [i, child] of node.children.entries()) {
      let put: readonly Inside[] | undefined
      if (child.type === 'element') {
        if (before(child)) visit(child)
        put = change(child, ancestors)
      }
      if (put !== undefined) changed ??= node.children.slice(0, i)
      if (put === undefined) changed?.push(child)
      else for (const one of put) changed?.push(one)
    }
    if (changed !== undefined) node.children = changed
    ancestors.pop()
  }
  visit(parent)
}

/** Every element below `node` in document order; `enter` false leaves out what is inside one. */
export function* elements(
  node: Nodes,
  enter: (element: Element) => boolean = () => true,
): Generator<Element> {
  const waiting: Inside[] = 'children' in node ? [...node.children].reverse() : []
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.type !== 'element') continue
    yield next
    if (enter(next))
      for (let i = next.children.length; i-- > 0;) waiting.push(...next.children.slice(i, i + 1))
  }
}

export const has = (node: Nodes, names: ReadonlySet<string>): boolean => {
  for (const element of elements(node)) if (names.has(element.tagName)) return true
  return false
}

/** All text below a node as it stands, scripts and styles left out. */
export function textOf(node: Nodes): string {
  if (node.type === 'text') return node.value
  if (!('children' in node)) return ''
  if (node.type === 'element' && UNSEEN.has(node.tagName)) return ''
  let text = ''
  for (const child of node.children) text += textOf(child)
  return text
}

/** The same with every run of white space as one space. */
export const lineOf = (node: Nodes): string => textOf(node).replace(/\s+/g, ' ').trim()

const UNSEEN = new Set(['script', 'style', 'template', 'noscript'])

export const classes = (element: Element): readonly string[] =>
  Array.isArray(element.properties.className) ? element.properties.className.map(String) : []

/** An attribute as text (`ariaHidden`, `dataLanguage`: hast's names), null when it is absent. */
export function attribute(element: Element, name: string): string | null {
  const value = element.properties[name]
  if (value === null || value === undefined || value === false) return null
  return Array.isArray(value) ? value.join(' ') : String(value)
}

export const make = (
  tagName: string,
  children: readonly ElementContent[] = [],
  properties: Element['properties'] = {},
): Element => ({ type: 'element', tagName, properties, children: [...children] })

export const text = (value: string): ElementContent => ({ type: 'text', value })
