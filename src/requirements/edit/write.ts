import { writeKey, type Plain, type PlainTable } from '../tree.ts'

// How a value is written into the text of a policy.

/** How a value may be laid out: `lines` may go over several lines, each indented by `indent`. */
export interface Style {
  readonly newline: string
  readonly lines: boolean
}

const WIDTH = 88

export function isTable(value: Plain | undefined): value is PlainTable {
  return typeof value === 'object' && !Array.isArray(value)
}

export function isList(value: Plain | undefined): value is readonly Plain[] {
  return Array.isArray(value)
}

/** A value in TOML notation. Integers above 2^53 cannot be told from their neighbours and stay as JavaScript has them. */
export function writeValue(value: Plain, style: Style): string {
  if (typeof value === 'string') return writeString(value, style)
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'number') return writeNumber(value)
  const flat = { ...style, lines: false }
  if (isTable(value)) return writeInlineTable(value, flat)
  const items = value.map((item) => writeValue(item, flat))
  const line = `[${items.join(', ')}]`
  const long = line.length > WIDTH || (items.length > 0 && value.every(isTable))
  if (!style.lines || !long) return line
  const { newline } = style
  return `[${newline}${items.map((item) => `  ${item},${newline}`).join('')}]`
}

function writeInlineTable(value: PlainTable, style: Style): string {
  const pairs = Object.entries(value).map(
    ([name, inner]) => `${writeKey(name)} = ${writeValue(inner, style)}`,
  )
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
}

function writeNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  if (Number.isSafeInteger(value)) return String(value)
  // `1e21` is a float in TOML as well; a whole number without an exponent would be an integer.
  const written = String(value)
  return /[.e]/.test(written) ? written : `${written}.0`
}

/** A string: over several lines where it has some and the place allows it, else in one. */
function writeString(value: string, style: Style): string {
  if (style.lines && style.newline === '\n' && value.includes('\n') && !value.includes('\r')) {
    const body = value
      .split('\n')
      .map((line) => escapeText(line).replaceAll('\\"', '"').replaceAll('"""', '""\\"'))
      .join('\n')
    // A quote at the end would run into the closing ones.
    return `"""\n${body.endsWith('"') ? `${body.slice(0, -1)}\\"` : body}"""`
  }
  return `"${escapeText(value)}"`
}

/** JSON's escapes are TOML's as well, but JSON leaves U+007F as it is. */
function escapeText(value: string): string {
  return JSON.stringify(value).slice(1, -1).replaceAll('\u007F', '\\u007F')
}

/** The string in single quotes, when it can be written so. */
export function writeLiteral(value: string): string | undefined {
  return /^[^'\p{Cc}]*$/u.test(value) ? `'${value}'` : undefined
}
