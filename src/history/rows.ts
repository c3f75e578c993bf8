/**
 * A line diff laid out for reading: hunks with context and the gaps between them, side by side or
 * unified.
 */
import { blocksOf, pairBlock, type ShownLine, textOf } from './changes.ts'
import type { Edit, Span } from './edits.ts'
import { editsBetween, editsOfGap, type Group, groupEdits, rowCount } from './groups.ts'
import type { LineDiff } from './lines.ts'
import type { MovedLines, Place } from './moves.ts'
import type { Mark } from './words.ts'

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

/**
 * A row of two columns. A `same` or `changed` row is empty on one side only where a paragraph or a
 * run of blank lines takes more lines on the other, which an exact comparison never shows. `moved`
 * rows appear when {@link LayoutOptions.moved} is given, and say where the line went or came from.
 */
export type Row =
  | { readonly kind: 'same' | 'changed'; readonly left: Cell; readonly right: Cell }
  | { readonly kind: 'same' | 'changed' | 'removed'; readonly left: Cell; readonly right: null }
  | { readonly kind: 'same' | 'changed' | 'added'; readonly left: null; readonly right: Cell }
  | {
      readonly kind: 'moved'
      readonly left: Cell
      readonly right: null
      readonly movedTo: Place
    }
  | {
      readonly kind: 'moved'
      readonly left: null
      readonly right: Cell
      readonly movedFrom: Place
    }

/**
 * A row of one column. A `moved` row has a number on the side where its line stands, and says where
 * it stands on the other.
 */
export type UnifiedRow = {
  readonly kind: 'same' | 'removed' | 'added' | 'moved'
  /** Line numbers counted from 1; null on the side where the line does not exist. */
  readonly left: number | null
  readonly right: number | null
  readonly text: string
  readonly marks: readonly Mark[]
  readonly ended: boolean
  readonly movedTo?: Place
  readonly movedFrom?: Place
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
  /** Laid out when they are first asked for: nobody sees thousands of hunks at once. */
  readonly rows: readonly R[]
}

/** Equal lines left out between hunks. {@link gapRows} gives them when they are asked for. */
export type Gap = {
  readonly type: 'gap'
  readonly a: Span
  readonly b: Span
  /** How many rows are left out; after an exact comparison, as many lines on either side. */
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
  /** Lines to be shown as moved, as `movedLines` gives them. */
  readonly moved?: MovedLines
}

/**
 * Rows with the old text on the left and the new one on the right, versions of one line beside each
 * other.
 */
export function sideBySide(diff: LineDiff, options: LayoutOptions = {}): Layout<Row> {
  return layOut(diff, options, ({ edits }) =>
    blocksOf(edits).flatMap((block): readonly Row[] => {
      if (block.same) return sameRows(diff, block.a, block.b)
      return pairBlock(diff, block, options.moved).map(({ left, right, paired }): Row => {
        const from = left === null ? null : cell(diff.a, left)
        const to = right === null ? null : cell(diff.b, right)
        if (from !== null && to !== null) {
          // A blank line inside a rewritten passage may stand beside another; in a paragraph that was set anew lines
          // may be equal that stand for other words of it.
          const marked = from.marks.length > 0 || to.marks.length > 0
          const equal = from.text === to.text && from.ended === to.ended && !marked
          return { kind: equal ? 'same' : 'changed', left: from, right: to }
        }
        if (from !== null) {
          const movedTo = left?.moved ?? null
          if (movedTo !== null) return { kind: 'moved', left: from, right: null, movedTo }
          return { kind: paired ? 'changed' : 'removed', left: from, right: null }
        }
        const movedFrom = right?.moved ?? null
        if (movedFrom !== null) return { kind: 'moved', left: null, right: to as Cell, movedFrom }
        return { kind: paired ? 'changed' : 'added', left: null, right: to as Cell }
      })
    }),
  )
}

