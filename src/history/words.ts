/**
 * What changed inside a line: words, not characters, so that `63` to `66` marks the number and not
 * its digit.
 */
import { matchSequences } from './match.ts'
import { numberByMap } from './number.ts'

/** A half-open range of UTF-16 code units inside one line. */
export type Mark = readonly [from: number, to: number]

/** The changed parts of both sides of a line pair, in order and never touching. */
export type Refinement = { readonly left: readonly Mark[]; readonly right: readonly Mark[] }

/**
 * Above this many characters a line is marked as a whole: nobody reads marks in it, and time stays
 * bounded.
 */
export const MAX_REFINED_LENGTH = 20_000

/** Edits per search. Lines further apart than this share too little for marks to help. */
const MAX_WORD_COST = 128

/** Marks help only while at least this share of both lines is the same. */
const MIN_SHARED = 0.3

// A word; a single sign of a script written without spaces; a run of white space; any other sign
// with what combines with it.
const TOKEN =
  /(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{M}\p{N}_])+|\s+|[^](?:[\p{M}\u{FE0F}\p{Emoji_Modifier}]|\u{200D}[^])*/gu

/** The same for ASCII, where it takes a third of the time. */
const ASCII_TOKEN = /\w+|\s+|[^]/g

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false
  return true
}

/** Cuts a line into the pieces that are compared whole. Joining them gives the line back. */
export function splitWords(line: string): readonly string[] {
  return line.match(isAscii(line) ? ASCII_TOKEN : TOKEN) ?? []
}

export type RefineOptions = {
  /** With `alike`, white space equals any other white space. `compared` when left out. */
  readonly spaces?: 'compared' | 'alike'
}

/**
 * The words that differ between two versions of a line, or null when marking them would not help:
 * one of the lines is longer than {@link MAX_REFINED_LENGTH}, or they share too little. Everything
 * outside the marks, read in order, is equal on both sides.
 */
export function refineWords(
  left: string,
  right: string,
  { spaces = 'compared' }: RefineOptions = {},
): Refinement | null {
  if (left.length > MAX_REFINED_LENGTH || right.length > MAX_REFINED_LENGTH) return null
  const a = splitWords(left)
  const b = splitWords(right)
  const keyOf = spaces === 'alike' ? (word: string) => (ink(word) === 0 ? ' ' : word) : same
  const { a: symbolsA, b: symbolsB, kinds } = numberByMap(a.map(keyOf), b.map(keyOf))
  const { changedA, changedB } = matchSequences(symbolsA, symbolsB, kinds, MAX_WORD_COST)
  const longer = Math.max(inkOf(a), inkOf(b))
  if (longer > 0 && sharedInk(a, changedA) < MIN_SHARED * longer) return null
  absorbCrumbs(a, changedA, b, changedB)
  return { left: toMarks(a, changedA), right: toMarks(b, changedB) }
}

const same = (word: string) => word
const ink = (word: string) => (word.trim() === '' ? 0 : word.length)
const inkOf = (words: readonly string[]) => words.reduce((sum, word) => sum + ink(word), 0)
const sharedInk = (words: readonly string[], changed: Uint8Array) =>
  words.reduce((sum, word, index) => sum + (changed[index] === 1 ? 0 : ink(word)), 0)

/**
 * White space or a lone comma that happens to be equal between two changed words splits one mark
 * into crumbs. Equal runs without a word in them, up to two characters, join the changes around
 * them when both sides change on both of their ends.
 */
function absorbCrumbs(
  a: readonly string[],
  changedA: Uint8Array,
  b: readonly string[],
  changedB: Uint8Array,
): void {
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const startA = i
    const startB = j
    while (changedA[i] === 1) i++
    while (changedB[j] === 1) j++
    const afterChange = i > startA && j > startB
    const runA = i
    const runB = j
    while (i < a.length && j < b.length && changedA[i] !== 1 && changedB[j] !== 1) {
      i++
      j++
    }
    const beforeChange = changedA[i] === 1 && changedB[j] === 1
    if (afterChange && beforeChange && isCrumb(a.slice(runA, i).join(''))) {
      changedA.fill(1, runA, i)
      changedB.fill(1, runB, j)
    }
  }
}

const isCrumb = (text: string) => text.length <= 2 && !/[\p{L}\p{N}]/u.test(text)

function toMarks(words: readonly string[], changed: Uint8Array): readonly Mark[] {
  const marks: Mark[] = []
  let at = 0
  let open = -1
  words.forEach((word, index) => {
    if (changed[index] === 1) {
      if (open === -1) open = at
    } else if (open !== -1) {
      marks.push([open, at])
      open = -1
    }
    at += word.length
  })
  if (open !== -1) marks.push([open, at])
  return marks
}
