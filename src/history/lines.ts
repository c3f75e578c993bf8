/** The line diff: two texts in, an ordered list of edits out. */
import { matchSequences } from './match.ts'
import { type Block, slideBlocks } from './slide.ts'

/** A half-open range of line indices, counted from 0. */
export type Span = readonly [from: number, to: number]

/**
 * One step of the way from a to b. The spans of consecutive edits join up on both sides; a
 * `removed` edit has an empty span in b, an `added` one an empty span in a, and a `same` one spans
 * of equal length. Where lines were replaced, `removed` comes directly before `added`.
 */
export type Edit = {
  readonly kind: 'same' | 'removed' | 'added'
  readonly a: Span
  readonly b: Span
}

/** Two texts by line, and the edits between them. */
export type LineDiff = {
  /** Lines with their line feed, as {@link splitLines} gives them. */
  readonly a: readonly string[]
  readonly b: readonly string[]
  readonly edits: readonly Edit[]
}

/**
 * Splits a text after every line feed and keeps the line feeds, so that joining the lines gives the
 * text back byte for byte and a missing line feed at the end counts as a difference. A lone
 * carriage return does not end a line. The empty text has no lines.
 */
export function splitLines(text: string): readonly string[] {
  const lines: string[] = []
  let from = 0
  while (from < text.length) {
    const feed = text.indexOf('\n', from)
    const to = feed === -1 ? text.length : feed + 1
    lines.push(text.slice(from, to))
    from = to
  }
  return lines
}

/**
 * Compares two texts line by line. Deterministic, near-linear on real documents, and linear with a
 * large constant on the worst input (see {@link matchSequences}); the result always turns a into b,
 * and is a shortest one where the texts differ little. Of several equally short ways to show an
 * insertion, the one that starts at a heading or after a blank line is chosen.
 */
export function diffLines(a: string, b: string): LineDiff {
  const linesA = splitLines(a)
  if (a === b) {
    const all: Span = [0, linesA.length]
    const edits: readonly Edit[] = linesA.length === 0 ? [] : [{ kind: 'same', a: all, b: all }]
    return { a: linesA, b: linesA, edits }
  }
  const linesB = splitLines(b)
  const { symbolsA, symbolsB, symbols } = numberLines(linesA, linesB)
  const { changedA, changedB } = matchSequences(symbolsA, symbolsB, symbols)
  const blocks = slideBlocks(collectBlocks(changedA, changedB), {
    a: { lines: linesA, symbols: symbolsA },
    b: { lines: linesB, symbols: symbolsB },
  })
  return { a: linesA, b: linesB, edits: toEdits(blocks, linesA.length, linesB.length) }
}

/** Gives equal lines equal numbers, so that everything after compares integers. */
function numberLines(
  a: readonly string[],
  b: readonly string[],
): { symbolsA: Int32Array; symbolsB: Int32Array; symbols: number } {
  const numbers = new Map<string, number>()
  const number = (line: string) => {
    const known = numbers.get(line)
    if (known !== undefined) return known
    const fresh = numbers.size
    numbers.set(line, fresh)
    return fresh
  }
  const symbolsA = Int32Array.from(a, number)
  const symbolsB = Int32Array.from(b, number)
  return { symbolsA, symbolsB, symbols: numbers.size }
}

/** Reads the changed runs of both sides in step. */
function collectBlocks(changedA: Uint8Array, changedB: Uint8Array): readonly Block[] {
  const blocks: Block[] = []
  let i = 0
  let j = 0
  while (i < changedA.length || j < changedB.length) {
    const aFrom = i
    const bFrom = j
    while (changedA[i] === 1) i++
    while (changedB[j] === 1) j++
    if (i > aFrom || j > bFrom) blocks.push({ aFrom, aTo: i, bFrom, bTo: j })
    else {
      i++
      j++
    }
  }
  return blocks
}

function toEdits(blocks: readonly Block[], lengthA: number, lengthB: number): readonly Edit[] {
  const edits: Edit[] = []
  let a = 0
  let b = 0
  const same = (aTo: number, bTo: number) => {
    if (aTo > a) edits.push({ kind: 'same', a: [a, aTo], b: [b, bTo] })
  }
  for (const { aFrom, aTo, bFrom, bTo } of blocks) {
    same(aFrom, bFrom)
    if (aTo > aFrom) edits.push({ kind: 'removed', a: [aFrom, aTo], b: [bFrom, bFrom] })
    if (bTo > bFrom) edits.push({ kind: 'added', a: [aTo, aTo], b: [bFrom, bTo] })
    a = aTo
    b = bTo
  }
  same(lengthA, lengthB)
  return edits
}
