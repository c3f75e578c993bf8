/**
 * What is compared when formatting is hidden or paragraphs are joined: units of one or more lines,
 * each with a key that says what it means.
 */
import { codeLines, formattingKey } from './keys.ts'
import type { Edit } from './edits.ts'
import type { Numbered } from './number.ts'

export type Units = {
  /** One symbol for each unit. */
  readonly numbered: Numbered
  /** The index of the first line of each unit, and the number of lines at the end. */
  readonly a: Int32Array
  readonly b: Int32Array
}

export type UnitOptions = { readonly hideFormatting: boolean; readonly paragraphs: boolean }

/** What a line is for the paragraph it stands in. */
type Role = 'blank' | 'code' | 'alone' | 'opens' | 'quote' | 'text'

/** Reads the units of both texts. `numbered` are their lines: each different line is judged once. */
export function readUnits(
  numbered: Numbered,
  a: readonly string[],
  b: readonly string[],
  options: UnitOptions,
): Units {
  const reader = newReader(numbered.kinds, options)
  const unitsA = reader.read(a, numbered.a)
  const unitsB = reader.read(b, numbered.b)
  return {
    numbered: { a: unitsA.symbols, b: unitsB.symbols, kinds: reader.kinds() },
    a: unitsA.starts,
    b: unitsB.starts,
  }
}

function newReader(kinds: number, { hideFormatting, paragraphs }: UnitOptions) {
  const numbers = new Map<string, number>()
  const number = (key: string): number => {
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, numbers.size)
    return numbers.size - 1
  }
  /** Symbols of lines outside and inside code, plus one; zero where none was asked for yet. */
  const lineNumbers = new Int32Array(2 * kinds)
  const roles = new Array<Role | undefined>(kinds)
  const keyOf = (line: string, code: boolean) =>
    hideFormatting ? (code ? line.trimEnd() : formattingKey(line)) : line
  const lineNumber = (symbol: number, line: string, code: boolean): number => {
    const place = 2 * symbol + (code ? 1 : 0)
    const known = lineNumbers[place] as number
    if (known !== 0) return known - 1
    const fresh = number(keyOf(line, code))
    lineNumbers[place] = fresh + 1
    return fresh
  }
  const read = (lines: readonly string[], lineSymbols: Int32Array) => {
    const code = codeLines(lines)
    const roleAt = (index: number): Role =>
      code[index] === 1 ? 'code' : (roles[lineSymbols[index] as number] ??= roleOf(lines[index]))
    const starts: number[] = []
    const symbols: number[] = []
    for (let from = 0; from < lines.length;) {
      const to = unitEnd(roleAt, from, lines.length, { hideFormatting, paragraphs })
      const role = roleAt(from)
      const open = paragraphs && (role === 'text' || role === 'opens' || role === 'quote')
      // Blank lines at the end belong to the last unit: they are never a difference of their own.
      const trailing = hideFormatting && role === 'blank' && to === lines.length && from > 0
      if (!trailing) {
        starts.push(from)
        symbols.push(
          open
            ? number(paragraphKey(lines.slice(from, to), role, hideFormatting))
            : hideFormatting && role === 'blank'
              ? number('')
              : lineNumber(lineSymbols[from] as number, lines[from] as string, role === 'code'),
        )
      }
      from = to
    }
    starts.push(lines.length)
    return { starts: Int32Array.from(starts), symbols: Int32Array.from(symbols) }
  }
  return { read, kinds: () => numbers.size }
}

function unitEnd(
  roleAt: (index: number) => Role,
  from: number,
  length: number,
  { hideFormatting, paragraphs }: UnitOptions,
): number {
  const role = roleAt(from)
  let to = from + 1
  const run = (wanted: Role) => {
    while (to < length && roleAt(to) === wanted) to++
    return to
  }
  if (role === 'blank') return hideFormatting ? run('blank') : to
  if (!paragraphs) return to
  if (role === 'text' || role === 'opens') return run('text')
  return role === 'quote' ? run('quote') : to
}

const ALONE = /^\s*(?:\||#{1,6}(?:\s|$)|<|=+\s*$|-{2,}\s*$|(?:[*_]\s*){3,}$|!?\[[^\]]*\]:|:::)/
const OPENS = /^\s*(?:[-*+]|\d{1,9}[.)])(?:\s|$)/

/** Tables, headings, tags, rules and link definitions stay by line; list items open a paragraph. */
function roleOf(line = ''): Role {
  if (line.trim() === '') return 'blank'
  if (ALONE.test(line)) return 'alone'
  if (OPENS.test(line)) return 'opens'
  return /^\s*>/.test(line) ? 'quote' : 'text'
}

/** The words of a paragraph, one space between them, at the indent of its first line. */
function paragraphKey(lines: readonly string[], role: Role, hideFormatting: boolean): string {
  const first = lines[0] ?? ''
  const indent = first.slice(0, first.length - first.trimStart().length)
  const words = lines.map((line, index) => {
    if (role === 'quote') return line.replace(/^\s*>+ ?/, '')
    return hideFormatting && index === 0 ? formattingKey(line).trimStart() : line
  })
  const sign = role === 'quote' ? '> ' : ''
  return indent + sign + words.join(' ').trim().replace(/\s+/g, ' ')
}

/** Edits over units as edits over the lines they are made of. */
export function spreadEdits(edits: readonly Edit[], a: Int32Array, b: Int32Array): readonly Edit[] {
  const at = (starts: Int32Array, index: number) => starts[index] as number
  const spread: Edit[] = []
  for (const { kind, a: left, b: right } of edits) {
    if (kind !== 'same') {
      spread.push({
        kind,
        a: [at(a, left[0]), at(a, left[1])],
        b: [at(b, right[0]), at(b, right[1])],
      })
      continue
    }
    // Units of equal height go together in one edit; one whose height changed is its own.
    let fromA = at(a, left[0])
    let fromB = at(b, right[0])
    for (let unit = 0; unit < left[1] - left[0]; unit++) {
      const startA = at(a, left[0] + unit)
      const startB = at(b, right[0] + unit)
      const endA = at(a, left[0] + unit + 1)
      const endB = at(b, right[0] + unit + 1)
      const last = unit + 1 === left[1] - left[0]
      const even = endA - startA === endB - startB
      if (!even && startA > fromA) {
        spread.push({ kind, a: [fromA, startA], b: [fromB, startB] })
      }
      if (!even) spread.push({ kind, a: [startA, endA], b: [startB, endB] })
      else if (last) spread.push({ kind, a: [fromA, endA], b: [fromB, endB] })
      if (!even) {
        fromA = endA
        fromB = endB
      }
    }
  }
  return spread
}
