import type { Span } from './complaint.ts'

/** A key of a table together with where it was written. */
export interface Entry {
  readonly key: string
  readonly keySpan: Span
  /** Where the key is written again: headers and dotted keys that lead through the same table or list. */
  readonly again?: readonly Span[]
  readonly value: Node
}

/**
 * A table; `span` is its braces, or the header's last key when it was opened by `[header]`, or
 * the key part that implied it.
 */
export interface TableNode {
  readonly kind: 'table'
  readonly span: Span
  readonly entries: ReadonlyMap<string, Entry>
}

/** A list, written inline or as `[[header]]` blocks (then `span` is the first header's key). */
export interface ListNode {
  readonly kind: 'list'
  readonly span: Span
  readonly inline: boolean
  readonly items: readonly Node[]
}

export interface ScalarNode {
  readonly kind: 'string' | 'integer' | 'float' | 'boolean' | 'datetime'
  readonly span: Span
  /** Dates and times are text, as the client reads them. */
  readonly value: string | number | boolean
}

/** A parsed TOML value that knows where it stands in the text. */
export type Node = TableNode | ListNode | ScalarNode

/** A step from a table or list to something inside it. */
export type Path = readonly (string | number)[]

/** A plain value of the document: what a TOML reader without positions would give. */
export type Plain = string | number | boolean | readonly Plain[] | PlainTable
export interface PlainTable {
  readonly [key: string]: Plain
}

const BARE = /^[A-Za-z0-9_-]+$/

/** The key as it must be written in TOML: bare where possible, else quoted. */
export function writeKey(key: string): string {
  // JSON's escapes are TOML's as well, but JSON leaves U+007F as it is.
  return BARE.test(key) ? key : JSON.stringify(key).replaceAll('\u007F', '\\u007F')
}

/** `['rules', 'prefix_rules', 0, 'decision']` → `rules.prefix_rules[0].decision`. */
export function writePath(path: Path): string {
  let out = ''
  for (const step of path) {
    if (typeof step === 'number') out += `[${step}]`
    else out += (out === '' ? '' : '.') + writeKey(step)
  }
  return out
}

/** The entry of a table under the first of these names that is there. */
export function entryOf(node: Node | undefined, ...names: readonly string[]): Entry | undefined {
  if (node?.kind !== 'table') return undefined
  for (const name of names) {
    const entry = node.entries.get(name)
    if (entry !== undefined) return entry
  }
  return undefined
}

/** The node at a path of keys, if every step is a table that has it. */
export function nodeAt(root: Node, ...keys: readonly string[]): Node | undefined {
  let node: Node | undefined = root
  for (const key of keys) node = entryOf(node, key)?.value
  return node
}

/** The items of a list; nothing for anything else. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === 'list' ? node.items : []
}

/** The entries of a table; nothing for anything else. */
export function entriesOf(node: Node | undefined): readonly Entry[] {
  return node?.kind === 'table' ? [...node.entries.values()] : []
}

/** The text of a string, or of a date: the client reads an unquoted date as text (measured). */
export function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'string' || node?.kind === 'datetime' ? String(node.value) : undefined
}

// Rust's `trim` goes by the White_Space property; JavaScript's differs in U+0085 and U+FEFF.
const BLANK = /^\p{White_Space}*$/u

/** Whether the client would call this text blank. */
export function isBlank(value: string): boolean {
  return BLANK.test(value)
}

export function isTrue(node: Node | undefined): boolean {
  return node?.kind === 'boolean' && node.value === true
}

/** The value without positions. `__proto__` stays an ordinary key (CreateDataProperty semantics). */
export function toPlain(node: Node): Plain {
  if (node.kind === 'list') return node.items.map(toPlain)
  if (node.kind !== 'table') return node.value
  return Object.fromEntries([...node.entries.values()].map((e) => [e.key, toPlain(e.value)]))
}
