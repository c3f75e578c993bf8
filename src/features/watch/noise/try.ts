/** What rules would have left out of steps: pure. */
import { diffLines } from '#history/index.ts'
import { compileRules, ignoredBy, type Rule } from './rules.ts'

export interface TriedStep {
  readonly page: string
  readonly stamp: string
  readonly before: string
  readonly after: string
}

export interface IgnoredLine {
  readonly page: string
  readonly stamp: string
  /** Its number in the later text, or, of a removed line, in the earlier one. */
  readonly line: number
  readonly text: string
  /** The place of the rule in the list. */
  readonly rule: number
}

export interface Tried {
  /** Steps of which nothing would be left. */
  readonly silenced: number
  /** Changed lines that rules leave out. */
  readonly lines: number
  readonly sample: readonly IgnoredLine[]
}

const longestShown = 300

/** Tries rules on steps; the sample is cut at `most`. Throws `invalid_input` for a pattern that cannot be read. */
export function tryRules(rules: readonly Rule[], steps: readonly TriedStep[], most: number): Tried {
  const sum = { silenced: 0, lines: 0 }
  const sample: IgnoredLine[] = []
  for (const { page, stamp, before, after } of steps) {
    const compiled = compileRules(rules, page)
    let left = 0
    let ignored = 0
    const diff = diffLines(before, after, { formatting: 'hidden' })
    for (const { kind, a, b } of diff.edits) {
      if (kind === 'same') continue
      const [from, to] = kind === 'added' ? b : a
      const lines = (kind === 'added' ? diff.b : diff.a).slice(from, to)
      for (const [n, rule] of ignoredBy(lines, compiled).entries()) {
        const text = lines[n] ?? ''
        if (rule === -1) left += text.trim() === '' ? 0 : 1
        else {
          ignored++
          if (sample.length < most)
            sample.push({ page, stamp, line: from + n + 1, text: shown(text), rule })
        }
      }
    }
    sum.lines += ignored
    if (ignored > 0 && left === 0) sum.silenced++
  }
  return { ...sum, sample }
}

const shown = (line: string): string => line.replace(/\r?\n$/, '').slice(0, longestShown)

/** For a thread of the pool. */
export const tryTask = (input: {
  readonly rules: readonly Rule[]
  readonly steps: readonly TriedStep[]
  readonly most: number
}): Tried => tryRules(input.rules, input.steps, input.most)
