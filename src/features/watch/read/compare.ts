/** Two versions of a page compared as a reader asked for it. Pure; runs inline or in a thread (compare.task.ts). */
import {
  diffLines,
  isMarkdownHeading,
  movedLines,
  movesBetween,
  sideBySide,
  splitLines,
  stats,
  unified,
  type Cell,
  type HtmlView,
  type Layout,
  type LineDiff,
  type MovedLines,
  type Row,
  type UnifiedRow,
} from '#history/index.ts'
import { countStep } from '../noise/judge.ts'
import { compileRules, linesIgnored, type CompiledRule, type Rule } from '../noise/rules.ts'
import type { DiffOptions, PageDiff } from '../schema.ts'

/** Goes up when the same texts and options give another answer, so that nothing kept is mistaken for it. */
export const compareVersion = 1

/** Both texts of a page; null where it did not exist. */
export interface TextPair {
  readonly page: string
  readonly left: string | null
  readonly right: string | null
}

export interface CompareInput extends TextPair {
  readonly rules: readonly Rule[]
  readonly options: Omit<DiffOptions, 'view'>
  /** Other pages that changed in between, where text may have come from or gone to. */
  readonly others: readonly TextPair[]
}

/** A diff with what its lines were before ignored ones were left out. */
export interface Comparison {
  readonly diff: LineDiff
  readonly moved: MovedLines
  readonly added: number
  readonly removed: number
  /** The texts differ, but in formatting or ignored lines only. */
  readonly formattingOnly: boolean
  readonly leftLines: number
  readonly rightLines: number
  /** From the index of a compared line to the index in the text; undefined: they are the same. */
  readonly places: { readonly left: Int32Array; readonly right: Int32Array } | undefined
}

export function compare(input: CompareInput): Comparison {
  const { left, right, options, page } = input
  const rules = compileRules(input.rules, page)
  const hidden = options.ignored === 'hidden' && rules.length > 0
  const a = kept(left ?? '', hidden ? rules : [])
  const b = kept(right ?? '', hidden ? rules : [])
  const quiet = isQuiet(input, rules)
  const { formatting } = options
  const how = { formatting, paragraphs: options.paragraphs === 'on' } as const
  // What would show blank lines only is shown as what it is: nothing but formatting.
  const nothing = quiet && formatting === 'hidden' && options.ignored === 'hidden'
  const diff = nothing ? unchangedLines(a.text) : diffLines(a.text, b.text, how)
  const others = nothing
    ? []
    : input.others.map((other) => ({
        page: other.page,
        diff: diffLines(other.left ?? '', other.right ?? '', how),
      }))
  const { added, removed } = stats(diff)
  return {
    diff,
    moved: movedLines(movesBetween([{ page, diff }, ...others]), page),
    added,
    removed,
    formattingOnly: quiet,
    leftLines: a.lines,
    rightLines: b.lines,
    places: hidden ? { left: a.places, right: b.places } : undefined,
  }
}

/** The same judgement that decides about announcements (noise/judge.ts). */
function isQuiet({ left, right }: TextPair, rules: readonly CompiledRule[]): boolean {
  if (left === null || right === null || left === right) return false
  const { added, removed } = countStep(left, right, rules)
  return added + removed === 0
}

function unchangedLines(text: string): LineDiff {
  return diffLines(text, text)
}

interface Kept {
  readonly text: string
  readonly lines: number
  readonly places: Int32Array
}

function kept(text: string, rules: readonly CompiledRule[]): Kept {
  const lines = splitLines(text)
  if (rules.length === 0) return { text, lines: lines.length, places: new Int32Array(0) }
  const ignored = linesIgnored(lines, rules)
  const places: number[] = []
  for (let line = 0; line < lines.length; line++) if (ignored[line] !== true) places.push(line)
  return {
    text: places.map((line) => lines[line]).join(''),
    lines: lines.length,
    places: Int32Array.from(places),
  }
}

