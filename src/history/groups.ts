/** Edits gathered into what is shown together: hunks with their context, and the gaps between. */
import type { Edit, Span } from './edits.ts'
import type { LineDiff } from './lines.ts'

/** Edits shown together, first and last trimmed to the context. */
export type Group = { readonly a: Span; readonly b: Span; readonly edits: readonly Edit[] }

/** How many rows a `same` edit takes: its longer side. */
export const rowCount = ({ a, b }: Edit): number => Math.max(a[1] - a[0], b[1] - b[0])

/** Edits gathered into hunks: changes whose contexts touch or overlap share one. */
export function groupEdits(edits: readonly Edit[], context: number): readonly Group[] {
  const keep = Math.max(0, Math.floor(context))
  const groups: Group[] = []
  let open: Edit[] = []
  let changed = false
  const close = () => {
    const first = open[0]
    const last = open.at(-1)
    if (first !== undefined && last !== undefined && changed) {
      groups.push({ a: [first.a[0], last.a[1]], b: [first.b[0], last.b[1]], edits: open })
    }
    open = []
    changed = false
  }
  for (let index = 0; index < edits.length;) {
    const edit = edits[index] as Edit
    if (edit.kind !== 'same') {
      open.push(edit)
      changed = true
      index++
      continue
    }
    const run = sameRun(edits, index)
    const rows = run.reduce((sum, same) => sum + rowCount(same), 0)
    const first = index === 0
    index += run.length
    const last = index === edits.length
    if (rows <= (first ? 0 : keep) + (last ? 0 : keep)) {
      open.push(...run)
      continue
    }
    if (!first) open.push(...sliceRun(run, 0, keep))
    close()
    if (!last) open.push(...sliceRun(run, rows - keep, rows))
  }
  close()
  return groups
}

function sameRun(edits: readonly Edit[], from: number): readonly Edit[] {
  let to = from
  while (edits[to]?.kind === 'same') to++
  return edits.slice(from, to)
}

/** The rows from … to of a run of `same` edits. Never empty: no rows give one edit without lines. */
function sliceRun(run: readonly Edit[], from: number, to: number): readonly Edit[] {
  const cut: Edit[] = []
  let row = 0
  for (const edit of run) {
    const rows = rowCount(edit)
    const first = Math.max(from - row, 0)
    const last = Math.min(to - row, rows)
    const empty = from === to && cut.length === 0 && from <= row + rows
    if (first < last || empty) {
      cut.push({
        kind: 'same',
        a: cutSpan(edit.a, first, Math.max(first, last)),
        b: cutSpan(edit.b, first, Math.max(first, last)),
      })
    }
    row += rows
  }
  return cut
}

const cutSpan = ([start, end]: Span, from: number, to: number): Span => [
  Math.min(start + from, end),
  Math.min(start + to, end),
]

/** The `same` edits that a gap leaves out, cut to its rows `from` … `to`. */
export function editsOfGap(
  { edits, units }: LineDiff,
  gap: { readonly a: Span; readonly b: Span },
  from: number,
  to: number,
): readonly Edit[] {
  if (units === undefined) {
    return [{ kind: 'same', a: cutSpan(gap.a, from, to), b: cutSpan(gap.b, from, to) }]
  }
  return sliceRun(editsBetween(edits, gap), from, to)
}

/** The parts of the `same` edits that stand between two hunks. */
export function editsBetween(
  edits: readonly Edit[],
  { a, b }: { readonly a: Span; readonly b: Span },
): readonly Edit[] {
  const inside: Edit[] = []
  for (let index = firstAfter(edits, a[0], b[0]); index < edits.length; index++) {
    const edit = edits[index] as Edit
    if (edit.a[0] >= a[1] && edit.b[0] >= b[1]) break
    inside.push({ kind: edit.kind, a: clip(edit.a, a), b: clip(edit.b, b) })
  }
  return inside
}

const clip = ([from, to]: Span, [low, high]: Span): Span => [
  Math.min(Math.max(from, low), high),
  Math.min(Math.max(to, low), high),
]

/** The first edit that ends after these lines, by halving. */
function firstAfter(edits: readonly Edit[], a: number, b: number): number {
  let low = 0
  let high = edits.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const edit = edits[middle] as Edit
    if (edit.a[1] <= a && edit.b[1] <= b) low = middle + 1
    else high = middle
  }
  return low
}
