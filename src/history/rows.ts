/**
 * A line diff laid out for reading: hunks with context and the gaps between them, side by side or
 * unified.
 */
import type { Edit, LineDiff, Span } from './lines.ts'
import { type Pair, pairLines } from './pairs.ts'
import { type Mark, refineWords } from './words.ts'

/** One line as it is shown on one side. */
export type Cell = {
  /** Counted from 1. */
  readonly line: number
  /** Without its line feed. */
  readonly text: string
  /** The words that changed. Empty on a changed line when the line as a whole is new or gone. */
  readonly marks: readonly Mark[]
  /** False only for a last line that no line feed ends. */
  readonly ended: boolean
}

export type Row =
  | { readonly kind: 'same' | 'changed'; readonly left: Cell; readonly right: Cell }
  | { readonly kind: 'removed'; readonly left: Cell; readonly right: null }
  | { readonly kind: 'added'; readonly left: null; readonly right: Cell }

export type UnifiedRow = {
  readonly kind: 'same' | 'removed' | 'added'
  /** Line numbers counted from 1; null on the side where the line does not exist. */
  readonly left: number | null
  readonly right: number | null
  readonly text: string
  readonly marks: readonly Mark[]
  readonly ended: boolean
}

/**
 * A changed region with its context. `a` and `b` are the line indices it covers, counted from 0.
 */
export type Hunk<R> = {
  readonly type: 'hunk'
  readonly a: Span
  readonly b: Span
  /** The last line before the hunk that {@link LayoutOptions.isSection} accepts, or null. */
  readonly section: string | null
  readonly rows: readonly R[]
}

/** Equal lines left out between hunks. {@link gapRows} gives them when they are asked for. */
export type Gap = {
  readonly type: 'gap'
  readonly a: Span
  readonly b: Span
  /** How many lines are left out on either side. */
  readonly lines: number
}

/**
 * What a view shows from top to bottom. Together the sections cover both texts; no hunks means no
 * difference.
 */
export type Layout<R> = readonly (Hunk<R> | Gap)[]

export type LayoutOptions = {
  /**
   * Equal lines shown around each change; 3 when left out. `Infinity` shows the whole text as one
   * hunk.
   */
  readonly context?: number
  /** Recognises the lines that name the section they stand in: headings, TOML tables. */
  readonly isSection?: (line: string) => boolean
}

/** A group of edits shown together, first and last trimmed to the context. */
type Group = { readonly a: Span; readonly b: Span; readonly edits: readonly Edit[] }

/**
 * Rows with the old text on the left and the new one on the right, versions of one line beside each
 * other.
 */
export function sideBySide(diff: LineDiff, options: LayoutOptions = {}): Layout<Row> {
  return layOut(diff, options, (group) =>
    blocksOf(group).flatMap((block): readonly Row[] => {
      if (block.same) return sameRows(diff, block.a, block.b)
      return pairsOf(diff, block).map(({ pair, leftMarks, rightMarks }): Row => {
        const left = pair.left === null ? null : cell(diff.a, block.a[0] + pair.left, leftMarks)
        const right = pair.right === null ? null : cell(diff.b, block.b[0] + pair.right, rightMarks)
        if (left !== null && right !== null) return { kind: 'changed', left, right }
        if (left !== null) return { kind: 'removed', left, right: null }
        return { kind: 'added', left: null, right: right as Cell }
      })
    }),
  )
}

/** Rows in one column: what is gone above what came in its place. */
export function unified(diff: LineDiff, options: LayoutOptions = {}): Layout<UnifiedRow> {
  return layOut(diff, options, (group) =>
    blocksOf(group).flatMap((block) => {
      if (block.same) {
        return sameRows(diff, block.a, block.b).map(({ kind, left, right }): UnifiedRow => {
          const { line, ...shown } = left
          return { ...shown, kind, left: line, right: right.line }
        })
      }
      const removed: UnifiedRow[] = []
      const added: UnifiedRow[] = []
      for (const { pair, leftMarks, rightMarks } of pairsOf(diff, block)) {
        if (pair.left !== null) {
          const { line, ...shown } = cell(diff.a, block.a[0] + pair.left, leftMarks)
          removed.push({ ...shown, kind: 'removed', left: line, right: null })
        }
        if (pair.right !== null) {
          const { line, ...shown } = cell(diff.b, block.b[0] + pair.right, rightMarks)
          added.push({ ...shown, kind: 'added', left: null, right: line })
        }
      }
      return [...removed, ...added]
    }),
  )
}

/**
 * The rows of a gap that a reader opened. `from` and `to` count lines inside the gap and default to
 * all of it.
 */
