import { RE2JS } from 're2js'
import { isUnder } from './address.ts'

/** Which of the pages that a source names are watched. */
export interface PageFilter {
  /** An address; pages must stand under it. Null for any. */
  readonly prefix: string | null
  /** Patterns (see {@link patternProblem}); a page must fit one. Empty for any. */
  readonly include: readonly string[]
  /** Patterns; a page that fits one is left out, whatever includes it. */
  readonly exclude: readonly string[]
}

const MAX_PATTERN = 500

/**
 * Why a pattern cannot be used; null for a good one. A pattern is a path (`/docs/api`) or an address
 * (`https://x.dev/docs/api`) and fits every page at or below it. With `*` (anything within a segment),
 * `**` (anything) or `?` (one character, not `/`) it fits whole paths: `/docs/*`, `/**` + `/changelog`.
 */
export function patternProblem(pattern: string): string | null {
  if (pattern.trim() === '') return 'It is empty.'
  if (pattern.length > MAX_PATTERN) return `It is longer than ${MAX_PATTERN} characters.`
  if (/^(?:\/|https?:\/\/|\*)/.test(pattern)) return null
  return 'It begins neither with / nor with http:// or https:// nor with *.'
}

/** Whether a page is watched. Never throws; takes time linear in the address. */
export function matches(url: string, { prefix, include, exclude }: PageFilter): boolean {
  const page = URL.parse(url)
  if (page === null || !isUnder(url, prefix)) return false
  const fits = (pattern: string): boolean => fitsPattern(page, pattern)
  return (include.length === 0 || include.some(fits)) && !exclude.some(fits)
}

function fitsPattern(page: URL, pattern: string): boolean {
  if (patternProblem(pattern) !== null) return false
  const whole = /^https?:/.test(pattern)
  const subject = `${whole ? page.origin : ''}${page.pathname}`
  if (!/[*?]/.test(pattern)) {
    const at = pattern.replace(/\/$/, '')
    return subject === at || subject === pattern || subject.startsWith(`${at}/`)
  }
  return compiled(pattern).matches(subject)
}

const known = new Map<string, RE2JS>()

/** Compiled once; a bound on how many are kept is enough, there are few. */
function compiled(pattern: string): RE2JS {
  const before = known.get(pattern)
  if (before !== undefined) return before
  const source = pattern.replace(/\*\*|[^]/gu, (part) => {
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    return RE2JS.quote(part)
  })
  const made = RE2JS.compile(source, RE2JS.DOTALL)
  if (known.size > 1000) known.clear()
  known.set(pattern, made)
  return made
}
