/** What turns one sequence into another, as an ordered list of edits. */
import { matchSequences } from './match.ts'
import { numberIds, type Numbered } from './number.ts'
import { type Block, slideBlocks } from './slide.ts'

/** A half-open range of indices, counted from 0. */
export type Span = readonly [from: number, to: number]

/**
 * One step of the way from a to b. The spans of consecutive edits join up on both sides; a
 * `removed` edit has an empty span in b, an `added` one an empty span in a. Where lines were
 * replaced, `removed` comes directly before `added`. A `same` edit has spans of equal length, unless
 * the comparison looked past formatting or line breaks: then a paragraph or a run of blank lines may
 * take more lines on one side.
 */
export type Edit = {
  readonly kind: 'same' | 'removed' | 'added'
  readonly a: Span
  readonly b: Span
}

/**
 * Compares two sequences of ids, the line ids of a store for example, without looking at what they
 * stand for. The same bounds hold as for `diffLines`, but blocks are not moved to where they read
 * best, since that needs the text.
 */
export function diffIds(a: Int32Array, b: Int32Array): readonly Edit[] {
  const { changedA, changedB } = matchNumbered(numberIds(a, b))
  return toEdits(collectBlocks(changedA, changedB), a.length, b.length)
}

/** The edits between two sequences of numbered lines, blocks moved to where they read best. */
export function diffNumbered(
  numbered: Numbered,
  a: readonly string[],
  b: readonly string[],
): readonly Edit[] {
  const { changedA, changedB } = matchNumbered(numbered)
  const blocks = slideBlocks(collectBlocks(changedA, changedB), {
    a: { lines: a, symbols: numbered.a },
    b: { lines: b, symbols: numbered.b },
  })
  return toEdits(blocks, a.length, b.length)
}

const matchNumbered = ({ a, b, kinds }: Numbered) => matchSequences(a, b, kinds)

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
