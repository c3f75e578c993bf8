import { writeKey, type Path, type Plain, type PlainTable } from '../tree.ts'
import { find, inlineAt, type Held } from './find.ts'
import { startsWith, type Block, type InlineTable, type Layout } from './layout.ts'
import { valueAt } from './plain.ts'
import { insertMember, type Cut } from './sequence.ts'
import {
  addBehind,
  addBlock,
  addElement,
  addHeaderBefore,
  addToBlock,
  dotted,
  writeBlock,
  writeElement,
} from './statements.ts'
import { isList, isTable, writeValue } from './write.ts'

/**
 * The replacements that add a value where there is none yet, or in front of the list item at
 * `path`: next to what its table already has, or under a header where the schema's order puts it.
 */
export function insertValue(layout: Layout, path: Path, value: Plain): readonly Cut[] | undefined {
  let depth = path.length - 1
  while (depth > 0 && valueAt(layout.plain, path.slice(0, depth)) === undefined) depth -= 1
  const home = path.slice(0, depth)
  const rest = path.slice(depth)
  const there = valueAt(layout.plain, home)
  if (isList(there)) return intoList(layout, home, rest, value)
  return isTable(there) ? intoTable(layout, home, rest, value) : undefined
}

function intoList(
  layout: Layout,
  home: Path,
  rest: Path,
  value: Plain,
): readonly Cut[] | undefined {
  const [index, ...deeper] = rest
  const item = wrap(deeper, value)
  if (typeof index !== 'number' || item === undefined) return undefined
  const { text, newline } = layout
  const spot = find(layout, home)
  const inline = inlineAt(spot)
  if (inline?.kind === 'list')
    return insertMember(text, inline, index, writeValue(item, { newline, lines: false }), newline)
  if (spot?.kind !== 'spread' || !isTable(item)) return undefined
  const keys = home.filter((step) => typeof step === 'string')
  const written = writeElement(keys, item, newline)
  const next = spot.blocks.find((block) => startsWith(block.path, [...home, index]))
  if (next !== undefined) return [addHeaderBefore(layout, next, written)]
  const behind = addElement(layout, spot.blocks, written)
  return behind === undefined ? undefined : [behind]
}

function intoTable(
  layout: Layout,
  home: Path,
  rest: Path,
  value: Plain,
): readonly Cut[] | undefined {
  const stop = rest.findIndex((step) => typeof step === 'number')
  const names = (stop === -1 ? rest : rest.slice(0, stop)).map(String)
  const leaf = wrap(stop === -1 ? [] : rest.slice(stop), value)
  if (leaf === undefined || names.length === 0) return undefined
  const spot = home.length === 0 ? undefined : find(layout, home)
  const inline = inlineAt(spot)
  if (inline?.kind === 'table') return [...intoBraces(layout, inline, names, leaf)]
  const spread = spot?.kind === 'spread' ? spot : { blocks: layout.blocks.slice(0, 1), pairs: [] }
  const header = spread.blocks.find((block) => block.path.length === home.length)
  const held = spread.pairs.at(-1)
  const plainHome = home.every((step) => typeof step === 'string')
  if (plainHome && (header !== undefined || held === undefined)) {
    const section = asSection(layout, home.map(String), names, leaf)
    if (section !== undefined) return [section]
  }
  if (header !== undefined)
    return [addToBlock(layout, header, pair(layout, names, leaf), names[0] ?? '')]
  if (held !== undefined) return behindHeld(layout, held, names, leaf)
  const first = spread.blocks[0]
  return first === undefined ? undefined : [beforeSubTables(layout, first, home, names, leaf)]
}

/** Under a header of its own, when it is a table or its table is not there yet. */
function asSection(
  layout: Layout,
  home: readonly string[],
  names: readonly string[],
  leaf: Plain,
): Cut | undefined {
  const { newline } = layout
  const full = [...home, ...names]
  if (isTable(leaf)) return addBlock(layout, full, writeBlock(full, leaf, newline))
  if (full.length === 1 && isList(leaf) && leaf.length > 0 && leaf.every(isTable)) {
    const blocks = leaf.map((item) => writeElement(full, item, newline))
    return addBlock(layout, full, blocks.join(newline + newline))
  }
  if (names.length === 1) return undefined
  const section = full.slice(0, -1)
  const content: PlainTable = Object.fromEntries([[full.at(-1) ?? '', leaf]])
  return addBlock(layout, section, writeBlock(section, content, newline))
}

function pair(layout: Layout, names: readonly string[], leaf: Plain): string {
  return `${dotted(names)} = ${writeValue(leaf, { newline: layout.newline, lines: true })}`
}

function intoBraces(
  layout: Layout,
  braces: InlineTable,
  names: readonly string[],
  leaf: Plain,
): readonly Cut[] {
  const [first = '', ...deeper] = names
  const style = { newline: layout.newline, lines: false }
  const written = `${writeKey(first)} = ${writeValue(wrap(deeper, leaf) ?? leaf, style)}`
  return insertMember(layout.text, braces, braces.pairs.length, written, layout.newline)
}

/** Behind the last of the dotted keys that make up its table. */
function behindHeld(
  layout: Layout,
  held: Held,
  names: readonly string[],
  leaf: Plain,
): readonly Cut[] {
  const prefix = held.pair.keys.slice(0, held.depth).map((part) => part.name)
  const all = [...prefix, ...names]
  const { owner } = held
  if ('path' in owner) return [addBehind(layout, held.pair, pair(layout, all, leaf))]
  const written = `${dotted(all)} = ${writeValue(leaf, { newline: layout.newline, lines: false })}`
  const index = owner.pairs.indexOf(held.pair) + 1
  return insertMember(layout.text, owner, index, written, layout.newline)
}

function beforeSubTables(
  layout: Layout,
  first: Block,
  home: Path,
  names: readonly string[],
  leaf: Plain,
): Cut {
  const keys = home.filter((step) => typeof step === 'string')
  const written = `[${dotted(keys)}]${layout.newline}${pair(layout, names, leaf)}`
  return addHeaderBefore(layout, first, written)
}

/** The value with the missing tables and lists around it. */
function wrap(steps: Path, value: Plain): Plain | undefined {
  return steps.reduceRight<Plain | undefined>((inner, step) => {
    if (inner === undefined) return undefined
    if (typeof step === 'number') return step === 0 ? [inner] : undefined
    return Object.fromEntries([[step, inner]])
  }, value)
}
