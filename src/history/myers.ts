/**
 * Myers' linear-space comparison ("An O(ND) Difference Algorithm and Its Variations", 1986, section
 * 4b) over integer sequences, with a ceiling on the cost of each search, so that unrelated inputs
 * take time proportional to their length and not to its square.
 */

/**
 * Where the two sequences differ. `changedA[i] === 1` means that a[i] has no partner in b, and the
 * other way round.
 */
export type Marking = {
  readonly changedA: Uint8Array
  readonly changedB: Uint8Array
}

/** A half-open rectangle of the edit graph. */
export type Box = {
  readonly aFrom: number
  readonly aTo: number
  readonly bFrom: number
  readonly bTo: number
}

/** A point at which a box may be cut. `exact` says that a shortest script passes through it. */
type Cut = { readonly x: number; readonly y: number; readonly exact: boolean }

export type Search = {
  readonly a: Int32Array
  readonly b: Int32Array
  /**
   * Furthest x reached per diagonal, from the front and from the back. Both hold diagonals -size …
   * +size.
   */
  readonly front: Int32Array
  readonly back: Int32Array
  /** Elements compared and diagonals visited, for the tests that bound the work. */
  steps: number
}

/**
 * Allocates the two frontiers for a search that never looks further than `maxCost` edits from
 * either end.
 */
export function newSearch(a: Int32Array, b: Int32Array, maxCost: number): Search {
  const diagonals = 2 * maxCost + 3
  return {
    a,
    b,
    front: new Int32Array(diagonals),
    back: new Int32Array(diagonals),
    steps: 0,
  }
}

/** A typed array never has holes; the compiler cannot know that an index is in range. */
const at = (values: Int32Array, index: number): number => values[index] as number

/**
 * Looks for the middle of a shortest edit script of `box`, from both ends at once, and gives up on
 * exactness after `maxCost` edits on either side. Then it cuts at the point that got furthest, from
 * whichever end that was: the work done is at most 4 · maxCost times the distance gained, which is
 * what makes the whole comparison linear for a fixed ceiling. The box must be trimmed and have both
 * sides non-empty, so that at least two edits are needed.
 */
export function findCut(search: Search, box: Box, maxCost: number): Cut | null {
  const { a, b, front, back } = search
  const { aFrom, aTo, bFrom, bTo } = box
  const n = aTo - aFrom
  const m = bTo - bFrom
  const delta = n - m
  const odd = (delta & 1) !== 0
  // A box of n × m never needs more than half of n + m edits from either end.
  const ceiling = Math.min(maxCost, ((n + m + 1) >> 1) + 1)
  const zero = ceiling + 1
  const last = 2 * zero
  front.fill(-1, 0, last + 1)
  back.fill(-1, 0, last + 1)
  front[zero + 1] = 0
  back[zero + 1] = 0

  // Limits of the diagonals that are still inside the box: those that ran off its edge are not
  // followed further.
  let frontLow = 0
  let frontHigh = 0
  let backLow = 0
  let backHigh = 0
  let steps = 0
  // The two sweeps are written out: as one function with a direction they took 1.8 times as long.
  for (let cost = 0; cost < ceiling; cost++) {
    for (let k = -cost + frontLow; k <= cost - frontHigh; k += 2) {
      const start = nextOn(front, zero + k, k === -cost, k === cost)
      let x = start
      let y = x - k
      while (x < n && y < m && a[aFrom + x] === b[bFrom + y]) {
        x++
        y++
      }
      front[zero + k] = x
      steps += 1 + x - start
      if (x > n) frontHigh += 2
      else if (y > m) frontLow += 2
      else if (odd) {
        const reached = met(back, zero + delta - k, last)
        if (reached !== -1 && x + reached >= n) {
          search.steps += steps
          return { x, y, exact: true }
        }
      }
    }
    for (let k = -cost + backLow; k <= cost - backHigh; k += 2) {
      const start = nextOn(back, zero + k, k === -cost, k === cost)
      let x = start
      let y = x - k
      while (x < n && y < m && a[aTo - 1 - x] === b[bTo - 1 - y]) {
        x++
        y++
      }
      back[zero + k] = x
      steps += 1 + x - start
      if (x > n) backHigh += 2
      else if (y > m) backLow += 2
      else if (!odd) {
        const reached = met(front, zero + delta - k, last)
        if (reached !== -1 && x + reached >= n) {
          search.steps += steps
          return { x: reached, y: reached - (delta - k), exact: true }
        }
      }
    }
  }
  search.steps += steps
  return furthest(search, zero, n, m)
}

