import type { z } from 'zod'
import type { diffRow, PageDiff } from '../watch/schema.history.ts'

type Row = z.infer<typeof diffRow>
type Cell = NonNullable<Row['left']>

export interface UnifiedLine {
  readonly sign: ' ' | '-' | '+'
  readonly left: number | null
  readonly right: number | null
  readonly text: string
  /** Changed parts of the text, as [from, to). */
  readonly marks: readonly (readonly [number, number])[]
  readonly moved: boolean
}

/** Rows of the side-by-side as one column: what went before what came, block by block. */
export function unifiedLines(rows: readonly Row[]): readonly UnifiedLine[] {
  const lines: UnifiedLine[] = []
  let gone: UnifiedLine[] = []
  let come: UnifiedLine[] = []
  const flush = (): void => {
    lines.push(...gone, ...come)
    gone = []
    come = []
  }
  for (const { kind, left, right } of rows) {
    const moved = kind === 'moved'
    if (kind === 'same') {
      flush()
      const cell = right ?? left
      if (cell)
        lines.push({ ...plain(cell, ' '), left: left?.line ?? null, right: right?.line ?? null })
      continue
    }
    if (left) gone.push({ ...plain(left, '-'), left: left.line, moved })
    if (right) come.push({ ...plain(right, '+'), right: right.line, moved })
  }
  flush()
  return lines
}

const plain = (cell: Cell, sign: UnifiedLine['sign']): UnifiedLine => ({
  sign,
  left: null,
  right: null,
  text: cell.text,
  marks: sign === ' ' ? [] : cell.marks,
  moved: false,
})

/** A line of at most `max` characters, its marks with it. */
export function clip(line: UnifiedLine, max: number): UnifiedLine {
  if (line.text.length <= max) return line
  // Never half of a surrogate pair.
  const end = /[\uD800-\uDBFF]/.test(line.text[max - 1] ?? '') ? max - 1 : max
  return {
    ...line,
    text: `${line.text.slice(0, end)}…`,
    marks: line.marks.flatMap(([from, to]) =>
      from < end ? [[from, Math.min(to, end)] as const] : [],
    ),
  }
}

/** `@@ -1,3 +1,4 @@ section`, as in a unified diff. */
export function hunkHead(hunk: PageDiff['hunks'][number]): string {
  const count = (side: 'left' | 'right'): number => hunk.rows.filter((r) => r[side] !== null).length
  const left = `-${hunk.leftFrom},${count('left')}`
  const right = `+${hunk.rightFrom},${count('right')}`
  return `@@ ${left} ${right} @@${hunk.section === null ? '' : ` ${hunk.section}`}`
}

/** The hunks as a unified diff, for readers of plain text. */
export function unifiedText(diff: PageDiff, maxLine: number): string {
  return diff.hunks
    .flatMap((hunk) => [
      hunkHead(hunk),
      ...unifiedLines(hunk.rows).map((line) => line.sign + clip(line, maxLine).text),
    ])
    .join('\n')
}
