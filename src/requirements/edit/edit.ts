import type { Edit } from '../complaint.ts'
import { writeKey, writePath, type Path, type Plain, type PlainTable } from '../tree.ts'
import { apply, difference } from './cuts.ts'
import { find, inlineAt } from './find.ts'
import { insertValue } from './insert.ts'
import { layoutOf, type Layout } from './layout.ts'
import { same, valueAt, without, withValue } from './plain.ts'
import { prune, removeExactly } from './remove.ts'
import type { Cut } from './sequence.ts'
import { isList, isTable, writeLiteral, writeValue } from './write.ts'

/** The text after an edit with the replacements that lead to it, or why it cannot be made. */
export type Edited =
  { readonly text: string; readonly edits: readonly Edit[] } | { readonly problem: string }

const UNREADABLE = 'The text is not TOML at the moment: correct it in the text first.'

/**
 * Sets what stands at `path` and leaves everything else as it is written: comments, order, layout,
 * line endings. Missing tables are made; a number one past the end of a list adds to it. The
 * outcome is read again and compared, so that the text never means anything but what was asked.
 */
export function setValue(text: string, path: Path, value: Plain): Edited {
  return editing(text, (start, layout) => {
    const wanted = withValue(layout.plain, path, value)
    if (wanted === undefined) return { problem: barred(path) }
    const finely = put(start, path, value, { left: STEPS })
    if (finely !== undefined && means(finely, wanted)) return { text: finely }
    const removed = removeExactly(start, path)
    const coarsely = removed === undefined ? undefined : add(removed, path, value)
    return coarsely !== undefined && means(coarsely, wanted)
      ? { text: coarsely }
      : { problem: impossible(path) }
  })
}

/**
 * Takes away what stands at `path`. A table of fixed keys that is left empty goes with it, as long
 * as no comment stands in it; a map stays, since an empty one means something to the client
 * (`mcp_servers = {}` switches every server off).
 */
export function removeValue(text: string, path: Path): Edited {
  return editing(text, (start, layout) => {
    if (path.length === 0 || valueAt(layout.plain, path) === undefined) return { text: start }
    const removed = removeExactly(start, path)
    if (removed === undefined || !means(removed, without(layout.plain, path)))
      return { problem: impossible(path) }
    return { text: prune(removed, path.slice(0, -1)) }
  })
}

/** Gives the last key of `path` another name, wherever it is written. */
export function renameKey(text: string, path: Path, name: string): Edited {
  return editing(text, (start, layout) => {
    const value = valueAt(layout.plain, path)
    const parent = path.slice(0, -1)
    if (value === undefined || typeof path.at(-1) !== 'string')
      return { problem: `There is no ${writePath(path)}.` }
    if (name === path.at(-1)) return { text: start }
    if (valueAt(layout.plain, [...parent, name]) !== undefined)
      return { problem: `${writePath([...parent, name])} is there already.` }
    const renamed = apply(start, renames(layout, path, name))
    const wanted = withValue(without(layout.plain, path), [...parent, name], value)
    return wanted !== undefined && means(renamed, wanted)
      ? { text: renamed }
      : { problem: impossible(path) }
  })
}

type Outcome = { readonly text: string } | { readonly problem: string }

function editing(whole: string, act: (text: string, layout: Layout) => Outcome): Edited {
  const mark = whole.startsWith('\uFEFF') ? 1 : 0
  const text = whole.slice(mark)
  const layout = layoutOf(text)
  if (layout === undefined) return { problem: UNREADABLE }
  const outcome = act(text, layout)
  if ('problem' in outcome) return outcome
  const edits = difference(text, outcome.text).map((edit) => ({
    ...edit,
    from: edit.from + mark,
    to: edit.to + mark,
  }))
  return { text: whole.slice(0, mark) + outcome.text, edits }
}

/** Past this many steps a value is written anew as a whole; each step reads the text once. */
const STEPS = 60

interface Budget {
  left: number
}

