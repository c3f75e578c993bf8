/**
 * Rules that leave lines out of announcements and views. They run in an engine that is linear in the line, because anybody
 * who may edit a collection can write them, and they meet every changed line of every page.
 */
import { RE2JS } from 're2js'
import { Problem } from '#kernel/problem.ts'

/** A rule as collections keep it (`ignoreRule` of the schema). */
export interface Rule {
  readonly pattern: string
  /** Glob over page paths; every page when left out. */
  readonly page?: string | undefined
}

export interface CompiledRule {
  /** Its place in the list that was compiled. */
  readonly index: number
  readonly matches: (line: string) => boolean
}

/** Longer lines are judged by their beginning: a line of a megabyte is not what a rule is about. */
const longestLine = 20_000

/**
 * The rules that apply to a page, ready to use. Throws `invalid_input` with the number of the first pattern that cannot be
 * read, and where in it.
 *
 * @param page path of the page; null compiles all of them, for checking
 */
export function compileRules(rules: readonly Rule[], page: string | null): readonly CompiledRule[] {
  const compiled: CompiledRule[] = []
  for (const [index, rule] of rules.entries()) {
    const pattern = compilePattern(rule.pattern, index)
    if (page !== null && rule.page !== undefined && !globMatcher(rule.page)(page)) continue
    compiled.push({
      index,
      matches: (line) => pattern.matcher(line.slice(0, longestLine)).find(),
    })
  }
  return compiled
}

function compilePattern(pattern: string, index: number): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    const why = (error instanceof Error ? error.message : 'it cannot be read').replace(
      /^error parsing regexp: /,
      '',
    )
    const column = columnOf(pattern, why)
    const field = `rules.${index}.pattern`
    throw new Problem('invalid_input', `Rule ${index + 1} cannot be read: ${why}.`, {
      remedy:
        'Patterns are written in RE2 syntax: no look-around and no back-references. Put \\ before a sign that stands for itself.',
      errors: [{ field, message: why, ...(column === undefined ? {} : { line: 1, column }) }],
      cause: error,
    })
  }
}

/** The engine names the piece it stumbled over in backquotes; its last place in the pattern is where to look. */
function columnOf(pattern: string, why: string): number | undefined {
  const piece = /`(.+)`$/.exec(why)?.[1]
  const at = piece === undefined ? -1 : pattern.lastIndexOf(piece)
  return at === -1 ? undefined : at + 1
}

/** `*` stands for anything within a part of the path, `**` also across `/`, `?` for one character. The whole path matches. */
export function globMatcher(glob: string): (path: string) => boolean {
  const source = glob.replaceAll(/\*\*\/|\*\*|\*|\?|[^*?]+/g, (piece) => {
    if (piece === '**/') return '(?:.*/)?'
    if (piece === '**') return '.*'
    if (piece === '*') return '[^/]*'
    if (piece === '?') return '[^/]'
    return RE2JS.quote(piece)
  })
  const pattern = RE2JS.compile(`^(?:${source})$`, RE2JS.DOTALL)
  return (path) => pattern.matches(path)
}

/** Which rule leaves each line out; −1: none. Lines may end in their line feed. */
export function ignoredBy(
  lines: readonly string[],
  rules: readonly CompiledRule[],
): readonly number[] {
  if (rules.length === 0) return lines.map(() => -1)
  const known = new Map<string, number>()
  return lines.map((line) => {
    const before = known.get(line)
    if (before !== undefined) return before
    const bare = line.replace(/\r?\n$/, '')
    const found = rules.find((rule) => rule.matches(bare))?.index ?? -1
    known.set(line, found)
    return found
  })
}

/** For each line whether a rule leaves it out. */
export const linesIgnored = (
  lines: readonly string[],
  rules: readonly CompiledRule[],
): readonly boolean[] => ignoredBy(lines, rules).map((rule) => rule !== -1)