/** Where a diagonal goes on: from the better of its two neighbours, one edit further. */
function nextOn(frontier: Int32Array, index: number, lowest: boolean, highest: boolean): number {
  const left = at(frontier, index - 1)
  const right = at(frontier, index + 1)
  return lowest || (!highest && left < right) ? right : left + 1
}

/** How far the opposite sweep came on this diagonal; -1 when it was not there. */
const met = (frontier: Int32Array, index: number, last: number): number =>
  index < 0 || index > last ? -1 : at(frontier, index)

/**
 * The cut for a search that hit its ceiling. Null when nothing was gained; the caller then gives
 * the box up.
 */
function furthest(search: Search, zero: number, n: number, m: number): Cut | null {
  let best: Cut | null = null
  let gain = 0
  for (const forward of [true, false]) {
    const frontier = forward ? search.front : search.back
    for (let index = 0; index <= 2 * zero; index++) {
      const x = at(frontier, index)
      const y = x - (index - zero)
      if (x < 0 || y < 0 || x > n || y > m || x + y <= gain) continue
      gain = x + y
      best = forward ? { x, y, exact: false } : { x: n - x, y: m - y, exact: false }
    }
    search.steps += 2 * zero
  }
  return best
}

/**
 * Steps per element after which the sequences are taken for unrelated, and searched less deep. The
 * edits of 358 changes of real documentation are the same without it; 100,000 unrelated lines of ten
 * kinds take half the time.
 */
const PATIENCE = 24
const TIRED_COST = 16

/**
 * Marks what differs inside `box`. Every search costs at most `maxCost` edits, so the result is a
 * shortest script for inputs that differ by less than about twice that, and a valid one always.
 */
export function markBox(search: Search, marking: Marking, start: Box, maxCost: number): void {
  const elements = start.aTo - start.aFrom + (start.bTo - start.bFrom)
  const patience = search.steps + PATIENCE * elements
  const open: Box[] = [start]
  for (let box = open.pop(); box !== undefined; box = open.pop()) {
    const inner = trim(search, box)
    const { aFrom, aTo, bFrom, bTo } = inner
    const cost = search.steps > patience ? Math.min(maxCost, TIRED_COST) : maxCost
    const cut = aFrom === aTo || bFrom === bTo ? null : findCut(search, inner, Math.max(2, cost))
    if (cut === null) {
      marking.changedA.fill(1, aFrom, aTo)
      marking.changedB.fill(1, bFrom, bTo)
      continue
    }
    const x = aFrom + cut.x
    const y = bFrom + cut.y
    open.push({ aFrom: x, aTo, bFrom: y, bTo }, { aFrom, aTo: x, bFrom, bTo: y })
  }
}

/** Cuts equal elements off both ends of a box. */
export function trim(search: Search, box: Box): Box {
  const { a, b } = search
  let { aFrom, aTo, bFrom, bTo } = box
  while (aFrom < aTo && bFrom < bTo && a[aFrom] === b[bFrom]) {
    aFrom++
    bFrom++
  }
  while (aFrom < aTo && bFrom < bTo && a[aTo - 1] === b[bTo - 1]) {
    aTo--
    bTo--
  }
  search.steps += 2 + (box.aTo - box.aFrom) - (aTo - aFrom)
  return { aFrom, aTo, bFrom, bTo }
}
