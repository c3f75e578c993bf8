import { parseTOML, type AST } from 'toml-eslint-parser'
import { readToml } from '../positions.ts'
import { toPlain, type Path, type PlainTable } from '../tree.ts'

// The text as it is laid out: headers, lines and what stands inside their values. The tree of
// positions.ts says what a policy means; this says where its pieces were written.

export interface KeyPart {
  readonly name: string
  readonly from: number
  readonly to: number
}

/** `a.b = value`, on a line of its own or in an inline table. */
export interface Pair {
  readonly from: number
  readonly to: number
  readonly keys: readonly KeyPart[]
  readonly value: Inline
}

export interface InlineScalar {
  readonly kind: 'scalar'
  readonly from: number
  readonly to: number
}
export interface InlineList {
  readonly kind: 'list'
  readonly from: number
  readonly to: number
  readonly items: readonly Inline[]
}
export interface InlineTable {
  readonly kind: 'table'
  readonly from: number
  readonly to: number
  readonly pairs: readonly Pair[]
}
export type Inline = InlineScalar | InlineList | InlineTable

/** A header with the lines below it; the first block has no header. */
export interface Block {
  readonly kind: 'root' | 'table' | 'array'
  /** What it fills, with the positions in lists of tables. */
  readonly path: Path
  readonly keys: readonly KeyPart[]
  /** Where its header begins. */
  readonly from: number
  /** Where its header ends. */
  readonly head: number
  /** Where its last line ends, comment behind it included. */
  readonly to: number
  readonly pairs: readonly Pair[]
}

export interface Layout {
  readonly text: string
  readonly plain: PlainTable
  readonly blocks: readonly [Block, ...Block[]]
  readonly newline: string
  /** Whether the line that begins here has nothing but a comment. */
  readonly isComment: (lineStart: number) => boolean
  /** Whether a comment begins in this stretch. */
  readonly hasComment: (from: number, to: number) => boolean
}

let last: { readonly text: string; readonly layout: Layout | undefined } | undefined

/**
 * The layout of a text without byte order mark; undefined where it cannot be read. The last answer
 * is kept: the steps of one edit ask for the same text again and again.
 */
export function layoutOf(text: string): Layout | undefined {
  if (last?.text !== text) last = { text, layout: read(text) }
  return last.layout
}

function read(text: string): Layout | undefined {
  const tree = readToml(text)
  if ('unreadable' in tree) return undefined
  const program = parseTOML(text, { tomlVersion: '1.1' })
  const starts = program.comments.map((comment) => comment.range[0])
  const known = new Set(starts)
  return {
    text,
    plain: toPlain(tree.root) as PlainTable,
    blocks: blocksOf(text, program.body[0]),
    newline: text.includes('\r\n') ? '\r\n' : '\n',
    isComment: (lineStart) => known.has(skipBlanks(text, lineStart)),
    hasComment: (from, to) => starts.some((start) => start >= from && start < to),
  }
}

function blocksOf(text: string, top: AST.TOMLTopLevelTable): readonly [Block, ...Block[]] {
  const rootPairs: Pair[] = []
  const others: Block[] = []
  const counts = new Map<string, number>()
  for (const part of top.body) {
    if (part.type === 'TOMLKeyValue') rootPairs.push(pairOf(part))
    else others.push(blockOf(text, part, counts))
  }
  const to = lineEnd(text, rootPairs.at(-1)?.to ?? 0)
  return [
    {
      kind: 'root',
      path: [],
      keys: [],
      from: 0,
      head: 0,
      to: rootPairs.length === 0 ? 0 : to,
      pairs: rootPairs,
    },
    ...others,
  ]
}

function blockOf(text: string, table: AST.TOMLTable, counts: Map<string, number>): Block {
  const keys = table.key.keys.map(partOf)
  const path: (string | number)[] = []
  for (const [index, part] of keys.entries()) {
    path.push(part.name)
    const name = JSON.stringify(path)
    const seen = counts.get(name)
    if (index === keys.length - 1 && table.kind === 'array') {
      counts.set(name, (seen ?? 0) + 1)
      path.push(seen ?? 0)
    } else if (seen !== undefined) path.push(seen - 1)
  }
  const pairs = table.body.map(pairOf)
  const head = lineEnd(text, table.key.range[1])
  return {
    kind: table.kind === 'array' ? 'array' : 'table',
    path,
    keys,
    from: table.range[0],
    head,
    to: lineEnd(text, pairs.at(-1)?.to ?? table.key.range[1]),
    pairs,
  }
}

function pairOf(pair: AST.TOMLKeyValue): Pair {
  return {
    from: pair.range[0],
    to: pair.range[1],
    keys: pair.key.keys.map(partOf),
    value: inlineOf(pair.value),
  }
}

function partOf(key: AST.TOMLBare | AST.TOMLQuoted): KeyPart {
  const name = key.type === 'TOMLBare' ? key.name : key.value
  return { name, from: key.range[0], to: key.range[1] }
}

function inlineOf(node: AST.TOMLContentNode): Inline {
  const [from, to] = node.range
  if (node.type === 'TOMLArray')
    return { kind: 'list', from, to, items: node.elements.map(inlineOf) }
  if (node.type === 'TOMLInlineTable')
    return { kind: 'table', from, to, pairs: node.body.map(pairOf) }
  return { kind: 'scalar', from, to }
}

/** Where the line ends, before its line break. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  if (end === -1) return text.length
  return end > at && text.charAt(end - 1) === '\r' ? end - 1 : end
}

/** Where the next line starts, or the end of the text. */
export function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end + 1
}

export function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1
}

/** Behind spaces and tabs. */
export function skipBlanks(text: string, at: number): number {
  let end = at
  while (end < text.length && (text.charAt(end) === ' ' || text.charAt(end) === '\t')) end += 1
  return end
}

/** The first character behind this that is neither blank nor in a comment. */
export function nextMark(text: string, at: number): number {
  let end = at
  while (end < text.length) {
    const char = text.charAt(end)
    if (char === '#') end = lineEnd(text, end)
    else if (char === ' ' || char === '\t' || char === '\n' || char === '\r') end += 1
    else return end
  }
  return end
}

export function startsWith(path: Path, prefix: Path): boolean {
  return path.length >= prefix.length && prefix.every((step, index) => path[index] === step)
}
