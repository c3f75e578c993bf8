import { MAX_BYTES, MAX_DEPTH } from '../positions.ts'
import { POLICY } from '../schema.ts'
import { keyOf, type TableShape } from '../shape.ts'
import type { Path } from '../tree.ts'

// A reader of TOML that never gives up: while somebody types, the text is hardly ever valid.

/** A place of the text in which something can be written. */
export interface Place {
  /** `header`: all between the brackets of a header. `part`: one name in it. */
  readonly kind: 'key' | 'value' | 'header' | 'part'
  /** For a key or part the table it is a key of; for a value its own path. */
  readonly path: Path
  /** What is written there now; `from` = `to` where there is nothing. */
  readonly from: number
  readonly to: number
  /** Where the empty stretch in front of it begins: the cursor may stand there as well. */
  readonly gap: number
  /** The name of a key, the text of a value; without quotes. */
  readonly written: string
  /** `[[…]]`. */
  readonly array?: true
}

export interface Scan {
  /** The table of keys that the text is read by. */
  readonly root: TableShape
  /** In the order of the text. */
  readonly places: readonly Place[]
  /** Stretches in which nothing is suggested. */
  readonly comments: readonly { readonly from: number; readonly to: number }[]
}

/** Finds the places of a text, however broken. Linear in its length; a text too large to check has none. */
export function scan(text: string, root: TableShape = POLICY): Scan {
  if (text.length > MAX_BYTES) return { root, places: [], comments: [] }
  const scanner = new Scanner(text, root)
  scanner.run()
  return scanner
}

