import { REFUSES, type Report } from '../report.ts'
import {
  entriesOf,
  itemsOf,
  nodeAt,
  textOf,
  type Node,
  type Path,
  type TableNode,
} from '../tree.ts'

const MODIFIERS = new Set('ctrl control alt option shift cmd command super'.split(' '))
const NAMED = new Set(
  `enter return tab backspace esc escape delete del up down left right home end page-up page-down pageup pagedown pgup
  pgdn space minus`.split(/\s+/),
)

/** What keys are bound to: a stroke, or a chord of two. The grammar of the client 0.169, name by name. */
export function checkKeymap(root: TableNode, report: Report): void {
  for (const context of entriesOf(nodeAt(root, 'tui', 'keymap')))
    for (const action of entriesOf(context.value)) {
      const path: Path = ['tui', 'keymap', context.key, action.key]
      if (action.value.kind !== 'list') binding(action.value, path, report)
      for (const [index, item] of itemsOf(action.value).entries())
        binding(item, [...path, index], report)
    }
}

function binding(node: Node, path: Path, report: Report): void {
  const written = textOf(node)
  if (written === undefined || isBinding(written)) return
  report.error({
    code: 'key_binding',
    span: node.span,
    path,
    message: 'This is no key.',
    effect: REFUSES,
    remedy:
      'Write something like `ctrl-a`, `shift-enter`, `f5`, or two of them with a space between.',
  })
}

/** Whether the client reads it: one stroke or two, each `modifier-…-key`. */
export function isBinding(written: string): boolean {
  const strokes = written.trim().toLowerCase().split(/\s+/)
  return strokes.length <= 2 && strokes.every(isStroke)
}

const ALIASES: Readonly<Record<string, string>> = { control: 'ctrl', option: 'alt' }

function isStroke(stroke: string): boolean {
  const parts = stroke.split('-')
  const held = new Set<string>()
  while (parts.length > 1 && MODIFIERS.has(parts[0] ?? '')) {
    const modifier = parts.shift() ?? ''
    const name = ALIASES[modifier] ?? modifier
    if (held.has(name)) return false
    held.add(name)
  }
  const key = parts.join('-')
  if (NAMED.has(key)) return true
  if (/^f(?:[1-9]|1\d|2[0-4])$/.test(key)) return true
  return /^[\x21-\x7e]$/.test(key) && key !== '-'
}
