import fc from 'fast-check'
import { POLICY } from '../schema.ts'
import { type Shape, type TableShape } from '../shape.ts'
import { writeKey, type Plain, type PlainTable } from '../tree.ts'
import { isList, isTable, writeLiteral, writeValue } from './write.ts'

// Documents for the property tests: any value that the schema table has a place for, written in
// any of the ways TOML has for it, with comments wherever one may stand.

const word = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-z][a-z0-9_.-]{0,8}$/) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('a\nb', '"', "'", '\\', '#', 'a # b', '\u007f', '', '"""', "'''\n"),
  },
)

/** Names that an admin chooses. */
const name = fc.oneof(
  fc.constantFrom('a', 'b', 'a.b', '*.example.com', ':root', '/tmp/x', 'ü', ' ', '__proto__', '#'),
  word,
)

function tableFrom(entries: readonly (readonly [string, Plain])[]): PlainTable {
  return Object.fromEntries(entries)
}

/** A value of this shape. */
export function fits(shape: Shape, depth: number): fc.Arbitrary<Plain> {
  switch (shape.kind) {
    case 'string':
      return word
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: shape.min, max: Math.min(shape.max, 100_000) })
    case 'enum':
      return fc.constantFrom(...shape.values.map((choice) => choice.value))
    case 'list':
      return fc.array(fits(shape.of, depth + 1), { maxLength: 3 })
    case 'either':
      return fc.oneof(...shape.options.map((option) => fits(option, depth)))
    case 'variant':
      return fc.oneof(
        ...Object.entries(shape.variants).map(([key, inner]) =>
          fits(inner, depth + 1).map((value) => tableFrom([[key, value]])),
        ),
      )
    case 'tagged':
      return fc.oneof(
        ...Object.entries(shape.cases).map(([tag, inner]) =>
          fits(inner, depth + 1).map((value) =>
            tableFrom([[shape.tag, tag], ...Object.entries(value as PlainTable)]),
          ),
        ),
      )
    case 'table':
      return tableOf(shape, depth)
    case 'anything':
      return fc.oneof(word, fc.integer(), fc.double(), fc.array(word, { maxLength: 2 }))
  }
}

function tableOf(shape: TableShape, depth: number): fc.Arbitrary<PlainTable> {
  const named = fc
    .subarray([...shape.keys], { maxLength: Math.min(depth === 0 ? 7 : 3, shape.keys.length) })
    .chain((keys) =>
      fc.tuple(
        ...keys.map((key) => fits(key.shape, depth + 1).map((value) => [key.name, value] as const)),
      ),
    )
  const free = shape.rest
  if (free === undefined || depth > 6) return named.map(tableFrom)
  const others = fc.array(fc.tuple(name, fits(free, depth + 1)), { maxLength: 3 })
  return fc.tuple(others, named).map(([more, these]) => tableFrom([...more, ...these]))
}

/** A policy as a value: of the right kinds throughout, not always one the client accepts. */
export const policyValue: fc.Arbitrary<PlainTable> = tableOf(POLICY, 0)

/** Another value for a place that has this one: of its own kind, or of any. */
export const anyValue: fc.Arbitrary<Plain> = fc.oneof(
  word,
  fc.boolean(),
  fc.integer(),
  fc.double(),
  fc.array(word, { maxLength: 3 }),
  fc.dictionary(name, fc.oneof(word, fc.boolean(), fc.array(fc.integer(), { maxLength: 2 })), {
    maxKeys: 3,
  }),
  policyValue,
)

export interface Dice {
  /** Whether something happens that happens in `percent` of all cases. */
  readonly falls: (percent: number) => boolean
}

/** Mulberry32: small, and the same on every machine. */
function diceOf(seed: number): Dice {
  let state = seed >>> 0
  return {
    falls: (percent) => {
      state = (state + 0x6d2b79f5) >>> 0
      let t = Math.imul(state ^ (state >>> 15), 1 | state)
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32 < percent / 100
    },
  }
}

/** The value as a text, in one of very many ways. */
export function writeAtRandom(value: PlainTable, seed: number): string {
  const printer = new Printer(diceOf(seed))
  printer.table(value, [])
  let text = printer.out
  if (printer.dice.falls(20)) text = text.replace(/\n$/, '')
  // Line breaks inside multi-line strings are part of their value; those documents stay as they are.
  if (printer.dice.falls(20) && !text.includes('"""')) text = text.replaceAll('\n', '\r\n')
  return printer.dice.falls(10) ? `\uFEFF${text}` : text
}

