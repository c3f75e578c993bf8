/** Pages that left one address and came up at another in the same step. */

export interface MovablePage {
  readonly page: string
  readonly text: string
}

export interface MovedPage {
  readonly from: string
  readonly to: string
  /** Share of lines that both have, of the larger one: 0 to 1. */
  readonly likeness: number
}

/** Below this a new page is a new page. Git calls files renamed from 50 % on; a step with a wrong move hides a new page, so more is asked. */
const likeEnough = 0.6
/** Lines that say something: blank ones, fences and rules stand everywhere. */
const tellingLine = /[\p{L}\p{N}]/u
/** A line that more gone pages have (a footer, a notice) tells nothing about where a page came from. */
const mostHolders = 20

/**
 * Pairs gone pages with new ones by the lines they share, the likest first, each page once. Linear in the lines: every
 * line looks up at most a bounded number of gone pages.
 */
export function movedPages(
  gone: readonly MovablePage[],
  fresh: readonly MovablePage[],
): readonly MovedPage[] {
  if (gone.length === 0 || fresh.length === 0) return []
  const holders = new Map<string, number[]>()
  const goneLines = gone.map(({ text }) => tellingLines(text))
  for (const [index, lines] of goneLines.entries())
    for (const line of lines) {
      const list = holders.get(line)
      if (list === undefined) holders.set(line, [index])
      else if (list.length <= mostHolders) list.push(index)
    }
  const pairs: (MovedPage & { readonly goneIndex: number; readonly freshIndex: number })[] = []
  for (const [freshIndex, { page, text }] of fresh.entries()) {
    const lines = tellingLines(text)
    const shared = new Map<number, number>()
    for (const line of lines) {
      const list = holders.get(line)
      if (list === undefined || list.length > mostHolders) continue
      for (const index of list) shared.set(index, (shared.get(index) ?? 0) + 1)
    }
    for (const [goneIndex, count] of shared) {
      const likeness = count / Math.max(lines.size, goneLines[goneIndex]?.size ?? 0)
      if (likeness >= likeEnough)
        pairs.push({ from: gone[goneIndex]?.page ?? '', to: page, likeness, goneIndex, freshIndex })
    }
  }
  return chosen(pairs)
}

function chosen(
  pairs: (MovedPage & { readonly goneIndex: number; readonly freshIndex: number })[],
): readonly MovedPage[] {
  const taken = { gone: new Set<number>(), fresh: new Set<number>() }
  const moved: MovedPage[] = []
  pairs.sort(
    (x, y) => y.likeness - x.likeness || x.goneIndex - y.goneIndex || x.freshIndex - y.freshIndex,
  )
  for (const { from, to, likeness, goneIndex, freshIndex } of pairs) {
    if (taken.gone.has(goneIndex) || taken.fresh.has(freshIndex)) continue
    taken.gone.add(goneIndex)
    taken.fresh.add(freshIndex)
    moved.push({ from, to, likeness })
  }
  return moved
}

const tellingLines = (text: string): Set<string> => {
  const lines = new Set<string>()
  for (const line of text.split('\n')) if (tellingLine.test(line)) lines.add(line.trim())
  return lines
}
