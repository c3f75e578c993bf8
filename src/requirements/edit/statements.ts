import { POLICY } from '../schema.ts'
import { keyOf } from '../shape.ts'
import { writeKey, type Path, type Plain, type PlainTable } from '../tree.ts'
import {
  lineEnd,
  lineStart,
  nextLine,
  skipBlanks,
  type Block,
  type Layout,
  type Pair,
} from './layout.ts'
import type { Cut } from './sequence.ts'
import { isTable, writeValue } from './write.ts'

// Lines and headers: where they are put, and what goes when they are taken away.

export function dotted(keys: readonly string[]): string {
  return keys.map(writeKey).join('.')
}

/** Adds `line` behind a pair of a block, in its indentation. */
export function addBehind(layout: Layout, pair: Pair, line: string): Cut {
  const { text, newline } = layout
  const start = lineStart(text, pair.from)
  const indent = text.slice(start, skipBlanks(text, start))
  return put(lineEnd(text, pair.to), newline + indent + line)
}

/** Adds `line` to the lines below a header, or to the ones before the first header. */
export function addToBlock(layout: Layout, block: Block, line: string, name: string): Cut {
  if (block.kind === 'root') return addToTop(layout, block, line, name)
  const last = block.pairs.at(-1)
  return last === undefined ? put(block.head, layout.newline + line) : addBehind(layout, last, line)
}

function addToTop(layout: Layout, root: Block, line: string, name: string): Cut {
  const { text, newline } = layout
  const before = root.pairs.filter((pair) => rankOf(pair.keys[0]?.name) <= rankOf(name)).at(-1)
  if (before !== undefined) return addBehind(layout, before, line)
  const first = root.pairs[0]
  const last = root.pairs.at(-1)
  if (first !== undefined && last !== undefined) {
    const start = lineStart(text, first.from)
    return remarksAbove(layout, start, 0) === start
      ? put(start, line + newline)
      : addBehind(layout, last, line)
  }
  const header = layout.blocks[1]
  if (header === undefined) return atEnd(layout, line)
  return put(remarksAbove(layout, header.from, 0), line + newline + newline)
}

/** Adds whole blocks (headers with their lines) at the place that the order of the schema gives them. */
export function addBlock(layout: Layout, path: Path, written: string): Cut {
  const { newline } = layout
  const rank = rankOf(path[0])
  const headers = layout.blocks.slice(1)
  const same = headers.filter((block) => block.path[0] === path[0]).at(-1)
  const before = same ?? headers.filter((block) => rankOf(block.path[0]) <= rank).at(-1)
  if (before !== undefined) return put(endOf(layout, before), newline + newline + written)
  const root = layout.blocks[0]
  if (root.pairs.length > 0) return put(endOf(layout, root), newline + newline + written)
  const first = headers[0]
  if (first === undefined) return atEnd(layout, written)
  return put(remarksAbove(layout, first.from, 0), written + newline + newline)
}

/** Adds a `[[block]]` behind the last one of its list, whose blocks are given. */
export function addElement(
  layout: Layout,
  blocks: readonly Block[],
  written: string,
): Cut | undefined {
  const last = blocks.at(-1)
  if (last === undefined) return undefined
  return put(endOf(layout, last), layout.newline + layout.newline + written)
}

/** Gives a table that only its sub-tables imply a header of its own, in front of them. */
export function addHeaderBefore(layout: Layout, block: Block, written: string): Cut {
  return put(remarksAbove(layout, block.from, 0), written + layout.newline + layout.newline)
}

function atEnd({ text, newline }: Layout, written: string): Cut {
  const bare = text.trim() === ''
  const open = text !== '' && !text.endsWith('\n')
  return put(text.length, (open ? newline : '') + (bare ? '' : newline) + written + newline)
}

/** Takes the lines of a pair away; comments above it stay. */
export function removePair({ text }: Layout, pair: Pair): Cut {
  return { from: lineStart(text, pair.from), to: nextLine(text, pair.to), insert: '' }
}

/** Takes headers and their lines away; comments above them stay. */
export function removeBlocks({ text }: Layout, blocks: readonly Block[]): readonly Cut[] {
  const runs: { from: number; to: number }[] = []
  for (const block of blocks) {
    const from = lineStart(text, block.from)
    const to = nextLine(text, block.to)
    const last = runs.at(-1)
    if (last !== undefined && text.slice(last.to, from).trim() === '') last.to = to
    else runs.push({ from, to })
  }
  return runs.map(({ from, to }) => ({ from, to: behindGap(text, from, to), insert: '' }))
}

/** Of the empty lines around what is taken away only those above stay. */
function behindGap(text: string, from: number, to: number): number {
  const above = text.slice(Math.max(0, from - 3), from)
  if (above !== '' && !/\n\r?\n$/.test(above)) return to
  let end = to
  while (end < text.length && /^\r?\n/.test(text.slice(end, end + 2))) end = nextLine(text, end)
  return end
}

/** Where the block ends, with the comments that stand right below it and not right above the next. */
export function endOf(layout: Layout, block: Block): number {
  const { text } = layout
  let end = block.to
  let next = nextLine(text, end)
  while (next > end && next < text.length && layout.isComment(next)) {
    end = lineEnd(text, next)
    next = nextLine(text, end)
  }
  const follows = text.charAt(skipBlanks(text, next))
  const glued = next < text.length && follows === '['
  return glued ? block.to : end
}

/** Where the comments begin that stand right above this line. */
function remarksAbove(layout: Layout, place: number, bound: number): number {
  let start = lineStart(layout.text, place)
  while (start > bound) {
    const above = lineStart(layout.text, start - 1)
    if (!layout.isComment(above)) break
    start = above
  }
  return start
}

function rankOf(step: string | number | undefined): number {
  const key = typeof step === 'string' ? keyOf(POLICY, step) : undefined
  return key === undefined ? POLICY.keys.length : POLICY.keys.indexOf(key)
}

function put(place: number, insert: string): Cut {
  return { from: place, to: place, insert }
}

/** A table as a header with lines; its tables get headers of their own where they are not small. */
export function writeBlock(path: readonly string[], value: PlainTable, newline: string): string {
  const style = { newline, lines: true }
  const lines: string[] = []
  const below: string[] = []
  for (const [name, inner] of Object.entries(value)) {
    const line = `${writeKey(name)} = ${writeValue(inner, style)}`
    if (isTable(inner) && !isSmall(path, inner, line))
      below.push(writeBlock([...path, name], inner, newline))
    else lines.push(line)
  }
  if (lines.length === 0 && below.length > 0) return below.join(newline + newline)
  return [[`[${dotted(path)}]`, ...lines].join(newline), ...below].join(newline + newline)
}

function isSmall(path: readonly string[], inner: PlainTable, line: string): boolean {
  return (
    (path.length > 1 || Object.keys(inner).length === 0) &&
    line.length <= 80 &&
    !Object.values(inner).some((deeper) => isTable(deeper) && Object.values(deeper).some(isTable))
  )
}

/** One `[[element]]` of a list of tables. */
export function writeElement(keys: readonly string[], value: PlainTable, newline: string): string {
  const style = { newline, lines: true }
  const lines = Object.entries(value).map(
    ([name, inner]: readonly [string, Plain]) => `${writeKey(name)} = ${writeValue(inner, style)}`,
  )
  return [`[[${dotted(keys)}]]`, ...lines].join(newline)
}
