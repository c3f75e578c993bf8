import { keyAt } from '../path.ts'
import type { Path } from '../tree.ts'
import { apply } from './cuts.ts'
import { find, inlineAt, type Spot } from './find.ts'
import { insertValue } from './insert.ts'
import { layoutOf, type Block, type InlineTable, type Layout, type Pair } from './layout.ts'
import { same, valueAt, without } from './plain.ts'
import { removeMember, type Cut } from './sequence.ts'
import { endOf, removeBlocks, removePair } from './statements.ts'
import { isList, isTable } from './write.ts'

/**
 * Takes away what stands at the path and nothing else: a table that only it implied is written
 * out, empty. Undefined where that cannot be done.
 */
export function removeExactly(text: string, path: Path): string | undefined {
  const layout = layoutOf(text)
  const spot = layout === undefined ? undefined : find(layout, path)
  if (layout === undefined || spot === undefined) return undefined
  const removed = apply(text, cutsOf(layout, spot))
  const now = layoutOf(removed)
  if (now === undefined) return undefined
  // Of several dotted keys in one pair of braces, one goes at a time.
  if (
    spot.kind === 'spread' &&
    typeof path.at(-1) === 'string' &&
    valueAt(now.plain, path) !== undefined
  )
    return removed === text ? undefined : removeExactly(removed, path)
  const parent = path.slice(0, -1)
  const wanted = valueAt(without(layout.plain, path), parent)
  const left = valueAt(now.plain, parent)
  if (parent.length === 0 || wanted === undefined || same(left, wanted)) return removed
  const cuts = left === undefined ? insertValue(now, parent, wanted) : undefined
  return cuts === undefined ? undefined : apply(removed, cuts)
}

function cutsOf(layout: Layout, spot: Spot): readonly Cut[] {
  if (spot.kind === 'item') return removeMember(layout.text, spot.list, spot.index)
  if (spot.kind === 'pair') return cutsOfPair(layout, spot.owner, spot.pair)
  const braces = spot.pairs.find((held) => !('path' in held.owner))
  if (braces !== undefined) return cutsOfPair(layout, braces.owner, braces.pair)
  return [
    ...removeBlocks(layout, spot.blocks),
    ...spot.pairs.map(({ pair }) => removePair(layout, pair)),
  ]
}

function cutsOfPair(layout: Layout, owner: Block | InlineTable, pair: Pair): readonly Cut[] {
  if ('path' in owner) return [removePair(layout, pair)]
  return removeMember(layout.text, owner, owner.pairs.indexOf(pair))
}

/**
 * Takes tables away that were left empty and mean nothing then: those of fixed keys, and lists of
 * tables. Maps stay, and so does whatever has a comment in it.
 */
export function prune(text: string, path: Path): string {
  const layout = layoutOf(text)
  if (layout === undefined || path.length === 0 || typeof path.at(-1) === 'number') return text
  const value = valueAt(layout.plain, path)
  const empty =
    (isTable(value) && Object.keys(value).length === 0) || (isList(value) && value.length === 0)
  if (!empty || !isIdle(path) || hasRemarks(layout, path)) return text
  const removed = removeExactly(text, path)
  return removed === undefined ? text : prune(removed, path.slice(0, -1))
}

function isIdle(path: Path): boolean {
  const { shape } = keyAt(path.filter((step) => typeof step === 'string'))
  if (shape?.kind === 'table') return shape.rest === undefined
  return shape?.kind === 'list' && shape.of.kind === 'table' && shape.nonEmpty !== true
}

function hasRemarks(layout: Layout, path: Path): boolean {
  const spot = find(layout, path)
  const inline = inlineAt(spot)
  if (inline !== undefined) return layout.hasComment(inline.from, inline.to)
  return (
    spot?.kind === 'spread' && spot.blocks.some((b) => layout.hasComment(b.from, endOf(layout, b)))
  )
}
