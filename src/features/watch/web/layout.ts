import type { Cell, HtmlView, Layout, Row, UnifiedRow } from '#history/index.ts'
import { openGaps } from '#web/kit/diff-gaps.ts'
import type { PageDiff } from '../schema.ts'

type AnswerRow = PageDiff['hunks'][number]['rows'][number]

/** A diff as the API answers it, laid out for `history/html`. Opened gaps take their rows from the same diff with all its lines. */
export function layoutOf(
  diff: PageDiff,
  view: HtmlView['view'],
  opened: ReadonlySet<number>,
  whole: PageDiff | undefined,
): { readonly shown: HtmlView; readonly gaps: readonly number[] } {
  const all = whole?.hunks.flatMap((hunk) => hunk.rows) ?? []
  const { layout, gaps } = openGaps(splitLayout(diff), opened, ({ a, b }) => {
    const within = (line: number | undefined, span: readonly [number, number]) =>
      line !== undefined && line > span[0] && line <= span[1]
    const rows = all.filter((r) => within(r.left?.line, a) || within(r.right?.line, b))
    return rows.length === 0 ? undefined : rows.map((row) => rowOf(row, diff))
  })
  if (view === 'split') return { shown: { view, layout }, gaps }
  const one = layout.map((part): Layout<UnifiedRow>[number] =>
    part.type === 'gap' ? part : { ...part, rows: inOneColumn(part.rows) },
  )
  return { shown: { view, layout: one }, gaps }
}

function splitLayout(diff: PageDiff): Layout<Row> {
  const layout: Layout<Row>[number][] = []
  let [a, b] = [0, 0]
  const gap = (aTo: number, bTo: number) => {
    if (aTo > a || bTo > b)
      layout.push({ type: 'gap', a: [a, aTo], b: [b, bTo], lines: Math.max(aTo - a, bTo - b) })
  }
  for (const hunk of diff.hunks) {
    const [left, right] = [hunk.leftFrom - 1, hunk.rightFrom - 1]
    gap(left, right)
    const count = (side: 'left' | 'right') => hunk.rows.filter((r) => r[side] !== null).length
    ;[a, b] = [left + count('left'), right + count('right')]
    layout.push({
      type: 'hunk',
      a: [left, a],
      b: [right, b],
      section: hunk.section,
      rows: hunk.rows.map((row) => rowOf(row, diff)),
    })
  }
  if (diff.cut !== true) gap(diff.leftLines, diff.rightLines)
  return layout
}

/** The answer has its text without line feeds; a last line without one is not worth a note here. */
const cellOf = (cell: AnswerRow['left']): Cell | null => cell && { ...cell, ended: true }

function rowOf(row: AnswerRow, { page }: PageDiff): Row {
  const place = row.movedTo && {
    page: row.movedTo.page === page ? null : row.movedTo.page,
    line: row.movedTo.line,
  }
  const [left, right] = [cellOf(row.left), cellOf(row.right)]
  const moved = place && (left === null ? { movedFrom: place } : { movedTo: place })
  return { kind: row.kind, left, right, ...moved } as Row
}

/** What is gone above what came in its place. */
function inOneColumn(rows: readonly Row[]): readonly UnifiedRow[] {
  const out: UnifiedRow[] = []
  let come: UnifiedRow[] = []
  for (const row of rows) {
    if (row.kind === 'same') {
      out.push(...come)
      come = []
      const shown = row.right ?? row.left
      out.push({
        ...shown,
        kind: 'same',
        left: row.left?.line ?? null,
        right: row.right?.line ?? null,
      })
      continue
    }
    const kind = row.kind === 'moved' ? 'moved' : undefined
    const place = {
      ...('movedTo' in row ? { movedTo: row.movedTo } : {}),
      ...('movedFrom' in row ? { movedFrom: row.movedFrom } : {}),
    }
    if (row.left)
      out.push({ ...row.left, kind: kind ?? 'removed', left: row.left.line, right: null, ...place })
    if (row.right)
      come.push({
        ...row.right,
        kind: kind ?? 'added',
        left: null,
        right: row.right.line,
        ...place,
      })
  }
  return [...out, ...come]
}