class Printer {
  readonly dice: Dice
  out = ''
  private remarks = 0

  constructor(dice: Dice) {
    this.dice = dice
  }

  /** A comment that occurs once in the text. */
  private remark(): string {
    this.remarks += 1
    return `# ${this.dice.falls(30) ? 'a = "b" [c] ' : ''}remark ${this.remarks}`
  }

  private remarkLine(): void {
    if (this.dice.falls(15)) this.out += `${this.remark()}\n`
    if (this.dice.falls(15)) this.out += '\n'
  }

  private lineEnd(): void {
    this.out += this.dice.falls(15) ? ` ${this.remark()}\n` : '\n'
  }

  table(value: PlainTable, path: readonly string[]): void {
    const later: (readonly [string, Plain])[] = []
    for (const [key, inner] of Object.entries(value)) {
      const blocks = isList(inner) && inner.length > 0 && inner.every(isTable)
      const section = (isTable(inner) || blocks) && this.dice.falls(60)
      if (section) {
        later.push([key, inner])
        continue
      }
      this.remarkLine()
      if (isTable(inner) && Object.keys(inner).length > 0 && this.dice.falls(50))
        this.dotted([key], inner)
      else {
        this.out += `${this.indent()}${this.key(key)} = ${this.value(inner, true)}`
        this.lineEnd()
      }
    }
    for (const [key, inner] of later) this.section([...path, key], inner)
  }

  private section(path: readonly string[], inner: Plain): void {
    if (isTable(inner)) {
      // A table whose keys are all tables needs no header of its own.
      const implied =
        Object.keys(inner).length > 0 && Object.values(inner).every(isTable) && this.dice.falls(50)
      if (implied) {
        for (const [key, deeper] of Object.entries(inner)) this.section([...path, key], deeper)
        return
      }
      this.remarkLine()
      this.out += `[${path.map((key) => this.key(key)).join(this.dice.falls(10) ? ' . ' : '.')}]`
      this.lineEnd()
      this.table(inner, path)
      return
    }
    for (const item of isList(inner) ? inner.filter(isTable) : []) {
      this.remarkLine()
      this.out += `[[${path.map((key) => this.key(key)).join('.')}]]`
      this.lineEnd()
      this.table(item, path)
    }
  }

  private dotted(prefix: readonly string[], value: PlainTable): void {
    for (const [key, inner] of Object.entries(value)) {
      const deeper = isTable(inner) && Object.keys(inner).length > 0 && this.dice.falls(40)
      if (deeper) this.dotted([...prefix, key], inner)
      else {
        this.remarkLine()
        const keys = [...prefix, key].map((part) => this.key(part)).join('.')
        this.out += `${keys} = ${this.value(inner, true)}`
        this.lineEnd()
      }
    }
  }

  private indent(): string {
    return this.dice.falls(10) ? '  ' : ''
  }

  private key(key: string): string {
    return this.dice.falls(10) ? (writeLiteral(key) ?? writeKey(key)) : writeKey(key)
  }

  private value(value: Plain, lines: boolean): string {
    const flat = { newline: '\n', lines: lines && this.dice.falls(50) }
    if (typeof value === 'string' && this.dice.falls(30))
      return writeLiteral(value) ?? writeValue(value, flat)
    if (isList(value)) return this.list(value)
    return isTable(value) ? this.braces(value) : writeValue(value, flat)
  }

  private list(value: readonly Plain[]): string {
    if (this.dice.falls(50)) return `[${value.map((item) => this.value(item, false)).join(',')}]`
    const gap = (): string => (this.dice.falls(20) ? ` ${this.remark()}\n  ` : '\n  ')
    let out = `[${gap()}`
    for (const [index, item] of value.entries()) {
      const comma = index < value.length - 1 || this.dice.falls(50)
      out += this.value(item, false) + (this.dice.falls(10) ? gap() : '') + (comma ? ',' : '')
      out += this.dice.falls(20) ? ' ' : gap()
    }
    return `${out}]`
  }

  private braces(value: PlainTable): string {
    const pairs = Object.entries(value).map(([key, inner]) => {
      const only = isTable(inner) ? Object.entries(inner) : []
      const [first, second] = only
      if (first !== undefined && second === undefined && this.dice.falls(40))
        return `${this.key(key)}.${this.key(first[0])} = ${this.value(first[1], false)}`
      return `${this.key(key)} = ${this.value(inner, false)}`
    })
    return `{${pairs.join(', ')}}`
  }
}