/**
 * Rows in one column: what is gone above what came in its place. Where formatting is hidden, equal
 * lines are shown as they are now.
 */
export function unified(diff: LineDiff, options: LayoutOptions = {}): Layout<UnifiedRow> {
  return layOut(diff, options, ({ edits }) =>
    blocksOf(edits).flatMap((block) => {
      if (block.same) return sameRows(diff, block.a, block.b).flatMap(unifiedSame)
      const gone: UnifiedRow[] = []
      const come: UnifiedRow[] = []
      for (const { left, right } of pairBlock(diff, block, options.moved)) {
        if (left !== null) {
          const { line, ...shown } = cell(diff.a, left)
          const moved = left.moved === null ? {} : { movedTo: left.moved }
          const kind = left.moved === null ? 'removed' : 'moved'
          gone.push({ ...shown, kind, left: line, right: null, ...moved })
        }
        if (right !== null) {
          const { line, ...shown } = cell(diff.b, right)
          const moved = right.moved === null ? {} : { movedFrom: right.moved }
          const kind = right.moved === null ? 'added' : 'moved'
          come.push({ ...shown, kind, left: null, right: line, ...moved })
        }
      }
      return [...gone, ...come]
    }),
  )
}

function unifiedSame({ left, right }: Row): readonly UnifiedRow[] {
  // Where the new text has fewer lines for the same, the old ones are not repeated.
  if (right === null) return []
  const { line, ...shown } = right
  return [{ ...shown, kind: 'same', left: left?.line ?? null, right: line }]
}

/**
 * The rows of a gap that a reader opened. `from` and `to` count rows inside the gap and default to
 * all of it.
 */
export function gapRows(diff: LineDiff, gap: Gap, from = 0, to = gap.lines): readonly Row[] {
  const first = Math.max(0, Math.min(from, gap.lines))
  const last = Math.max(first, Math.min(to, gap.lines))
  if (first === last) return []
  return editsOfGap(diff, gap, first, last).flatMap(({ a, b }) => sameRows(diff, a, b))
}

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
    if (aTo === a && bTo === b) return
    const spans: Pick<Edit, 'a' | 'b'> = { a: [a, aTo], b: [b, bTo] }
    const inside = diff.units === undefined ? null : editsBetween(diff.edits, spans)
    const lines = inside === null ? aTo - a : inside.reduce((sum, edit) => sum + rowCount(edit), 0)
    sections.push({ type: 'gap', ...spans, lines })
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
    sections.push(lazyHunk(group, section, rowsOf))
    a = group.a[1]
    b = group.b[1]
  }
  gap(diff.a.length, diff.b.length)
  return sections
}

function lazyHunk<R>(
  group: Group,
  section: string | null,
  rowsOf: (group: Group) => readonly R[],
): Hunk<R> {
  let rows: readonly R[] | undefined
  return {
    type: 'hunk',
    a: group.a,
    b: group.b,
    section,
    get rows() {
      return (rows ??= rowsOf(group))
    },
  }
}

function sameRows(diff: LineDiff, a: Span, b: Span): readonly Row[] {
  const heightA = a[1] - a[0]
  const heightB = b[1] - b[0]
  return Array.from({ length: Math.max(heightA, heightB) }, (_, index): Row => {
    const left = index < heightA ? plain(diff.a, a[0] + index) : null
    const right = index < heightB ? plain(diff.b, b[0] + index) : null
    if (left === null) return { kind: 'same', left, right: right as Cell }
    return right === null ? { kind: 'same', left, right } : { kind: 'same', left, right }
  })
}

const plain = (lines: readonly string[], index: number): Cell =>
  cell(lines, { index, marks: [], moved: null })

function cell(lines: readonly string[], { index, marks }: ShownLine): Cell {
  const ended = (lines[index] ?? '').endsWith('\n')
  return { line: index + 1, text: textOf(lines, index), marks, ended }
}
