import type { HtmlView } from '#history/index.ts'

/** Runs of changed rows in a layout: where "next change" leads. */
export function changesIn(layout: HtmlView['layout']): number {
  let changes = 0
  for (const part of layout) {
    if (part.type !== 'hunk') continue
    let inside = false
    for (const row of part.rows) {
      const changed = row.kind !== 'same'
      if (changed && !inside) changes++
      inside = changed
    }
  }
  return changes
}
