/**
 * Where to cut two sequences first: at the longest run they share among those that hold the rarest
 * element. This is how `git diff --histogram` reads, after JGit's HistogramDiff: a line that occurs
 * once says where a passage went, a blank line says nothing.
 */
import type { Box } from './myers.ts'

/**
 * Elements that occur more often than this on the left do not hold anything in place. JGit's and
 * git's number; it also bounds the places that are tried for each element of the right.
 */
const MAX_OCCURRENCES = 64

/**
 * Per symbol its first place and its number of occurrences in the box at hand, per element the next
 * place of the same symbol. `count` is all zero between boxes.
 */
export type Places = {
  readonly first: Int32Array
  readonly count: Int32Array
  readonly next: Int32Array
}

export const newPlaces = (length: number, symbols: number): Places => ({
  first: new Int32Array(symbols),
  count: new Int32Array(symbols),
  next: new Int32Array(length),
})

/**
 * The shared run to cut at; `nothing` when no element is on both sides, `frequent` when only such
 * are as occur too often, `tired` when `left` steps were not enough to tell.
 */
export type Rarest = {
  readonly found: Box | 'nothing' | 'frequent' | 'tired'
  readonly steps: number
}

/** Looks at all of `box`, which has elements on both sides. */
export function findRarest(
  { a, b }: { readonly a: Int32Array; readonly b: Int32Array },
  box: Box,
  places: Places,
  left: number,
): Rarest {
  const { first, count, next } = places
  const { aFrom, aTo, bFrom, bTo } = box
  notePlaces(a, box, places)
  let best: Box | null = null
  let length = 0
  let rarest = MAX_OCCURRENCES
  let shared = false
  let steps = 2 * (aTo - aFrom) + (bTo - bFrom)
  for (let j = bFrom; j < bTo && steps <= left;) {
    const symbol = b[j] as number
    const occurrences = count[symbol] as number
    let beyond = j + 1
    if (occurrences > 0) shared = true
    let place = occurrences > 0 && occurrences <= rarest ? (first[symbol] as number) : -1
    while (place !== -1) {
      let i = place
      let from = j
      let fewest = occurrences
      while (i > aFrom && from > bFrom && a[i - 1] === b[from - 1]) {
        i--
        from--
        fewest = Math.min(fewest, count[a[i] as number] as number)
      }
      let end = place + 1
      let to = j + 1
      while (end < aTo && to < bTo && a[end] === b[to]) {
        fewest = Math.min(fewest, count[a[end] as number] as number)
        end++
        to++
      }
      steps += 1 + end - i
      if (to > beyond) beyond = to
      if (end - i > length || fewest < rarest) {
        best = { aFrom: i, aTo: end, bFrom: from, bTo: to }
        length = end - i
        rarest = fewest
      }
      // Places inside the run just seen would give parts of it.
      while (place !== -1 && place < end) place = next[place] as number
    }
    j = beyond
  }
  for (let i = aFrom; i < aTo; i++) count[a[i] as number] = 0
  if (steps > left) return { found: 'tired', steps }
  return { found: best ?? (shared ? 'frequent' : 'nothing'), steps }
}

function notePlaces(a: Int32Array, { aFrom, aTo }: Box, { first, count, next }: Places): void {
  for (let i = aTo - 1; i >= aFrom; i--) {
    const symbol = a[i] as number
    const known = count[symbol] as number
    next[i] = known === 0 ? -1 : (first[symbol] as number)
    first[symbol] = i
    count[symbol] = known + 1
  }
}
