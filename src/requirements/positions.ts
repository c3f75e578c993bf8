import { ParseError, parseTOML, type AST } from 'toml-eslint-parser'
import type { ComplaintCode, Span } from './complaint.ts'
import type { Entry, Node, TableNode } from './tree.ts'

/** Larger texts are not parsed. Half a mebibyte is some two hundred times a rich policy. */
export const MAX_BYTES = 512 * 1024

/** The client's TOML reader stops at 80 nested values, and at 80 parts of one dotted key (measured on 0.169). */
export const MAX_DEPTH = 80

/** Why a text could not be read as TOML. */
export interface Unreadable {
  readonly code: Extract<
    ComplaintCode,
    'too_large' | 'too_deep' | 'too_complex' | 'syntax' | 'duplicate_key' | 'integer_range'
  >
  readonly span: Span
  readonly message: string
}

export type Read = { readonly root: TableNode } | { readonly unreadable: Unreadable }

/** Turns offsets into 1-based lines and columns (UTF-16 units), in logarithmic time each. */
export interface Ruler {
  readonly place: (offset: number) => { readonly line: number; readonly column: number }
  /** The offset of a 1-based line and column, kept inside the text. */
  readonly offset: (line: number, column: number) => number
}

export function rulerOf(text: string): Ruler {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  const lineAt = (offset: number): number => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
  return {
    place: (offset) => {
      const line = lineAt(offset)
      return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 }
    },
    offset: (line, column) => {
      const start = starts[Math.min(Math.max(line, 1), starts.length) - 1] ?? 0
      return Math.min(Math.max(start + Math.max(column, 1) - 1, 0), text.length)
    },
  }
}

/**
 * Reads TOML into a tree with positions, or says why it cannot. Never throws; refuses size and
 * nesting bombs before parsing. Follows TOML 1.1, as the client does (measured: newlines in
 * inline tables, `\e`, times without seconds are all accepted by 0.169).
 */
export function readToml(text: string): Read {
  const large = tooLarge(text)
  if (large !== undefined) return { unreadable: large }
  const deep = tooDeep(text)
  if (deep !== undefined) return { unreadable: deep }
  // The parser takes it for the end of a line; TOML and the client do not.
  const alone = text.search(/\r(?!\n)/)
  if (alone !== -1)
    return {
      unreadable: {
        code: 'syntax',
        span: { from: alone, to: alone + 1 },
        message: 'This is not TOML: a carriage return without a line feed.',
      },
    }
  // The client skips a byte order mark; this parser does not.
  const shift = text.startsWith('\uFEFF') ? 1 : 0
  try {
    const program = parseTOML(shift === 0 ? text : text.slice(1), { tomlVersion: '1.1' })
    return { root: plant(program.body[0], shift) }
  } catch (error) {
    if (error instanceof Refused) return { unreadable: error.why }
    if (error instanceof ParseError) return { unreadable: syntaxError(text, error, shift) }
    if (error instanceof RangeError)
      return {
        unreadable: {
          code: 'too_complex',
          span: { from: 0, to: 0 },
          message:
            'A value is too long to be checked: keep single strings under 50,000 characters.',
        },
      }
    return {
      unreadable: {
        code: 'syntax',
        span: { from: 0, to: 0 },
        message: 'The text cannot be read as TOML.',
      },
    }
  }
}

function tooLarge(text: string): Unreadable | undefined {
  // UTF-8 never needs fewer bytes than there are UTF-16 units, so long texts are not encoded at all.
  const bytes = text.length > MAX_BYTES ? text.length : new TextEncoder().encode(text).length
  if (bytes <= MAX_BYTES) return undefined
  return {
    code: 'too_large',
    span: { from: 0, to: 0 },
    message: `The text is larger than ${MAX_BYTES / 1024} KiB.`,
  }
}

function tooDeep(text: string): Unreadable | undefined {
  let depth = 0
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    // `"` `#` `'` `[` `]` `{` `}`: everything else is one step.
    const special =
      code === 34 ||
      code === 35 ||
      code === 39 ||
      code === 91 ||
      code === 93 ||
      code === 123 ||
      code === 125
    if (!special) {
      at += 1
      continue
    }
    if (code === 91 || code === 123) {
      depth += 1
      if (depth > MAX_DEPTH) return deepAt(at, 'Lists and tables are nested')
    } else if (code === 93 || code === 125) depth = Math.max(0, depth - 1)
    at = code === 34 || code === 35 || code === 39 ? endOfQuoted(text, at) : at + 1
  }
  return undefined
}

function deepAt(at: number, what: string): Unreadable {
  return {
    code: 'too_deep',
    span: { from: at, to: at + 1 },
    message: `${what} more than ${MAX_DEPTH} deep.`,
  }
}

