/** The line diff: two texts in, an ordered list of edits out. */
import { diffNumbered, type Edit } from './edits.ts'
import { numberIds, numberLines, type Numbered } from './number.ts'
import { readUnits, spreadEdits, type Units } from './units.ts'

export type { Edit, Span } from './edits.ts'

/** Two texts by line, and the edits between them. */
export type LineDiff = {
  /** Lines with their line feed, as {@link splitLines} gives them. */
  readonly a: readonly string[]
  readonly b: readonly string[]
  readonly edits: readonly Edit[]
  /**
   * What was compared where that was not single lines: the index of the first line of each unit, and
   * the number of lines at the end.
   */
  readonly units?: { readonly a: Int32Array; readonly b: Int32Array }
}

/** What counts as a difference. */
export type CompareOptions = {
  /**
   * With `hidden`, lines are compared by their `formattingKey` (Markdown): padding of tables, space
   * at the end of lines, the sign of a list item and the number of blank lines are no difference.
   * `shown` when left out.
   */
  readonly formatting?: 'shown' | 'hidden'
  /**
   * Compares paragraphs by their words, wherever their lines break; code, tables and headings stay
   * by line. False when left out.
   */
  readonly paragraphs?: boolean
}

/** A text whose lines were numbered before: equal lines have equal ids, on both sides. */
export type NumberedText = { readonly ids: Int32Array; readonly lines: readonly string[] }

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
 * large constant on the worst input (see `matchSequences`); the result always turns a into b, and is
 * a shortest one where the texts differ little. Of several equally short ways to show an insertion,
 * the one that starts at a heading or after a blank line is chosen.
 */
export function diffLines(a: string, b: string, options: CompareOptions = {}): LineDiff {
  const linesA = splitLines(a)
  const linesB = a === b ? linesA : splitLines(b)
  if (a === b) return unchanged(linesA)
  const numbered = numberLines({ text: a, lines: linesA }, { text: b, lines: linesB })
  return compare(numbered, linesA, linesB, options)
}

/**
 * The same for texts that come out of a store with their line ids, so that no line is hashed again.
 * The ids are not negative.
 */
export function diffNumberedTexts(
  a: NumberedText,
  b: NumberedText,
  options: CompareOptions = {},
): LineDiff {
  return compare(numberIds(a.ids, b.ids), a.lines, b.lines, options)
}

function compare(
  numbered: Numbered,
  a: readonly string[],
  b: readonly string[],
  { formatting = 'shown', paragraphs = false }: CompareOptions,
): LineDiff {
  if (formatting === 'shown' && !paragraphs) return { a, b, edits: diffNumbered(numbered, a, b) }
  const units = readUnits(numbered, a, b, { hideFormatting: formatting === 'hidden', paragraphs })
  const edits = diffNumbered(units.numbered, firstLines(a, units.a), firstLines(b, units.b))
  return { a, b, edits: spreadEdits(edits, units.a, units.b), units: { a: units.a, b: units.b } }
}

const firstLines = (lines: readonly string[], starts: Units['a']): readonly string[] =>
  Array.from(starts.subarray(0, -1), (start) => lines[start] as string)

function unchanged(lines: readonly string[]): LineDiff {
  const edits: readonly Edit[] =
    lines.length === 0 ? [] : [{ kind: 'same', a: [0, lines.length], b: [0, lines.length] }]
  return { a: lines, b: lines, edits }
}

/**
 * The left text with the edits made to it, as one text. After an exact comparison that is the right
 * text, byte for byte; after one that hides formatting, the left text with only its words changed.
 */
export function applyEdits({ a, b, edits }: LineDiff): string {
  const parts: string[] = []
  for (const { kind, a: left, b: right } of edits) {
    const lines = kind === 'added' ? b.slice(right[0], right[1]) : a.slice(left[0], left[1])
    if (kind === 'removed' || lines.length === 0) continue
    // Where formatting is hidden, a last line without line feed equals one in the middle.
    if (parts.at(-1)?.endsWith('\n') === false) parts.push('\n')
    parts.push(lines.join(''))
  }
  return parts.join('')
}

/** Whether two texts differ, but in nothing that `formatting: 'hidden'` would show. */
export function formattingOnly(a: string, b: string): boolean {
  if (a === b) return false
  return diffLines(a, b, { formatting: 'hidden' }).edits.every(({ kind }) => kind === 'same')
}
