/** Elements that occur once on both sides, and hold what lies between them in place. */
import type { Box, Search } from './myers.ts'

export type Anchors = { readonly a: Int32Array; readonly b: Int32Array }

/**
 * Occurrences of each symbol inside the box at hand, all zero between boxes, and its last place in
 * b.
 */
export type Counts = {
  readonly a: Int32Array
  readonly b: Int32Array
  readonly placeB: Int32Array
}

export const newCounts = (symbols: number): Counts => ({
  a: new Int32Array(symbols),
  b: new Int32Array(symbols),
  placeB: new Int32Array(symbols),
})

/** To be undone by {@link forgetSymbols}. */
export function countSymbols(search: Search, box: Box, counts: Counts): void {
  const { a, b } = search
  for (let i = box.aFrom; i < box.aTo; i++) {
    const symbol = a[i] as number
    counts.a[symbol] = (counts.a[symbol] as number) + 1
  }
  for (let j = box.bFrom; j < box.bTo; j++) {
    const symbol = b[j] as number
    counts.b[symbol] = (counts.b[symbol] as number) + 1
    counts.placeB[symbol] = j
  }
  search.steps += box.aTo - box.aFrom + (box.bTo - box.bFrom)
}

export function forgetSymbols({ a, b }: Search, box: Box, counts: Counts): void {
  for (let i = box.aFrom; i < box.aTo; i++) counts.a[a[i] as number] = 0
  for (let j = box.bFrom; j < box.bTo; j++) counts.b[b[j] as number] = 0
}

/** The longest run, in order on both sides, of symbols that occur exactly once on each. */
export function findAnchors(search: Search, box: Box, counts: Counts): Anchors {
  const { a } = search
  const placesA: number[] = []
  const placesB: number[] = []
  for (let i = box.aFrom; i < box.aTo; i++) {
    const symbol = a[i] as number
    if (counts.a[symbol] === 1 && counts.b[symbol] === 1) {
      placesA.push(i)
      placesB.push(counts.placeB[symbol] as number)
    }
  }
  const kept = longestIncreasing(placesB)
  search.steps += placesA.length * Math.ceil(Math.log2(placesA.length + 1))
  return {
    a: Int32Array.from(kept, (index) => placesA[index] as number),
    b: Int32Array.from(kept, (index) => placesB[index] as number),
  }
}

/** Indices of a longest strictly increasing subsequence, by patience sorting with back pointers. */
function longestIncreasing(values: readonly number[]): readonly number[] {
  const tops: number[] = []
  const before = new Int32Array(values.length)
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number
    let low = 0
    let high = tops.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((values[tops[middle] as number] as number) < value) low = middle + 1
      else high = middle
    }
    before[index] = low === 0 ? -1 : (tops[low - 1] as number)
    tops[low] = index
  }
  const kept = new Array<number>(tops.length)
  let index = tops.at(-1) ?? -1
  for (let place = tops.length - 1; place >= 0; place--) {
    kept[place] = index
    index = before[index] as number
  }
  return kept
}

/** The boxes left over between neighbouring anchors, before the first and after the last. */
export function between(box: Box, anchors: Anchors): readonly Box[] {
  const boxes: Box[] = []
  let aFrom = box.aFrom
  let bFrom = box.bFrom
  for (let index = 0; index <= anchors.a.length; index++) {
    const last = index === anchors.a.length
    const aTo = last ? box.aTo : (anchors.a[index] as number)
    const bTo = last ? box.bTo : (anchors.b[index] as number)
    if (aFrom < aTo || bFrom < bTo) boxes.push({ aFrom, aTo, bFrom, bTo })
    aFrom = aTo + 1
    bFrom = bTo + 1
  }
  return boxes
}