/** Where the comment or string that starts here ends. Strings: triple or single, with escapes only in `"`. */
function endOfQuoted(text: string, at: number): number {
  const quote = text.charAt(at)
  if (quote === '#') return lineEnd(text, at)
  const triple = quote.repeat(3)
  if (text.startsWith(triple, at)) {
    let end = at + 3
    while (end < text.length && !text.startsWith(triple, end))
      end += quote === '"' && text.charAt(end) === '\\' ? 2 : 1
    return end + 3
  }
  const last = lineEnd(text, at)
  let end = at + 1
  while (end < last && text.charAt(end) !== quote)
    end += quote === '"' && text.charAt(end) === '\\' ? 2 : 1
  return end + 1
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

function syntaxError(text: string, error: ParseError, shift: number): Unreadable {
  // The parser's lines are 1-based and its columns 0-based.
  const column = error.column + 1 + (error.lineNumber === 1 ? shift : 0)
  let from = rulerOf(text).offset(error.lineNumber, column)
  const duplicate = error.message.startsWith('Defining a key multiple times')
  const missing = error.message.startsWith('Unspecified values')
  // It notices a missing value only at the next token, which may be many lines on.
  if (missing) while (from > 0 && /\s/.test(text.charAt(from - 1))) from -= 1
  let message = `This is not TOML: ${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}.`
  if (missing) message = 'The value is missing.'
  if (duplicate) message = 'A key or table is defined twice.'
  return {
    code: duplicate ? 'duplicate_key' : 'syntax',
    span: { from, to: Math.min(from + 1, text.length) },
    message,
  }
}

class Refused extends Error {
  readonly why: Unreadable
  constructor(why: Unreadable) {
    super(why.message)
    this.why = why
  }
}

interface Growing {
  readonly kind: 'table'
  readonly span: Span
  readonly entries: Map<string, Entry>
}

function plant(top: AST.TOMLTopLevelTable, shift: number): TableNode {
  const root: Growing = { kind: 'table', span: { from: shift, to: shift }, entries: new Map() }
  for (const part of top.body) {
    if (part.type === 'TOMLKeyValue') plantPair(root, part, shift)
    else plantTable(root, part, shift)
  }
  return root
}

function plantTable(root: Growing, table: AST.TOMLTable, shift: number): void {
  const keys = table.key.keys
  const last = keys.at(-1)
  if (last === undefined) return
  const parent = descend(root, keys.slice(0, -1), shift)
  const span = spanOf(last, shift)
  const name = nameOf(last)
  let home: Growing
  if (table.kind === 'array') {
    home = { kind: 'table', span, entries: new Map() }
    const list = parent.entries.get(name)?.value
    if (list?.kind === 'list') {
      ;(list.items as Node[]).push(home)
      writtenAgain(parent, name, span)
    } else {
      const value: Node = { kind: 'list', span, inline: false, items: [home] }
      parent.entries.set(name, { key: name, keySpan: span, value })
    }
  } else home = open(parent, name, span)
  for (const pair of table.body) plantPair(home, pair, shift)
}

/** The tables that a header or dotted key passes through; the newest element of a `[[list]]`. */
function descend(
  from: Growing,
  keys: readonly (AST.TOMLBare | AST.TOMLQuoted)[],
  shift: number,
): Growing {
  if (keys.length >= MAX_DEPTH) {
    const at = spanOf(keys[0] as AST.TOMLBare, shift).from
    throw new Refused(deepAt(at, 'The parts of a dotted key go'))
  }
  let table = from
  for (const key of keys) table = open(table, nameOf(key), spanOf(key, shift))
  return table
}

function open(table: Growing, name: string, span: Span): Growing {
  const there = table.entries.get(name)?.value
  const inside = there?.kind === 'list' ? there.items.at(-1) : there
  if (inside?.kind === 'table') {
    writtenAgain(table, name, span)
    return inside as Growing
  }
  const made: Growing = { kind: 'table', span, entries: new Map() }
  table.entries.set(name, { key: name, keySpan: span, value: made })
  return made
}

function writtenAgain(table: Growing, name: string, span: Span): void {
  const entry = table.entries.get(name)
  if (entry === undefined) return
  // The parser may hold thousands of them, so the list grows in place.
  if (entry.again === undefined) table.entries.set(name, { ...entry, again: [span] })
  else (entry.again as Span[]).push(span)
}

function plantPair(table: Growing, pair: AST.TOMLKeyValue, shift: number): void {
  const keys = pair.key.keys
  const last = keys.at(-1)
  if (last === undefined) return
  const home = descend(table, keys.slice(0, -1), shift)
  const key = nameOf(last)
  home.entries.set(key, { key, keySpan: spanOf(last, shift), value: valueOf(pair.value, shift) })
}

function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value
}

function spanOf(node: { readonly range: readonly [number, number] }, shift: number): Span {
  return { from: node.range[0] + shift, to: node.range[1] + shift }
}

function valueOf(node: AST.TOMLContentNode, shift: number): Node {
  const span = spanOf(node, shift)
  if (node.type === 'TOMLArray') {
    return { kind: 'list', span, inline: true, items: node.elements.map((e) => valueOf(e, shift)) }
  }
  if (node.type === 'TOMLInlineTable') {
    const table: Growing = { kind: 'table', span, entries: new Map() }
    for (const pair of node.body) plantPair(table, pair, shift)
    return table
  }
  switch (node.kind) {
    case 'string':
      return { kind: 'string', span, value: node.value }
    case 'boolean':
      return { kind: 'boolean', span, value: node.value }
    case 'float':
      return { kind: 'float', span, value: node.value }
    case 'integer':
      return integerOf(node, span)
    default:
      return { kind: 'datetime', span, value: dateOf(node.datetime) }
  }
}

function integerOf(node: AST.TOMLIntegerValue, span: Span): Node {
  if (BigInt.asIntN(64, node.bigint) !== node.bigint) {
    throw new Refused({
      code: 'integer_range',
      span,
      message: 'The number does not fit into 64 bits.',
    })
  }
  return { kind: 'integer', span, value: node.value }
}

/** A date or time as the client writes it when it reads one as text (each rule measured). */
function dateOf(source: string): string {
  return source
    .toUpperCase()
    .replace(' ', 'T')
    .replace(/^((?:.*T)?\d\d:\d\d)(?!:|\d)/, '$1:00')
    .replace(/\.(\d{1,9})\d*/, (_all, digits: string) => `.${digits}`.replace(/\.?0+$/, ''))
    .replace('-00:00', '+00:00')
}
