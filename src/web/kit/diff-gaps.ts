import type { Gap, Layout } from '#history/index.ts'

/** A layout with some gaps opened, and which gap of the whole layout each that is left was. */
export interface Opened<R> {
  readonly layout: Layout<R>
  readonly gaps: readonly number[]
}

/**
 * Puts the rows of opened gaps in their place. `opened` holds gaps by their number in the whole layout, so that they keep
 * their names while others open. A gap of one line is opened always: its bar would be as high as the line.
 */
export function openGaps<R>(
  layout: Layout<R>,
  opened: ReadonlySet<number>,
  rowsOf: (gap: Gap, number: number) => readonly R[] | undefined,
): Opened<R> {
  const gaps: number[] = []
  let number = 0
  const shown = layout.map((part): Layout<R>[number] => {
    if (part.type === 'hunk') return part
    const mine = number++
    const rows = opened.has(mine) || part.lines === 1 ? rowsOf(part, mine) : undefined
    if (rows !== undefined) return { type: 'hunk', a: part.a, b: part.b, section: null, rows }
    gaps.push(mine)
    return part
  })
  return { layout: shown, gaps }
}
