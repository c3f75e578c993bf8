/**
 * Which elements of two integer sequences belong together: equal ends are cut off, then the rarest
 * run that both share is kept and what stands before and after it compared alike, as `git diff
 * --histogram` does; over 358 changes of real documentation the lines are as many as git's in every
 * one, and the hunks too but for those that `slide.ts` splits. Where that would take too long, elements that occur once on both sides hold the rest in
 * place (Bram Cohen's patience idea); where all that is shared is frequent, the bounded Myers search
 * decides. Lines and words are both compared here, as integers.
 */
import {
  between,
  type Counts,
  countSymbols,
  findAnchors,
  forgetSymbols,
  newCounts,
} from './anchors.ts'
import { type Box, findCut, markBox, type Marking, newSearch, type Search, trim } from './myers.ts'
import { findRarest, newPlaces, type Places } from './rarest.ts'

export type Match = Marking & {
  /** Elementary operations spent. Tests bound it; nothing else reads it. */
  readonly steps: number
}

/**
 * Edits one Myers search may spend from each end before it settles for a good cut instead of the
 * best. On 316 changes of real documentation 64, 128 and 256 gave the same edits; 100,000 unrelated
 * lines of ten kinds took 0.25, 0.5 and 0.8 s.
 */
export const MAX_COST = 128

/**
 * What looking for the rarest runs may take, in steps: so many per element, and for small inputs so
 * many at least. Runs cut off one by one take quadratic work, as in a list of which every second line
 * changed. On 358 changes of real documentation half of either is enough to agree with git in all.
 */
const RAREST_STEPS_PER_ELEMENT = 32
const LEAST_RAREST_STEPS = 2 ** 21

/**
 * Levels of anchors inside anchors. Each level reads every element once; real documents need fewer
 * than ten.
 */
const MAX_DEPTH = 24

/**
 * Fewer elements that hold their place than one in this many are not trusted before a short exact
 * search has been tried.
 */
const SPARSE = 40

/** What all those trial searches together may spend, per element. */
const TRIAL_STEPS_PER_ELEMENT = 16

type Work = {
  readonly search: Search
  readonly marking: Marking
  readonly maxCost: number
  readonly counts: Counts
  readonly places: Places
  rarestSteps: number
  trialSteps: number
}

/**
 * Compares two sequences of symbols 0 … symbols-1. The unchanged elements of both sides, read in
 * order, are equal pair by pair. Runs in O((n + m) · maxCost) however hostile the input.
 */
export function matchSequences(
  a: Int32Array,
  b: Int32Array,
  symbols: number,
  maxCost = MAX_COST,
  rarestSteps = LEAST_RAREST_STEPS + RAREST_STEPS_PER_ELEMENT * (a.length + b.length),
): Match {
  const work: Work = {
    search: newSearch(a, b, maxCost),
    marking: { changedA: new Uint8Array(a.length), changedB: new Uint8Array(b.length) },
    maxCost,
    counts: newCounts(symbols),
    places: newPlaces(a.length, symbols),
    rarestSteps,
    trialSteps: TRIAL_STEPS_PER_ELEMENT * (a.length + b.length),
  }
  const open: { box: Box; depth: number }[] = [
    { box: { aFrom: 0, aTo: a.length, bFrom: 0, bTo: b.length }, depth: 0 },
  ]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const box = trim(work.search, next.box)
    for (const inner of settleBox(work, box, next.depth)) {
      // Only anchors count: what is left of the steps cannot rise again.
      open.push({ box: inner, depth: work.rarestSteps > 0 ? 0 : next.depth + 1 })
    }
  }
  return { ...work.marking, steps: work.search.steps }
}

/** Marks a trimmed box, or gives back the smaller boxes that are left to compare. */
function settleBox(work: Work, box: Box, depth: number): readonly Box[] {
  if (box.aFrom === box.aTo || box.bFrom === box.bTo) return markAll(work, box)
  if (work.rarestSteps > 0) {
    const { found, steps } = findRarest(work.search, box, work.places, work.rarestSteps)
    work.rarestSteps -= steps
    work.search.steps += steps
    if (found === 'nothing') return markAll(work, box)
    if (found === 'frequent') return searchShared(work, box)
    if (found !== 'tired') {
      return isSparse(box, found.aTo - found.aFrom) && tryShort(work, box)
        ? searchShared(work, box)
        : around(box, found)
    }
  }
  return settleByAnchors(work, box, depth)
}

