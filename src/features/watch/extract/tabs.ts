import type { Element, Parents } from 'hast'
import { attribute, elements, lineOf, make, rewrite, text } from './tree.ts'

/**
 * Puts the label of each tab in front of its panel and drops the row of labels: otherwise nothing
 * would say which of three commands is for which system. A panel is found by its ids, else by its
 * place: the n-th that follows the row, before the next row.
 */
export function labelTabs(tree: Parents): void {
  const rows: { row: Element; following: Element[] }[] = []
  const byId = new Map<string, Element>()
  const byTab = new Map<string, Element>()
  for (const element of elements(tree)) {
    const role = attribute(element, 'role')
    if (role === 'tablist') rows.push({ row: element, following: [] })
    if (role !== 'tabpanel') continue
    rows.at(-1)?.following.push(element)
    const id = attribute(element, 'id')
    const tab = attribute(element, 'ariaLabelledBy')
    if (id !== null) byId.set(id, element)
    if (tab !== null) byTab.set(tab, element)
  }
  if (rows.length === 0) return

  const labels = new Map<Element, string>()
  const done = new Set<Element>()
  for (const { row, following } of rows) {
    const tabs = [...elements(row)].filter((e) => attribute(e, 'role') === 'tab')
    for (const [n, tab] of tabs.entries()) {
      const panel =
        byId.get(attribute(tab, 'ariaControls') ?? '') ??
        byTab.get(attribute(tab, 'id') ?? '') ??
        following[n]
      if (panel === undefined || labels.has(panel)) continue
      labels.set(panel, lineOf(tab))
      done.add(row)
    }
  }

  rewrite(tree, (element) => {
    if (done.has(element)) return []
    const label = labels.get(element)
    if (label === undefined || label === '') return undefined
    element.children.unshift(make('p', [make('strong', [text(label)])]))
    return undefined
  })
}