const BARE = /[^\s=.,#[\]{}"']*/y
const WORD = /[^\s,#[\]{}=]*/y
// A line that can only be a header, or a key of the policy itself: brackets above it were left open.
const HEADER_LINE =
  /[ \t]*\[\[?[ \t]*(?!(?:true|false|inf|nan)\b)[A-Za-z_][\w-]*(?:[ \t]*\.[^\]\n]*)?\]\]?[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y
const KEY_LINE = /[ \t]*([A-Za-z_][\w-]*)[ \t]*[.=]/y

class Scanner {
  readonly places: Place[] = []
  readonly comments: { readonly from: number; readonly to: number }[] = []
  readonly root: TableShape
  private readonly text: string
  private at = 0
  private depth = 0
  /** Set when an open bracket turned out to be unfinished; unwinds to the next line. */
  private broken = false

  constructor(text: string, root: TableShape) {
    this.text = text
    this.root = root
  }

  run(): void {
    let section: Path = []
    const counts = new Map<string, number>()
    if (this.text.startsWith('\uFEFF')) this.at = 1
    while (this.at < this.text.length) {
      const gap = this.at
      this.blanks()
      this.broken = false
      const char = this.peek()
      if (char === '#') this.comment()
      else if (char === '[') section = this.header(counts)
      else if (char === '' || char === '\n' || char === '\r') this.empty('key', section, gap)
      else this.pair(section, gap)
      this.line()
    }
    // Behind the last line break a key may follow.
    if (this.text === '' || this.text.endsWith('\n')) this.empty('key', section, this.at)
  }

  private peek(): string {
    return this.text.charAt(this.at)
  }

  private blanks(): void {
    while (this.peek() === ' ' || this.peek() === '\t') this.at += 1
  }

  private line(): void {
    const end = this.text.indexOf('\n', this.at)
    const hash = this.text.indexOf('#', this.at)
    if (hash !== -1 && (end === -1 || hash < end))
      this.comments.push({ from: hash, to: end === -1 ? this.text.length : end })
    this.at = end === -1 ? this.text.length : end + 1
  }

  private comment(): void {
    const from = this.at
    const end = this.text.indexOf('\n', from)
    this.at = end === -1 ? this.text.length : end
    this.comments.push({ from, to: this.at })
  }

  private empty(kind: 'key' | 'value', path: Path, gap: number): void {
    this.places.push({ kind, path, from: this.at, to: this.at, gap, written: '' })
  }

  private header(counts: Map<string, number>): Path {
    const array = this.text.startsWith('[[', this.at)
    this.at += array ? 2 : 1
    const gap = this.at
    this.blanks()
    const from = this.at
    const first = this.places.length
    const names = this.keys([], gap, 'part')
    const to = Math.max(from, this.places.at(-1)?.to ?? from)
    const more = array ? { array: true as const } : {}
    const written = this.text.slice(from, to)
    this.places.splice(first, 0, { kind: 'header', path: [], from, to, gap, written, ...more })
    const path: (string | number)[] = []
    for (const [index, name] of names.entries()) {
      path.push(name)
      const id = JSON.stringify(path)
      const seen = counts.get(id)
      if (array && index === names.length - 1) {
        counts.set(id, (seen ?? 0) + 1)
        path.push(seen ?? 0)
      } else if (seen !== undefined) path.push(seen - 1)
    }
    return path
  }

  private pair(table: Path, gap: number): void {
    const path = [...table, ...this.keys(table, gap, 'key')]
    this.blanks()
    if (this.peek() !== '=') return
    this.at += 1
    this.value(path, this.at)
  }

  /** The names of a dotted key. */
  private keys(table: Path, start: number, kind: 'key' | 'part'): readonly string[] {
    const names: string[] = []
    let gap = start
    for (;;) {
      this.blanks()
      const from = this.at
      const quote = this.peek()
      let written: string
      if (quote === '"' || quote === "'") written = this.quoted(quote)
      else written = this.run1(BARE)
      this.places.push({ kind, path: [...table, ...names], from, to: this.at, gap, written })
      names.push(written)
      const end = this.at
      this.blanks()
      if (this.peek() !== '.') {
        this.at = end
        return names
      }
      this.at += 1
      gap = this.at
      if (names.length > MAX_DEPTH) return names
    }
  }

  private run1(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const word = pattern.exec(this.text)?.[0] ?? ''
    this.at += word.length
    return word
  }

  /** A string from here to its end, or to the end of the line where it has none. */
  private quoted(quote: string): string {
    const triple = quote.repeat(3)
    const long = this.text.startsWith(triple, this.at)
    const mark = long ? triple : quote
    const from = this.at + mark.length
    let end = from
    for (; end < this.text.length; end++) {
      const char = this.text.charAt(end)
      if (char === '\\' && quote === '"') end += 1
      else if (char === '\n' && !long) break
      else if (this.text.startsWith(mark, end)) {
        this.at = end + mark.length
        return this.text.slice(from, end)
      }
    }
    this.at = Math.min(end, this.text.length)
    return this.text.slice(from, this.at).trimEnd()
  }

  private value(path: Path, gap: number): void {
    this.blanks()
    const char = this.peek()
    const from = this.at
    if (char === '[' || char === '{') {
      this.depth += 1
      if (this.depth > MAX_DEPTH) this.at = this.text.length
      else if (char === '[') this.list(path)
      else this.braces(path)
      this.depth -= 1
      return
    }
    const written = char === '"' || char === "'" ? this.quoted(char) : this.run1(WORD)
    this.places.push({ kind: 'value', path, from, to: this.at, gap, written })
  }

  private list(path: Path): void {
    this.at += 1
    let index = 0
    this.members('list', (gap, missing) => {
      const here = [...path, index]
      if (missing) this.empty('value', here, gap)
      else this.value(here, gap)
      if (this.comma()) index += 1
    })
  }

  private braces(path: Path): void {
    this.at += 1
    this.members('braces', (gap, missing) => {
      if (missing) this.empty('key', path, gap)
      else this.pair(path, gap)
      this.comma()
    })
  }

  /** Reads what stands between commas until the bracket is closed, or turns out not to be. */
  private members(inside: 'list' | 'braces', read: (gap: number, missing: boolean) => void): void {
    const closing = inside === 'list' ? ']' : '}'
    for (;;) {
      const gap = this.at
      this.space(inside)
      const char = this.peek()
      const ends = this.broken || char === closing || char === ''
      if (ends || char === ',') read(gap, true)
      if (ends) {
        if (char === closing && !this.broken) this.at += 1
        return
      }
      if (char === ',') continue
      const before = this.at
      read(gap, false)
      if (this.broken) return
      // What fits nowhere is passed over.
      if (this.at === before) this.at += 1
    }
  }

  /** Passes over the comma behind a member. */
  private comma(): boolean {
    if (this.broken) return false
    const before = this.at
    while (/\s/.test(this.peek())) this.at += 1
    if (this.peek() === ',') {
      this.at += 1
      return true
    }
    this.at = before
    return false
  }

  /** Blanks, line breaks and comments between brackets. */
  private space(inside: 'list' | 'braces'): void {
    for (;;) {
      this.blanks()
      const char = this.peek()
      if (char === '#') this.comment()
      else if (char === '\r') this.at += 1
      else if (char === '\n') {
        if (this.endsHere(this.at + 1, inside)) {
          this.broken = true
          return
        }
        this.at += 1
      } else return
    }
  }

  private endsHere(at: number, inside: 'list' | 'braces'): boolean {
    HEADER_LINE.lastIndex = at
    if (HEADER_LINE.test(this.text)) return true
    KEY_LINE.lastIndex = at
    const name = KEY_LINE.exec(this.text)?.[1]
    if (name === undefined) return false
    return inside === 'list' || keyOf(this.root, name) !== undefined
  }
}
