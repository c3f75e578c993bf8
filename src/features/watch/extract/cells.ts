import type { List, ListItem, PhrasingContent, RootContent } from 'mdast'

/**
 * What stands in a cell as one line of Markdown: blocks one after the other with `<br>` between
 * them, list items with their marker, a block of code as one inline code a line. Markdown tables
 * have no blocks, and without this the paragraphs of a cell would run into each other.
 */
export function inlineCell(nodes: readonly RootContent[]): PhrasingContent[] {
  const lines: PhrasingContent[][] = [[]]
  const line = (): PhrasingContent[] => lines.at(-1) ?? []
  for (const node of nodes) {
    const block = linesOf(node)
    if (block === null) {
      line().push(withoutBreaks(node as PhrasingContent))
      continue
    }
    for (const one of block) {
      if (hasText(line())) lines.push([])
      line().push(...one)
    }
    lines.push([])
  }
  const full = lines.filter(hasText)
  return full.flatMap((one, i) => (i === 0 ? one : [BREAK, ...one]))
}

const BREAK: PhrasingContent = { type: 'html', value: '<br>' }

const hasText = (line: readonly PhrasingContent[]): boolean =>
  line.some((node) => node.type !== 'text' || node.value.trim() !== '')

/** The lines of a block; null for what stands within a line. */
function linesOf(node: RootContent): PhrasingContent[][] | null {
  switch (node.type) {
    case 'paragraph':
    case 'heading':
      return [node.children.map(withoutBreaks)]
    case 'code':
      return node.value
        .split('\n')
        .filter((value) => value.trim() !== '')
        .map((value) => [{ type: 'inlineCode', value: value.replace(/\t/g, '  ') }])
    case 'list':
      return node.children.flatMap((item, i) => itemLines(node, item, i))
    case 'blockquote':
      return [inlineCell(node.children)]
    case 'table':
      return node.children.map((row) =>
        row.children.flatMap((cell, i) => (i === 0 ? cell.children : [space, ...cell.children])),
      )
    case 'thematicBreak':
    case 'definition':
    case 'footnoteDefinition':
    case 'yaml':
      return []
    case 'listItem':
      return [inlineCell(node.children)]
    case 'tableRow':
    case 'tableCell':
      return [node.children.flatMap((child) => inlineCell([child]))]
    default:
      return null
  }
}

const space: PhrasingContent = { type: 'text', value: ' ' }

function itemLines(list: List, item: ListItem, index: number): PhrasingContent[][] {
  const marker = list.ordered === true ? `${(list.start ?? 1) + index}. ` : '• '
  return [[{ type: 'text', value: marker }, ...inlineCell(item.children)]]
}

/** A line break inside a line of a cell is written as `<br>`, at any depth. */
function withoutBreaks(node: PhrasingContent): PhrasingContent {
  if (node.type === 'break') return BREAK
  if (!('children' in node)) return node
  return { ...node, children: inlineCell(node.children) }
}