function settleByAnchors(work: Work, box: Box, depth: number): readonly Box[] {
  if (depth >= MAX_DEPTH) return searchShared(work, box)
  countSymbols(work.search, box, work.counts)
  const anchors = findAnchors(work.search, box, work.counts)
  forgetSymbols(work.search, box, work.counts)
  const held = anchors.a.length
  return held === 0 || (isSparse(box, held) && tryShort(work, box))
    ? searchShared(work, box)
    : between(box, anchors)
}

const isSparse = (box: Box, held: number): boolean =>
  held * SPARSE < Math.min(box.aTo - box.aFrom, box.bTo - box.bFrom)

function markAll({ marking }: Work, box: Box): readonly Box[] {
  marking.changedA.fill(1, box.aFrom, box.aTo)
  marking.changedB.fill(1, box.bFrom, box.bTo)
  return []
}

/** The box before a shared run and the one after it. */
const around = (box: Box, run: Box): readonly Box[] => [
  { ...box, aTo: run.aFrom, bTo: run.bFrom },
  { ...box, aFrom: run.aTo, bFrom: run.bTo },
]

/**
 * One unique line that moved must not tear a thousand repeated ones apart. Where anchors are rare,
 * a short search is tried first; when it finds a shortest script, that is the better answer.
 */
function tryShort(work: Work, box: Box): boolean {
  const { search } = work
  if (work.trialSteps <= 0) return false
  const before = search.steps
  const found = findCut(search, box, Math.min(64, work.maxCost))?.exact === true
  work.trialSteps -= search.steps - before
  return found
}

/** Marks the symbols that only one side has, and compares what both have by a search. */
function searchShared(work: Work, box: Box): readonly Box[] {
  const { search, marking, counts, maxCost } = work
  countSymbols(search, box, counts)
  const keptA = sharedPlaces(search.a.subarray(box.aFrom, box.aTo), counts.b)
  const keptB = sharedPlaces(search.b.subarray(box.bFrom, box.bTo), counts.a)
  forgetSymbols(search, box, counts)
  markAll(work, box)
  if (keptA.length === 0 || keptB.length === 0) return []
  const inner: Search = {
    ...search,
    a: Int32Array.from(keptA, (i) => search.a[box.aFrom + i] as number),
    b: Int32Array.from(keptB, (j) => search.b[box.bFrom + j] as number),
  }
  const local: Marking = {
    changedA: new Uint8Array(keptA.length),
    changedB: new Uint8Array(keptB.length),
  }
  markBox(inner, local, { aFrom: 0, aTo: keptA.length, bFrom: 0, bTo: keptB.length }, maxCost)
  search.steps = inner.steps
  keptA.forEach((i, at) => (marking.changedA[box.aFrom + i] = local.changedA[at] as number))
  keptB.forEach((j, at) => (marking.changedB[box.bFrom + j] = local.changedB[at] as number))
  return []
}

/** How an element stands to the other side. */
const ALONE = 0
const SHARED = 1
const FREQUENT = 2

/** The elements worth comparing: what the other side has, but for what would only tear apart. */
function sharedPlaces(symbols: Int32Array, otherCount: Int32Array): readonly number[] {
  // About the root of the length: more partners than that say nothing about which is the right one.
  const many = 2 ** Math.floor(Math.log2(symbols.length) / 2 + 1)
  const kinds = Uint8Array.from(symbols, (symbol) => {
    const partners = otherCount[symbol] as number
    return partners === 0 ? ALONE : partners < many ? SHARED : FREQUENT
  })
  const kept: number[] = []
  kinds.forEach((kind, at) => {
    if (kind === SHARED || (kind === FREQUENT && !isLost(kinds, at))) kept.push(at)
  })
  return kept
}

/** Nobody looks further than this for company of a frequent element. */
const MAX_COMPANY = 100

/**
 * A blank line in the midst of a rewritten passage, with nothing near that is shared: it stands
 * between elements without partners, and those are three times as many as the frequent ones.
 */
function isLost(kinds: Uint8Array, at: number): boolean {
  let frequent = 1
  let alone = 0
  for (const step of [-1, 1]) {
    const before = alone
    for (let by = 1; by <= MAX_COMPANY; by++) {
      const kind = kinds[at + step * by]
      if (kind === undefined || kind === SHARED) break
      if (kind === ALONE) alone++
      else frequent++
    }
    if (alone === before) return false
  }
  return alone > 3 * frequent
}
