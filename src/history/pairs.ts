/** Which removed line of a replaced block stands beside which added one. */
import { splitWords } from './words.ts'

/**
 * A row of a replaced block: indices into the removed and the added lines, null where that side is
 * empty. `alike` says that the two are versions of one line, so that marking words inside them
 * makes sense.
 */
export type Pair = {
  readonly left: number | null
  readonly right: number | null
  readonly alike: boolean
}

/** Above these a block is paired by position: nobody reads such a block line against line. */
const MAX_CELLS = 2_500
const MAX_CHARACTERS = 40_000

/** Half of the words in common makes two lines versions of one. */
const ALIKE = 0.5

/**
 * Pairs the lines of a block in order, so that as much text as possible stands beside its other
 * version. Lines without one fill up the rows between those pairs. Bounded by {@link MAX_CELLS}
 * line comparisons a block.
 */
export function pairLines(removed: readonly string[], added: readonly string[]): readonly Pair[] {
  const pairs: Pair[] = []
  let left = 0
  let right = 0
  for (const [leftTo, rightTo] of alikeLines(removed, added)) {
    fill(pairs, left, leftTo, right, rightTo)
    pairs.push({ left: leftTo, right: rightTo, alike: true })
    left = leftTo + 1
    right = rightTo + 1
  }
  fill(pairs, left, removed.length, right, added.length)
  return pairs
}

function fill(pairs: Pair[], left: number, leftTo: number, right: number, rightTo: number): void {
  const rows = Math.max(leftTo - left, rightTo - right)
  for (let row = 0; row < rows; row++) {
    pairs.push({
      left: left + row < leftTo ? left + row : null,
      right: right + row < rightTo ? right + row : null,
      alike: false,
    })
  }
}

/** The in-order pairing of greatest total likeness, as index pairs. */
function alikeLines(
  removed: readonly string[],
  added: readonly string[],
): readonly (readonly [number, number])[] {
  const rows = removed.length
  const columns = added.length
  if (rows === 0 || columns === 0) return []
  if (rows * columns > MAX_CELLS || tooLong(removed) || tooLong(added)) {
    const shared = Math.min(rows, columns)
    // Long blocks of equal length are usually one change repeated on every line.
    return rows === columns && !tooLong(removed) && !tooLong(added)
      ? Array.from({ length: shared }, (_, index) => [index, index] as const)
      : []
  }
  const bagsA = removed.map(bagOf)
  const bagsB = added.map(bagOf)
  const width = columns + 1
  const likeness = new Float64Array(rows * columns)
  const best = new Float64Array((rows + 1) * width)
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const alike = likenessOf(bagsA[i], bagsB[j])
      likeness[i * columns + j] = alike
      const paired = alike < ALIKE ? 0 : alike + (best[(i + 1) * width + j + 1] as number)
      best[i * width + j] = Math.max(
        paired,
        best[(i + 1) * width + j] as number,
        best[i * width + j + 1] as number,
      )
    }
  }
  const chosen: [number, number][] = []
  let i = 0
  let j = 0
  while (i < rows && j < columns) {
    const here = best[i * width + j] as number
    const alike = likeness[i * columns + j] as number
    if (alike >= ALIKE && here === alike + (best[(i + 1) * width + j + 1] as number)) {
      chosen.push([i++, j++])
    } else if (here === best[(i + 1) * width + j]) i++
    else j++
  }
  return chosen
}

const tooLong = (lines: readonly string[]) =>
  lines.reduce((sum, line) => sum + line.length, 0) > MAX_CHARACTERS

/** The words of a line, counted, weighed by their length. */
type Bag = { readonly words: ReadonlyMap<string, number>; readonly weight: number }

function bagOf(line: string): Bag {
  const words = new Map<string, number>()
  let weight = 0
  for (const word of splitWords(line)) {
    if (word.trim() === '') continue
    words.set(word, (words.get(word) ?? 0) + 1)
    weight += word.length
  }
  return { words, weight }
}

/**
 * Dice's coefficient over the bags: 0 nothing in common, 1 the same words. Two blank lines are
 * alike.
 */
function likenessOf(a: Bag | undefined, b: Bag | undefined): number {
  if (a === undefined || b === undefined) return 0
  if (a.weight === 0 && b.weight === 0) return 1
  // Even if the shorter were all shared, it could not reach the threshold.
  if (2 * Math.min(a.weight, b.weight) < ALIKE * (a.weight + b.weight)) return 0
  const [small, large] = a.words.size <= b.words.size ? [a, b] : [b, a]
  let shared = 0
  for (const [word, count] of small.words) {
    shared += word.length * Math.min(count, large.words.get(word) ?? 0)
  }
  return (2 * shared) / (a.weight + b.weight)
}
