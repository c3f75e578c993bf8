import { complaint } from './complaint.ts'

/** A filter (RFC 7644, section 3.4.2.2) as a tree. Inside `[]` the attributes are those of one value. */
export type Filter = Compare | Present | ValuePath | Joined | Not
export interface Compare {
  readonly op: CompareOp
  readonly attr: string
  readonly value: Comparable
}
export interface Present {
  readonly op: 'pr'
  readonly attr: string
}
export interface ValuePath {
  readonly op: '[]'
  readonly attr: string
  readonly filter: Filter
}
export interface Joined {
  readonly op: 'and' | 'or'
  readonly filters: readonly Filter[]
}
export interface Not {
  readonly op: 'not'
  readonly filter: Filter
}
export type Comparable = string | number | boolean | null
export const compareOps = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const
export type CompareOp = (typeof compareOps)[number]

/** Providers send one or two comparisons. The bounds keep a hostile filter from becoming a statement that takes seconds. */
const longest = 2000
const deepest = 10
const mostComparisons = 40

interface Token {
  readonly kind: 'bracket' | 'quoted' | 'word' | 'end'
  readonly text: string
  readonly at: number
}

const pattern = /\s*(?:([()[\]])|("(?:[^"\\]|\\.)*")|([^\s()[\]"]+))/y

function tokens(text: string): readonly Token[] {
  const found: Token[] = []
  pattern.lastIndex = 0
  for (let at = 0; text.slice(at).trim() !== ''; at = pattern.lastIndex) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (!match) throw wrong('a text without its closing quote', at)
    const [, bracket, quoted, word] = match
    const kind = bracket === undefined ? (quoted === undefined ? 'word' : 'quoted') : 'bracket'
    const piece = bracket ?? quoted ?? word ?? ''
    found.push({ kind, text: piece, at: pattern.lastIndex - piece.length })
  }
  return [...found, { kind: 'end', text: '', at: text.length }]
}

const wrong = (what: string, at: number) =>
  complaint('invalidFilter', `The filter has ${what} at character ${at + 1}.`)

/** `and` binds closer than `or`, `not` closer than both (table 6). Throws `invalidFilter` with the place. */
export function parseFilter(text: string): Filter {
  if (text.length > longest)
    throw complaint('invalidFilter', `A filter may have at most ${longest} characters.`)
  const reader = createReader(tokens(text))
  const filter = reader.filter(0)
  reader.end()
  return filter
}

function createReader(list: readonly Token[]) {
  let index = 0
  let comparisons = 0
  const peek = (): Token => list[index] ?? { kind: 'end', text: '', at: 0 }
  const next = (): Token => {
    const token = peek()
    index++
    return token
  }
  const isWord = (word: string): boolean =>
    peek().kind === 'word' && peek().text.toLowerCase() === word
  const unexpected = (token: Token) =>
    wrong(token.kind === 'end' ? 'its end too early' : `an unexpected ${token.text}`, token.at)

  function bracket(wanted: string): void {
    const token = next()
    if (token.kind !== 'bracket' || token.text !== wanted) throw unexpected(token)
  }

  function joined(op: 'and' | 'or', part: () => Filter): Filter {
    const filters = [part()]
    while (isWord(op)) {
      next()
      filters.push(part())
    }
    return filters.length === 1 ? (filters[0] as Filter) : { op, filters }
  }

  function filter(depth: number): Filter {
    if (depth > deepest)
      throw complaint('invalidFilter', `A filter may be nested ${deepest} deep at most.`)
    return joined('or', () => joined('and', () => term(depth)))
  }

  function term(depth: number): Filter {
    if (isWord('not')) {
      next()
      bracket('(')
      const inner = filter(depth + 1)
      bracket(')')
      return { op: 'not', filter: inner }
    }
    const token = next()
    if (token.kind === 'bracket' && token.text === '(') {
      const inner = filter(depth + 1)
      bracket(')')
      return inner
    }
    if (token.kind !== 'word') throw unexpected(token)
    return peek().kind === 'bracket' && peek().text === '['
      ? valuePath(token.text, depth)
      : comparison(token.text)
  }

  /** `emails[type eq "work"].value co "x"` asks for one value that is both; two conditions would be satisfied by two. */
  function valuePath(attr: string, depth: number): Filter {
    bracket('[')
    const inner = filter(depth + 1)
    bracket(']')
    if (peek().kind !== 'word' || !peek().text.startsWith('.'))
      return { op: '[]', attr, filter: inner }
    const rest = comparison(next().text.slice(1))
    return { op: '[]', attr, filter: { op: 'and', filters: [inner, rest] } }
  }

  function comparison(attr: string): Filter {
    comparisons++
    if (comparisons > mostComparisons)
      throw complaint('invalidFilter', `A filter may compare ${mostComparisons} times at most.`)
    const token = next()
    const op = token.text.toLowerCase()
    if (token.kind === 'word' && op === 'pr') return { op, attr }
    if (token.kind !== 'word' || !isCompareOp(op)) throw unexpected(token)
    return { op, attr, value: comparable(next()) }
  }

  function comparable(token: Token): Comparable {
    if (token.kind !== 'quoted' && token.kind !== 'word') throw unexpected(token)
    // Entra writes booleans as .NET does: `True`.
    const text = /^(true|false|null)$/i.test(token.text) ? token.text.toLowerCase() : token.text
    try {
      const value: unknown = JSON.parse(text)
      // PostgreSQL has no such character; written as an escape it comes past the edge, which refuses it.
      if (typeof value === 'string' && value.includes('\0')) throw new SyntaxError('U+0000')
      if (value === null || typeof value !== 'object') return value as Comparable
    } catch {
      // What is no JSON value is said below.
    }
    throw wrong(`${token.text}, which is no value,`, token.at)
  }

  return {
    filter,
    end() {
      if (peek().kind !== 'end') throw unexpected(peek())
    },
  }
}

const isCompareOp = (op: string): op is CompareOp => compareOps.some((known) => known === op)

/** How text is compared where the case of letters does not count. */
export const fold = (text: string): string => text.normalize('NFC').toLowerCase()
