import type { Element, ElementContent, Parents } from 'hast'
import { LIMITS } from './settings.ts'
import { attribute, classes, elements, make, rewrite } from './tree.ts'

/**
 * Makes every `<table>` one that Markdown can hold: tables that only place things are dissolved
 * (also the ones that highlighters put line numbers into), captions become a paragraph above, and
 * spans are bounded, since each one stands for that many cells.
 */
export function plainTables(tree: Parents): void {
  rewrite(tree, (element) => {
    if (element.tagName !== 'table') return undefined
    const rows = rowsOf(element)
    if (isLayout(element, rows)) return dissolve(element)
    const captions = element.children.filter((c) => c.type === 'element' && c.tagName === 'caption')
    boundSpans(rows)
    return [...captions.map((c) => make('p', 'children' in c ? c.children : [])), element]
  })
}

type Rows = readonly (readonly Element[])[]

const outside =
  (table: Element) =>
  (element: Element): boolean =>
    element.tagName !== table.tagName

/** Cells by row, tables inside a cell left out. */
function rowsOf(table: Element): Rows {
  const rows: Element[][] = []
  for (const element of elements(table, outside(table))) {
    if (element.tagName === 'tr') rows.push([])
    if (isCell(element)) rows.at(-1)?.push(element)
  }
  return rows
}

const isCell = (element: Element): boolean => element.tagName === 'td' || element.tagName === 'th'

function isLayout(table: Element, rows: Rows): boolean {
  const role = attribute(table, 'role')
  if (role === 'presentation' || role === 'none') return true
  const cells = rows.flat()
  if (cells.length <= 1 || cells.some(isLineNumbers)) return true
  const widest = Math.max(0, ...rows.slice(0, 10_000).map((row) => row.length))
  if (rows.length * widest > LIMITS.cells) return true
  const inside = [...elements(table, outside(table))].map((e) => e.tagName)
  if (inside.some((name) => name === 'th' || name === 'thead' || name === 'caption')) return false
  return inside.some((name) => /^(?:table|pre|h[1-6]|main|article|section)$/.test(name))
}

const isLineNumbers = (cell: Element): boolean =>
  classes(cell).some((name) =>
    /^(?:linenos?|gutter|hljs-ln-numbers|rouge-gutter|blob-num)$/.test(name),
  )

/** The cells' contents one after the other. */
function dissolve(table: Element): readonly ElementContent[] {
  const found: ElementContent[] = []
  for (const element of elements(table, (e) => !isCell(e) && e.tagName !== 'caption')) {
    const holds = isCell(element) ? !isLineNumbers(element) : element.tagName === 'caption'
    if (holds) found.push(make('div', element.children))
  }
  return found
}

/** 50 columns and the rows there are; none at all where they would make more cells than are held. */
function boundSpans(rows: Rows): void {
  let cells = 0
  for (const [i, row] of rows.entries()) {
    for (const { properties } of row) {
      const wide = Math.min(Number(properties.colSpan ?? 1) || 1, 50)
      const high = Math.min(Number(properties.rowSpan ?? 1) || 1, rows.length - i)
      cells += wide * high
      if (properties.colSpan !== undefined) properties.colSpan = wide
      if (properties.rowSpan !== undefined) properties.rowSpan = high
    }
  }
  if (cells <= LIMITS.cells) return
  for (const { properties } of rows.flat()) {
    delete properties.colSpan
    delete properties.rowSpan
  }
}
