/** How a changed region is shown: which lines stand beside each other, and which words are marked. */
import type { Edit, Span } from './edits.ts'
import type { LineDiff } from './lines.ts'
import { type MovedLines, type Place } from './moves.ts'
import { pairLines } from './pairs.ts'
import { type Mark, refineWords } from './words.ts'

/** A line of a changed region. `index` counts from 0; `moved` says where else it stands. */
export type ShownLine = {
  readonly index: number
  readonly marks: readonly Mark[]
  readonly moved: Place | null
}

/** What stands in one row; never null on both sides. `alone` keeps a filler from being a change. */
export type ShownPair = {
  readonly left: ShownLine | null
  readonly right: ShownLine | null
  /** Part of a paragraph that stands on both sides, though this row may be empty on one. */
  readonly paired: boolean
}

/** Lines that belong together: one, or those of a paragraph. */
type Unit = { readonly from: number; readonly to: number; readonly text: string }

/** Replaced lines a[…] and b[…], paired. Lines that moved stand in rows of their own. */
export function pairBlock(
  diff: LineDiff,
  block: { readonly a: Span; readonly b: Span },
  moved: MovedLines | undefined,
): readonly ShownPair[] {
  const left = unitsIn(diff.a, block.a, diff.units?.a)
  const right = unitsIn(diff.b, block.b, diff.units?.b)
  if (moved === undefined || (moved.left.size === 0 && moved.right.size === 0)) {
    return pairUnits(diff, left, right)
  }
  const [stayedLeft, goneLeft] = partition(left, moved.left)
  const [stayedRight, goneRight] = partition(right, moved.right)
  if (goneLeft.length + goneRight.length === 0) return pairUnits(diff, left, right)
  return mergeMoved(pairUnits(diff, stayedLeft, stayedRight), goneLeft, goneRight)
}

function unitsIn(
  lines: readonly string[],
  [from, to]: Span,
  starts: Int32Array | undefined,
): readonly Unit[] {
  const units: Unit[] = []
  for (let index = from; index < to;) {
    const end = starts === undefined ? index + 1 : Math.min(to, nextStart(starts, index))
    const texts = Array.from({ length: end - index }, (_, i) => textOf(lines, index + i))
    units.push({ from: index, to: end, text: texts.join('\n') })
    index = end
  }
  return units
}

/** The first start after a line, by halving. */
function nextStart(starts: Int32Array, line: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((starts[middle] as number) <= line) low = middle + 1
    else high = middle
  }
  return starts[low] as number
}

function pairUnits(
  diff: LineDiff,
  left: readonly Unit[],
  right: readonly Unit[],
): readonly ShownPair[] {
  const spaces = diff.units === undefined ? 'compared' : 'alike'
  const shown: ShownPair[] = []
  const pairs = pairLines(
    left.map(({ text }) => text),
    right.map(({ text }) => text),
  )
  for (const pair of pairs) {
    const a = pair.left === null ? null : (left[pair.left] as Unit)
    const b = pair.right === null ? null : (right[pair.right] as Unit)
    const words =
      pair.alike && a !== null && b !== null ? refineWords(a.text, b.text, { spaces }) : null
    const leftLines = linesOf(a, words?.left ?? [])
    const rightLines = linesOf(b, words?.right ?? [])
    const rows = Math.max(leftLines.length, rightLines.length)
    for (let row = 0; row < rows; row++) {
      const paired = a !== null && b !== null
      shown.push({ left: leftLines[row] ?? null, right: rightLines[row] ?? null, paired })
    }
  }
  return shown
}

/** The lines of a unit, each with its part of the marks. */
function linesOf(unit: Unit | null, marks: readonly Mark[]): readonly ShownLine[] {
  if (unit === null) return []
  if (unit.to - unit.from === 1) return [{ index: unit.from, marks, moved: null }]
  let at = 0
  return unit.text.split('\n').map((text, line) => {
    const start = at
    const end = start + text.length
    at = end + 1
    const inside = marks
      .map(([from, to]): Mark => [Math.max(from, start) - start, Math.min(to, end) - start])
      // Of a mark across an empty line nothing is left there.
      .filter(([from, to]) => from < to)
    return { index: unit.from + line, marks: inside, moved: null }
  })
}

/** Units that stay, and the lines of those that moved as a whole. */
function partition(
  units: readonly Unit[],
  moved: ReadonlyMap<number, Place>,
): readonly [stayed: readonly Unit[], gone: readonly ShownLine[]] {
  const stayed: Unit[] = []
  const gone: ShownLine[] = []
  for (const unit of units) {
    const lines = linesOf(unit, []).map((line) => ({
      ...line,
      moved: moved.get(line.index) ?? null,
    }))
    if (lines.every((line) => line.moved !== null)) gone.push(...lines)
    else stayed.push(unit)
  }
  return [stayed, gone]
}

/** Puts moved lines back between the others, so that line numbers ascend on both sides. */
function mergeMoved(
  pairs: readonly ShownPair[],
  goneLeft: readonly ShownLine[],
  goneRight: readonly ShownLine[],
): readonly ShownPair[] {
  const merged: ShownPair[] = []
  let l = 0
  let r = 0
  const flush = (left: number, right: number) => {
    for (let line = goneLeft[l]; line !== undefined && line.index < left; line = goneLeft[++l]) {
      merged.push({ left: line, right: null, paired: false })
    }
    for (let line = goneRight[r]; line !== undefined && line.index < right; line = goneRight[++r]) {
      merged.push({ left: null, right: line, paired: false })
    }
  }
  for (const pair of pairs) {
    flush(pair.left?.index ?? -1, pair.right?.index ?? -1)
    merged.push(pair)
  }
  flush(Infinity, Infinity)
  return merged
}

export type ShownBlock = { readonly same: boolean; readonly a: Span; readonly b: Span }

/** Joins each `removed` with the `added` that follows it. */
export function blocksOf(edits: readonly Edit[]): readonly ShownBlock[] {
  const blocks: ShownBlock[] = []
  for (const edit of edits) {
    const last = blocks.at(-1)
    const same = edit.kind === 'same'
    if (last !== undefined && !last.same && !same) {
      blocks[blocks.length - 1] = { same, a: [last.a[0], edit.a[1]], b: [last.b[0], edit.b[1]] }
    } else blocks.push({ same, a: edit.a, b: edit.b })
  }
  return blocks
}

/** A line without its line feed. */
export function textOf(lines: readonly string[], index: number): string {
  const line = lines[index] ?? ''
  return line.endsWith('\n') ? line.slice(0, -1) : line
}
