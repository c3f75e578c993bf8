/** A value on its way to becoming TOML: scalars are written already. */
export type Draft =
  | { readonly kind: 'raw'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'list'; readonly items: readonly Draft[] }
  | { readonly kind: 'table'; readonly entries: readonly (readonly [string, Draft])[] }

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

/**
 * Writes a document in one of the many ways TOML has for it: headers, dotted keys, inline tables, lists of blocks, four
 * kinds of string, comments, line endings, a byte order mark. The same seed writes the same text.
 */
export function renderToml(root: Draft & { kind: 'table' }, seed: number): string {
  const roll = dice(seed)
  const out: string[] = []
  block(root, [], out, roll)
  const end = roll() < 0.1 ? '\r\n' : '\n'
  const mark = roll() < 0.03 ? '\uFEFF' : ''
  const text = out.join('\n')
  return mark + (end === '\n' ? text : text.replaceAll('\n', '\r\n')) + (roll() < 0.9 ? end : '')
}

type Table = Draft & { readonly kind: 'table' }
type Roll = () => number

function block(table: Table, path: readonly string[], out: string[], roll: Roll): void {
  const later: (() => void)[] = []
  for (const [name, value] of table.entries) {
    const here = [...path, name]
    if (value.kind === 'table' && roll() < 0.6) {
      later.push(() => {
        comment(out, roll)
        out.push(`[${here.map((part) => keyOf(part, roll)).join('.')}]`)
        block(value, here, out, roll)
      })
    } else if (value.kind === 'list' && isBlocks(value) && roll() < 0.5) {
      later.push(() => {
        for (const item of value.items) {
          out.push(`[[${here.map((part) => keyOf(part, roll)).join('.')}]]`)
          block(item, here, out, roll)
        }
      })
    } else if (value.kind === 'table' && value.entries.length > 0 && roll() < 0.4) {
      dotted([name], value, out, roll)
    } else {
      comment(out, roll)
      out.push(
        `${keyOf(name, roll)}${roll() < 0.9 ? ' = ' : '='}${written(value, roll)}${tail(roll)}`,
      )
    }
  }
  for (const write of later) write()
}

function isBlocks(
  list: Draft & { kind: 'list' },
): list is { kind: 'list'; items: readonly Table[] } {
  return list.items.length > 0 && list.items.every((item) => item.kind === 'table')
}

function dotted(path: readonly string[], table: Table, out: string[], roll: Roll): void {
  for (const [name, value] of table.entries) {
    const here = [...path, name]
    if (value.kind === 'table' && value.entries.length > 0 && roll() < 0.7)
      dotted(here, value, out, roll)
    else out.push(`${here.map((part) => keyOf(part, roll)).join('.')} = ${written(value, roll)}`)
  }
}

function comment(out: string[], roll: Roll): void {
  const lot = roll()
  if (lot < 0.06) out.push('# why: “because”, [not] = a key')
  else if (lot < 0.1) out.push('')
}

const tail = (roll: Roll): string => (roll() < 0.05 ? ' # "quoted" = [1]' : '')

function written(value: Draft, roll: Roll): string {
  switch (value.kind) {
    case 'raw':
      return value.text
    case 'string':
      return stringOf(value.value, roll)
    case 'list': {
      const items = value.items.map((item) => written(item, roll))
      const lot = roll()
      if (lot < 0.1 && items.length > 0) return `[\n  ${items.join(',\n  ')}, # last\n]`
      return lot < 0.2 ? `[ ${items.join(' , ')} ]` : `[${items.join(', ')}]`
    }
    case 'table': {
      const pairs = value.entries.map(([name, v]) => `${keyOf(name, roll)} = ${written(v, roll)}`)
      return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
    }
  }
}

function keyOf(name: string, roll: Roll): string {
  const lot = roll()
  if (/^[A-Za-z0-9_-]+$/.test(name) && lot < 0.85) return name
  // Literal strings have no escapes, so they hold neither quotes nor control characters.
  if (lot > 0.95 && /^[^'\p{Cc}]*$/u.test(name)) return `'${name}'`
  return basic(name)
}

function stringOf(value: string, roll: Roll): string {
  const lot = roll()
  if (lot < 0.08 && /^[^'\p{Cc}]*$/u.test(value)) return `'${value}'`
  if (lot < 0.11 && !value.includes("'''") && /^[^'\p{Cc}]*$/u.test(value))
    return `'''\n${value}'''`
  if (lot < 0.15) return `"""\n${basic(value).slice(1, -1)}"""`
  if (lot < 0.17) return `"${escaped(value)}"`
  return basic(value)
}

/** As JSON writes it, which TOML reads the same but for U+007F. */
const basic = (value: string): string => JSON.stringify(value).replaceAll('\u007F', '\\u007F')

const escaped = (value: string): string =>
  Array.from(value, (char) => `\\U${char.codePointAt(0)?.toString(16).padStart(8, '0')}`).join('')