const layoutOptions = ({ moved }: Comparison, context: DiffOptions['context']) => ({
  context: context === 'all' ? Infinity : context,
  isSection: isMarkdownHeading,
  moved,
})

/** Two columns, with the line numbers of the whole texts. */
export function splitLayout(found: Comparison, context: DiffOptions['context']): Layout<Row> {
  const layout = sideBySide(found.diff, layoutOptions(found, context))
  const { places } = found
  if (places === undefined) return layout
  return numbered(
    layout,
    (row) =>
      ({
        ...row,
        ...(row.left && { left: placed(row.left, places.left) }),
        ...(row.right && { right: placed(row.right, places.right) }),
      }) as Row,
  )
}

/** One column. */
function oneLayout(found: Comparison, context: DiffOptions['context']): Layout<UnifiedRow> {
  const layout = unified(found.diff, layoutOptions(found, context))
  const { places } = found
  if (places === undefined) return layout
  return numbered(layout, (row) => ({
    ...row,
    left: row.left === null ? null : place(row.left, places.left),
    right: row.right === null ? null : place(row.right, places.right),
  }))
}

/** The layout that a reader asked for, as the table takes it. */
export const htmlView = (
  view: DiffOptions['view'],
  found: Comparison,
  context: DiffOptions['context'],
): HtmlView =>
  view === 'unified'
    ? { view: 'unified', layout: oneLayout(found, context) }
    : { view: 'split', layout: splitLayout(found, context) }

const place = (line: number, places: Int32Array): number => (places[line - 1] ?? line - 1) + 1
const placed = (cell: Cell, places: Int32Array): Cell => ({
  ...cell,
  line: place(cell.line, places),
})

const numbered = <R>(layout: Layout<R>, show: (row: R) => R): Layout<R> =>
  layout.map((part) => (part.type === 'gap' ? part : { ...part, rows: part.rows.map(show) }))

/** What the API answers of it. */
export type ComparedPage = Pick<
  PageDiff,
  'added' | 'removed' | 'formattingOnly' | 'leftLines' | 'rightLines' | 'hunks' | 'cut'
>

/** Rows in one answer: about 20 MB of JSON. Beyond it nobody reads, and a thread's heap must not fill up. */
export const mostRows = 50_000

export function comparedPage(
  page: string,
  found: Comparison,
  context: DiffOptions['context'],
  rows = mostRows,
): ComparedPage {
  const hunks: ComparedPage['hunks'] = []
  let left = rows
  let cut = false
  for (const part of splitLayout(found, context)) {
    if (part.type === 'gap') continue
    if (left <= 0) {
      cut = true
      break
    }
    const shown = part.rows.slice(0, left)
    cut ||= shown.length < part.rows.length
    left -= shown.length
    hunks.push({
      leftFrom: placeOf(found.places?.left, part.a[0]),
      rightFrom: placeOf(found.places?.right, part.b[0]),
      section: part.section,
      rows: shown.map((row) => rowView(page, row)),
    })
  }
  const { added, removed, formattingOnly, leftLines, rightLines } = found
  return { added, removed, formattingOnly, leftLines, rightLines, hunks, cut }
}

const placeOf = (places: Int32Array | undefined, index: number): number =>
  places === undefined ? index + 1 : place(index + 1, places)

function rowView(page: string, row: Row): ComparedPage['hunks'][number]['rows'][number] {
  const { kind } = row
  const other = kind === 'moved' ? (row.left ? row.movedTo : row.movedFrom) : undefined
  return {
    kind,
    left: row.left && cellView(row.left),
    right: row.right && cellView(row.right),
    ...(other && { movedTo: { page: other.page ?? page, line: other.line } }),
  }
}

const cellView = ({ line, text, marks }: Cell) => ({
  line,
  text,
  marks: marks.map(([from, to]): [number, number] => [from, to]),
})
