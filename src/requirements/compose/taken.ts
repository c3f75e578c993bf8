import type { Ruler } from '../positions.ts'
import { keyOf, type Shape, type TableShape } from '../shape.ts'
import {
  toPlain,
  writeKey,
  writePath,
  type Entry,
  type ListNode,
  type Node,
  type Path,
  type Plain,
  type ScalarNode,
  type TableNode,
} from '../tree.ts'

/** A key that the client leaves out before it composes anything. */
export interface Dropped {
  readonly key: string
  readonly line: number
  readonly column: number
  /** It does not know it, or it takes it only from the file on the machine. */
  readonly why: 'unknown' | 'local_only'
}

/** An entry with everything composing needs of it: that is done many times, reading once. */
export interface TakenEntry extends Entry {
  readonly value: TakenTable | ListNode | ScalarNode
  /** The key as it is written in a path. */
  readonly written: string
  readonly line: number
  readonly column: number
  readonly plain: Plain
}

export interface TakenTable extends TableNode {
  readonly entries: ReadonlyMap<string, TakenEntry>
}

/**
 * The document as the client takes it: without what it ignores, and with one name for each key (`network_proxy` is
 * `experimental_network`). Lists stay as they are: the client never merges into them.
 */
export function take(
  root: TableNode,
  shape: TableShape,
  ruler: Ruler,
): { readonly root: TakenTable; readonly dropped: readonly Dropped[] } {
  const dropped: Dropped[] = []
  const drop = (entry: Entry, path: Path, why: Dropped['why']): void => {
    dropped.push({ key: writePath(path), ...ruler.place(entry.keySpan.from), why })
  }
  const table = (node: TableNode, of: TableShape | undefined, path: Path): TakenTable => {
    const entries = new Map<string, TakenEntry>()
    for (const entry of node.entries.values()) {
      const known = of && keyOf(of, entry.key)
      const name = known?.name ?? entry.key
      const here = [...path, name]
      const inside = known?.shape ?? of?.rest
      if (known?.delivered === 'local-only') drop(entry, here, 'local_only')
      // What is refused stays, so that it can be said.
      else if (of === undefined || inside !== undefined || of.unknown === 'refused')
        entries.set(name, taken(entry, name, value(entry.value, inside, here), ruler))
      else drop(entry, here, 'unknown')
    }
    return { ...node, entries }
  }
  const value = (node: Node, of: Shape | undefined, path: Path): TakenEntry['value'] => {
    if (node.kind !== 'table') return node
    const inside = of?.kind === 'either' ? of.options.find((one) => one.kind === 'table') : of
    return table(node, inside?.kind === 'table' ? inside : undefined, path)
  }
  return { root: table(root, shape, []), dropped }
}

/** An entry under the name it has for the client. */
export function taken(
  { keySpan }: Entry,
  name: string,
  value: TakenEntry['value'],
  ruler: Ruler,
): TakenEntry {
  const plain = toPlain(value)
  return { key: name, keySpan, value, written: writeKey(name), ...ruler.place(keySpan.from), plain }
}
