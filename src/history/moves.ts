/**
 * Blocks that moved: lines gone from one place and come in another, in one page or from page to
 * page. Found among the leftovers of line diffs, in time linear in them.
 */
import type { Span } from './edits.ts'
import type { LineDiff } from './lines.ts'

/** Lines of a page, counted from 0. */
export type PageSpan = { readonly page: string; readonly lines: Span }

/** Lines that left one place and arrived in another. Both spans are equally long. */
export type Move = { readonly from: PageSpan; readonly to: PageSpan }

/** Where a moved line stands on the other side. `page` is null for the same page. */
export type Place = {
  readonly page: string | null
  /** Counted from 1. */
  readonly line: number
}

/** For the lines of one page, counted from 0: where those that are gone went, and back. */
export type MovedLines = {
  readonly left: ReadonlyMap<number, Place>
  readonly right: ReadonlyMap<number, Place>
}

/** A block of fewer lines with ink counts as moved only when it has {@link MIN_INK} characters. */
const MIN_LINES = 3
const MIN_INK = 80

/** Places of a line that are tried. A rarer line of the same block finds what this one misses. */
const MAX_PLACES = 8

/** All comparisons together, per leftover line: repeated blank lines must not make it quadratic. */
const STEPS_PER_LINE = 64

/** The blocks that moved within one page. */
export const findMoves = (diff: LineDiff): readonly Move[] => movesBetween([{ page: '', diff }])

/**
 * The blocks that moved within or between the pages of one step. A new page is a diff from the empty
 * text, a vanished one a diff to it. Blocks never overlap; where they
 * could, the one that leaves first wins.
 */
export function movesBetween(
  pages: readonly { readonly page: string; readonly diff: LineDiff }[],
): readonly Move[] {
  const gone = leftovers(pages, 'removed')
  const come = leftovers(pages, 'added')
  const places = placesOf(come)
  const taken = new Uint8Array(come.texts.length)
  const moves: Move[] = []
  let steps = STEPS_PER_LINE * (gone.texts.length + come.texts.length)
  /** The first line after the last block found: nothing above it is looked at again. */
  let floor = 0
  for (let i = 0; i < gone.texts.length && steps > 0; i++) {
    let from = i
    let to = 0
    let length = 0
    for (const j of places.get(gone.texts[i] as string) ?? []) {
      if (taken[j] === 1) continue
      let up = 0
      while (goesOn(gone, come, i - up, j - up, -1) && i - up > floor && taken[j - up - 1] !== 1) {
        up++
      }
      let down = 1
      while (goesOn(gone, come, i + down - 1, j + down - 1, 1) && taken[j + down] !== 1) down++
      steps -= up + down
      if (up + down > length) {
        from = i - up
        to = j - up
        length = up + down
      }
    }
    if (!isWorth(gone.texts, from, from + length)) continue
    taken.fill(1, to, to + length)
    moves.push({ from: spanOf(gone, from, length), to: spanOf(come, to, length) })
    floor = from + length
    i = floor - 1
  }
  return moves
}

/** Lines of all pages that a diff left over, one after the other. */
type Leftovers = {
  readonly texts: readonly string[]
  readonly pages: readonly string[]
  /** The index of each line on its page. */
  readonly lines: readonly number[]
}

function leftovers(
  pages: readonly { readonly page: string; readonly diff: LineDiff }[],
  kind: 'removed' | 'added',
): Leftovers {
  const found = { texts: [] as string[], pages: [] as string[], lines: [] as number[] }
  for (const { page, diff } of pages) {
    for (const edit of diff.edits) {
      if (edit.kind !== kind) continue
      const [from, to] = kind === 'removed' ? edit.a : edit.b
      const texts = kind === 'removed' ? diff.a : diff.b
      for (let line = from; line < to; line++) {
        found.texts.push(texts[line] as string)
        found.pages.push(page)
        found.lines.push(line)
      }
    }
  }
  return found
}

/** The first places of each line with ink. */
function placesOf({ texts }: Leftovers): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  texts.forEach((text, index) => {
    if (text.trim() === '') return
    const known = places.get(text)
    if (known === undefined) places.set(text, [index])
    else if (known.length < MAX_PLACES) known.push(index)
  })
  return places
}

/** Whether the next line, up or down, is equal on both sides and still part of the same run. */
function goesOn(gone: Leftovers, come: Leftovers, i: number, j: number, step: 1 | -1): boolean {
  const text = gone.texts[i + step]
  return (
    text !== undefined &&
    text === come.texts[j + step] &&
    isNext(gone, i, i + step, step) &&
    isNext(come, j, j + step, step)
  )
}

const isNext = ({ pages, lines }: Leftovers, at: number, next: number, step: number) =>
  pages[at] === pages[next] && (lines[at] as number) + step === lines[next]

function isWorth(texts: readonly string[], from: number, to: number): boolean {
  let lines = 0
  let ink = 0
  for (let index = from; index < to; index++) {
    const length = (texts[index] as string).trim().length
    if (length > 0) lines++
    ink += length
  }
  return lines >= MIN_LINES || ink >= MIN_INK
}

function spanOf({ pages, lines }: Leftovers, from: number, length: number): PageSpan {
  const line = lines[from] as number
  return { page: pages[from] as string, lines: [line, line + length] }
}

/** The moves that touch one page, by its lines, for `LayoutOptions.moved`. */
export function movedLines(moves: readonly Move[], page = ''): MovedLines {
  const left = new Map<number, Place>()
  const right = new Map<number, Place>()
  for (const { from, to } of moves) {
    const within = from.page === to.page
    for (let index = 0; index < from.lines[1] - from.lines[0]; index++) {
      const lineFrom = from.lines[0] + index
      const lineTo = to.lines[0] + index
      if (from.page === page)
        left.set(lineFrom, { page: within ? null : to.page, line: lineTo + 1 })
      if (to.page === page)
        right.set(lineTo, { page: within ? null : from.page, line: lineFrom + 1 })
    }
  }
  return { left, right }
}
