import { gapRows, type Gap, type Layout, type LineDiff, type Row } from '#history/index.ts'

/** How many lines of a gap a reader has opened, from its top and from its bottom. */
export interface Opened {
  readonly top: number
  readonly bottom: number
}

/** What a diff shows from top to bottom, flat. A change is a run of rows that are not the same; they count from 0. */
export type DiffItem<R> =
  | {
      readonly type: 'gap'
      readonly gap: number
      readonly lines: number
      /** What the rows after it stand under, when that line itself is left out. */
      readonly section: string | null
    }
  | {
      readonly type: 'row'
      readonly row: R
      readonly change: number | undefined
      /** The first row of its change: where "next change" leads. */
      readonly first: boolean
    }

/**
 * Flattens a layout. `opened` holds the opened parts of each gap by its number (counted from 0); `show` turns the equal
 * rows of an opened gap into rows of this view.
 */
export function diffItems<R extends { readonly kind: string }>(
  diff: LineDiff,
  layout: Layout<R>,
  opened: ReadonlyMap<number, Opened>,
  show: (row: Row) => R,
): { readonly items: readonly DiffItem<R>[]; readonly changes: number } {
  const items: DiffItem<R>[] = []
  let gaps = 0
  let changes = 0
  let inside = false
  const push = (rows: readonly R[]) => {
    for (const row of rows) {
      const same = row.kind === 'same'
      const first = !same && !inside
      if (first) changes++
      inside = !same
      items.push({ type: 'row', row, first, change: same ? undefined : changes - 1 })
    }
  }
  const pushGap = (gap: Gap, next: Layout<R>[number] | undefined) => {
    const number = gaps++
    const { top = 0, bottom = 0 } = opened.get(number) ?? {}
    // A bar that hides one line would be as high as the line.
    const head = gap.lines === 1 ? 1 : Math.min(top, gap.lines)
    const tail = Math.max(head, gap.lines - bottom)
    const section = next?.type === 'hunk' && bottom === 0 ? next.section : null
    push(gapRows(diff, gap, 0, head).map(show))
    if (tail > head) items.push({ type: 'gap', gap: number, lines: tail - head, section })
    push(gapRows(diff, gap, tail).map(show))
  }
  layout.forEach((part, i) => {
    if (part.type === 'gap') pushGap(part, layout[i + 1])
    else push(part.rows)
    inside = false
  })
  return { items, changes }
}
