import type { Path } from '../tree.ts'
import {
  startsWith,
  type Block,
  type Inline,
  type InlineList,
  type InlineTable,
  type Layout,
  type Pair,
} from './layout.ts'

/** A pair that belongs to something, and where it stands. */
export interface Held {
  readonly owner: Block | InlineTable
  readonly pair: Pair
  /** What of the pair's dotted key lies at or above the thing. */
  readonly depth: number
}

/** Where something of a policy was written. */
export type Spot =
  | { readonly kind: 'pair'; readonly owner: Block | InlineTable; readonly pair: Pair }
  | { readonly kind: 'item'; readonly list: InlineList; readonly index: number }
  /** A table or a list of tables that no single line holds: headers and dotted keys. */
  | { readonly kind: 'spread'; readonly blocks: readonly Block[]; readonly pairs: readonly Held[] }

/** Where the value at this path was written; undefined where there is none. */
export function find(layout: Layout, path: Path): Spot | undefined {
  const blocks: Block[] = []
  const pairs: Held[] = []
  for (const block of layout.blocks) {
    if (path.length > 0 && startsWith(block.path, path)) blocks.push(block)
    else if (startsWith(path, block.path)) {
      const found = within(block, path.slice(block.path.length))
      if (found?.kind === 'spread') pairs.push(...found.pairs)
      else if (found !== undefined) return found
    }
  }
  return blocks.length + pairs.length === 0 ? undefined : { kind: 'spread', blocks, pairs }
}

function within(owner: Block | InlineTable, rest: Path): Spot | undefined {
  const held: Held[] = []
  for (const pair of owner.pairs) {
    const names = pair.keys.map((part) => part.name)
    if (startsWith(rest, names)) {
      const tail = rest.slice(names.length)
      return tail.length === 0 ? { kind: 'pair', owner, pair } : inside(pair.value, tail)
    }
    if (startsWith(names, rest)) held.push({ owner, pair, depth: rest.length })
  }
  return held.length === 0 ? undefined : { kind: 'spread', blocks: [], pairs: held }
}

function inside(value: Inline, rest: Path): Spot | undefined {
  const [step, ...tail] = rest
  if (value.kind === 'table') return within(value, rest)
  if (value.kind !== 'list' || typeof step !== 'number') return undefined
  const item = value.items[step]
  if (item === undefined) return undefined
  return tail.length === 0 ? { kind: 'item', list: value, index: step } : inside(item, tail)
}

/** The value of a spot that one line or bracket holds. */
export function inlineAt(spot: Spot | undefined): Inline | undefined {
  if (spot?.kind === 'pair') return spot.pair.value
  return spot?.kind === 'item' ? spot.list.items[spot.index] : undefined
}