function put(text: string, path: Path, value: Plain, budget: Budget): string | undefined {
  budget.left -= 1
  const layout = budget.left < 0 ? undefined : layoutOf(text)
  if (layout === undefined) return undefined
  const there = valueAt(layout.plain, path)
  if (there === undefined) return add(text, path, value)
  if (same(there, value)) return text
  if (isTable(there) && isTable(value)) return putTable(text, path, there, value, budget)
  if (isList(there) && isList(value)) return putList(text, path, there, value, budget)
  const spot = find(layout, path)
  const inline = inlineAt(spot)
  if (inline === undefined) {
    const removed = removeExactly(text, path)
    return removed === undefined ? undefined : add(removed, path, value)
  }
  const old = text.slice(inline.from, inline.to)
  const literal = typeof value === 'string' && /^'[^']/.test(old) ? writeLiteral(value) : undefined
  const lines = spot?.kind === 'pair' && 'path' in spot.owner
  const written = literal ?? writeValue(value, { newline: layout.newline, lines })
  return apply(text, [{ from: inline.from, to: inline.to, insert: written }])
}

function putTable(
  text: string,
  path: Path,
  there: PlainTable,
  value: PlainTable,
  budget: Budget,
): string | undefined {
  let now: string | undefined = text
  // What is new comes first, so that the table never becomes empty in between.
  for (const [name, inner] of Object.entries(value)) {
    if (now !== undefined && !same(valueAt(there, [name]), inner))
      now = put(now, [...path, name], inner, budget)
  }
  for (const name of Object.keys(there)) {
    if (now !== undefined && !Object.hasOwn(value, name)) {
      budget.left -= 1
      now = budget.left < 0 ? undefined : removeExactly(now, [...path, name])
    }
  }
  return now
}

/** Items in common at both ends stay as they are written; those between are set one by one. */
function putList(
  text: string,
  path: Path,
  there: readonly Plain[],
  value: readonly Plain[],
  budget: Budget,
): string | undefined {
  const short = Math.min(there.length, value.length)
  let head = 0
  while (head < short && same(there[head], value[head])) head += 1
  let tail = 0
  while (tail < short - head && same(there.at(-1 - tail), value.at(-1 - tail))) tail += 1
  let now: string | undefined = text
  const common = short - tail
  for (let index = head; index < common && now !== undefined; index++)
    now = put(now, [...path, index], value[index] ?? '', budget)
  for (let index = there.length - tail - 1; index >= common && now !== undefined; index--) {
    budget.left -= 1
    now = budget.left < 0 ? undefined : removeExactly(now, [...path, index])
  }
  for (let index = common; index < value.length - tail && now !== undefined; index++) {
    budget.left -= 1
    now = budget.left < 0 ? undefined : add(now, [...path, index], value[index] ?? '')
  }
  return now
}

function add(text: string, path: Path, value: Plain): string | undefined {
  const layout = layoutOf(text)
  const cuts = layout === undefined ? undefined : insertValue(layout, path, value)
  return cuts === undefined ? undefined : apply(text, cuts)
}

function renames(layout: Layout, path: Path, name: string): readonly Cut[] {
  const insert = writeKey(name)
  const spot = find(layout, path)
  if (spot?.kind === 'pair')
    return spot.pair.keys.slice(-1).map(({ from, to }) => ({ from, to, insert }))
  if (spot?.kind !== 'spread') return []
  const cuts = spot.pairs.flatMap(({ pair, depth }) => pair.keys.slice(depth - 1, depth))
  const steps = path.filter((step) => typeof step === 'string').length
  return [...cuts, ...spot.blocks.flatMap((block) => block.keys.slice(steps - 1, steps))].map(
    ({ from, to }) => ({ from, to, insert }),
  )
}

function means(text: string, wanted: Plain): boolean {
  return same(layoutOf(text)?.plain, wanted)
}

function barred(path: Path): string {
  return `${writePath(path)} cannot be set: something else stands in its way. Edit it in the text.`
}

function impossible(path: Path): string {
  return `${writePath(path)} is written in a way that cannot be edited by the form. Edit it in the text.`
}