export function gapRows(diff: LineDiff, gap: Gap, from = 0, to = gap.lines): readonly Row[] {
  const first = Math.max(0, Math.min(from, gap.lines))
  const last = Math.max(first, Math.min(to, gap.lines))
  return sameRows(diff, [gap.a[0] + first, gap.a[0] + last], [gap.b[0] + first, gap.b[0] + last])
}

/** Edits gathered into hunks: changes whose contexts touch or overlap share one. */
export function groupEdits(edits: readonly Edit[], context: number): readonly Group[] {
  const keep = Math.max(0, Math.floor(context))
  const groups: Group[] = []
  let open: Edit[] = []
  const close = () => {
    const first = open[0]
    const last = open.at(-1)
    if (first !== undefined && last !== undefined && open.some(({ kind }) => kind !== 'same')) {
      groups.push({ a: [first.a[0], last.a[1]], b: [first.b[0], last.b[1]], edits: open })
    }
    open = []
  }
  edits.forEach((edit, index) => {
    const length = edit.a[1] - edit.a[0]
    const first = index === 0
    const last = index === edits.length - 1
    const shown = (first ? 0 : keep) + (last ? 0 : keep)
    if (edit.kind !== 'same' || length <= shown) {
      open.push(edit)
      return
    }
    if (!first) open.push(slice(edit, 0, keep))
    close()
    if (!last) open.push(slice(edit, length - keep, length))
  })
  close()
  return groups
}

const slice = ({ a, b }: Edit, from: number, to: number): Edit => ({
  kind: 'same',
  a: [a[0] + from, a[0] + to],
  b: [b[0] + from, b[0] + to],
})

function layOut<R>(
  diff: LineDiff,
  { context = 3, isSection }: LayoutOptions,
  rowsOf: (group: Group) => readonly R[],
): Layout<R> {
  const sections: (Hunk<R> | Gap)[] = []
  let a = 0
  let b = 0
  let section: string | null = null
  const gap = (aTo: number, bTo: number) => {
    if (aTo > a) sections.push({ type: 'gap', a: [a, aTo], b: [b, bTo], lines: aTo - a })
  }
  let scanned = 0
  for (const group of groupEdits(diff.edits, context)) {
    gap(group.a[0], group.b[0])
    if (isSection !== undefined) {
      for (; scanned < group.b[0]; scanned++) {
        const line = textOf(diff.b, scanned)
        if (isSection(line)) section = line
      }
    }
    sections.push({ type: 'hunk', a: group.a, b: group.b, section, rows: rowsOf(group) })
    a = group.a[1]
    b = group.b[1]
  }
  gap(diff.a.length, diff.b.length)
  return sections
}

type ShownBlock = { readonly same: boolean; readonly a: Span; readonly b: Span }

/** Joins each `removed` with the `added` that follows it. */
function blocksOf({ edits }: Group): readonly ShownBlock[] {
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

type MarkedPair = {
  readonly pair: Pair
  readonly leftMarks: readonly Mark[]
  readonly rightMarks: readonly Mark[]
}

function pairsOf(diff: LineDiff, { a, b }: ShownBlock): readonly MarkedPair[] {
  const removed = Array.from({ length: a[1] - a[0] }, (_, index) => textOf(diff.a, a[0] + index))
  const added = Array.from({ length: b[1] - b[0] }, (_, index) => textOf(diff.b, b[0] + index))
  return pairLines(removed, added).map((pair) => {
    const words =
      pair.alike && pair.left !== null && pair.right !== null
        ? refineWords(removed[pair.left] ?? '', added[pair.right] ?? '')
        : null
    return { pair, leftMarks: words?.left ?? [], rightMarks: words?.right ?? [] }
  })
}

type SameRow = { readonly kind: 'same'; readonly left: Cell; readonly right: Cell }

function sameRows(diff: LineDiff, a: Span, b: Span): readonly SameRow[] {
  return Array.from({ length: a[1] - a[0] }, (_, index) => ({
    kind: 'same',
    left: cell(diff.a, a[0] + index, []),
    right: cell(diff.b, b[0] + index, []),
  }))
}

function cell(lines: readonly string[], index: number, marks: readonly Mark[]): Cell {
  const ended = (lines[index] ?? '').endsWith('\n')
  return { line: index + 1, text: textOf(lines, index), marks, ended }
}

/** A line without its line feed. */
function textOf(lines: readonly string[], index: number): string {
  const line = lines[index] ?? ''
  return line.endsWith('\n') ? line.slice(0, -1) : line
}
