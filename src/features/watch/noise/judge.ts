/** What a step of a page is worth telling: news, formatting, ignored lines, or a page that flips between known texts. */
import { createHash } from 'node:crypto'
import { diffLines } from '#history/index.ts'
import type { StepKind } from '../schema.ts'
import { linesIgnored, type CompiledRule } from './rules.ts'

/** How many versions back a text that returns is recognised. */
export const flipWindow = 8

export interface EarlierVersion {
  readonly id: string
  /** Null: the page was gone. */
  readonly sha256: string | null
}

export interface StepInput {
  /** The text of the version before; null: there was none, or the page was gone. */
  readonly before: string | null
  /** Null: the page is gone now. */
  readonly after: string | null
  /** The versions before, newest first; the first is the one that `before` belongs to. Only the first eight count. */
  readonly earlier: readonly EarlierVersion[]
  readonly rules: readonly CompiledRule[]
}

export interface Judgement {
  readonly kind: StepKind
  /** Lines, formatting and ignored lines left out: what is shown when nothing else is asked for. */
  readonly added: number
  readonly removed: number
  /** The version whose text came back. */
  readonly flipOf: string | null
  /** Whether people are told. */
  readonly announced: boolean
}

/** SHA-256 of a text as versions carry it, in hexadecimal. */
export const textHash = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * Judges one step. A text that comes back for the first time within the window is news (somebody took a change back); from
 * the second time on it is a `flip`, recorded but not announced: in one measured history 30 % of all versions were pages
 * alternating between two renderings.
 */
export function judgeStep({ before, after, earlier, rules }: StepInput): Judgement {
  if (before === null && after === null) return quiet(null)
  const returned = after === null ? [] : sameText(earlier, textHash(after))
  const flipOf = returned[0]?.id ?? null
  if (after === null) {
    const removed = counted(splitToCount(before ?? ''), rules)
    // A page that is gone for the third time within the window comes and goes.
    const often = earlier.slice(0, flipWindow).filter(({ sha256 }) => sha256 === null).length > 1
    return { kind: often ? 'flip' : 'gone', added: 0, removed, flipOf: null, announced: !often }
  }
  if (before === null) {
    const added = counted(splitToCount(after), rules)
    const often = returned.length > 1
    return { kind: often ? 'flip' : 'new', added, removed: 0, flipOf, announced: !often }
  }
  const { added, removed } = countStep(before, after, rules)
  if (added + removed === 0) return quiet(flipOf)
  const often = returned.length > 1
  return { kind: often ? 'flip' : 'changed', added, removed, flipOf, announced: !often }
}

const quiet = (flipOf: string | null): Judgement => ({
  kind: 'quiet',
  added: 0,
  removed: 0,
  flipOf,
  announced: false,
})

const sameText = (earlier: readonly EarlierVersion[], sha256: string): readonly EarlierVersion[] =>
  earlier.slice(0, flipWindow).filter((version, at) => at > 0 && version.sha256 === sha256)

/**
 * Lines that a step adds and removes, formatting and ignored lines left out. Only changed lines meet the rules, so they
 * cost nothing where nothing changed.
 */
export function countStep(
  before: string,
  after: string,
  rules: readonly CompiledRule[],
): { readonly added: number; readonly removed: number } {
  const { a, b, edits } = diffLines(before, after, { formatting: 'hidden' })
  const sum = { added: 0, removed: 0 }
  const words = { added: [] as string[], removed: [] as string[] }
  for (const { kind, a: left, b: right } of edits) {
    if (kind === 'same') continue
    const lines = kind === 'added' ? b.slice(right[0], right[1]) : a.slice(left[0], left[1])
    const kept = linesKept(lines, rules)
    sum[kind] += kept.length
    words[kind].push(...withWords(kept))
  }
  // Beside an ignored line a blank one comes or goes.
  if (words.added.length + words.removed.length === 0) return { added: 0, removed: 0 }
  // An ignored line that moved past others looks like their move; asked only where what came is what went.
  const passedBy =
    rules.length > 0 &&
    sameLines(words.added.toSorted(), words.removed.toSorted()) &&
    sameLines(withWords(linesKept(a, rules)), withWords(linesKept(b, rules)))
  return passedBy ? { added: 0, removed: 0 } : sum
}

const linesKept = (lines: readonly string[], rules: readonly CompiledRule[]): readonly string[] => {
  const ignored = linesIgnored(lines, rules)
  return lines.filter((_, at) => ignored[at] !== true)
}

const withWords = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => line.trim() !== '')

const sameLines = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((line, at) => line === others[at])

const splitToCount = (text: string): readonly string[] =>
  text === '' ? [] : text.replace(/\n$/, '').split('\n')

const counted = (lines: readonly string[], rules: readonly CompiledRule[]): number =>
  rules.length === 0 ? lines.length : linesKept(lines, rules).length
