import { canonicalUrl } from './address.ts'

/** Bytes that have to be read at least, and are read at most (RFC 9309, section 2.5). */
export const MAX_ROBOTS = 512_000

export interface Robots {
  /**
   * Whether an agent may fetch an address of this origin; of another one: false.
   *
   * @param userAgent the whole header or its product token (`Gatehouse`); version and comment do not
   *   count (RFC 9309, section 2.2.1)
   */
  readonly allowed: (url: string | URL, userAgent: string) => boolean
  /** Seconds between two requests that the site asks for; null when it does not. */
  readonly crawlDelaySeconds: (userAgent: string) => number | null
  /** Absolute addresses of its sitemaps, at most 100. */
  readonly sitemaps: readonly string[]
}

interface Group {
  readonly rules: Rule[]
  delay: number | null
}

interface Rule {
  readonly allow: boolean
  /** What stands between the stars, normalised. */
  readonly parts: readonly string[]
  /** The pattern ended with `$`. */
  readonly toEnd: boolean
  /** Of the pattern: the longest that fits decides. */
  readonly length: number
}

/**
 * Reads a robots.txt by RFC 9309. Never throws: what cannot be understood is skipped. What a status
 * other than 200 means is the caller's (section 2.3.1: 4xx allows all, 5xx nothing).
 *
 * Our own, because it is answered on the way of every fetch: a pattern full of stars costs the
 * length of the path here, where the packaged parser takes the product of the two (about a second
 * for a file made for it).
 *
 * @param url where it was fetched from
 */
export function readRobots(text: string, url: string): Robots {
  const origin = URL.parse(url)?.origin
  const { groups, sitemaps } = readLines(text.replace(/^\uFEFF/, '').slice(0, MAX_ROBOTS))
  const groupOf = (userAgent: string): Group | undefined =>
    groups.get(product(userAgent)) ?? groups.get('*')
  return {
    allowed(page, userAgent) {
      const parsed = typeof page === 'string' ? URL.parse(page) : page
      if (parsed === null || parsed.origin !== origin) return false
      if (parsed.pathname === '/robots.txt') return true
      return isAllowed(groupOf(userAgent)?.rules ?? [], normalised(parsed.pathname + parsed.search))
    },
    crawlDelaySeconds: (userAgent) => groupOf(userAgent)?.delay ?? null,
    sitemaps: sitemaps
      .slice(0, 100)
      .flatMap((address) => canonicalUrl(address, { base: url }) ?? []),
  }
}

function readLines(text: string): { groups: Map<string, Group>; sitemaps: string[] } {
  const groups = new Map<string, Group>()
  const sitemaps: string[] = []
  let current: Group[] = []
  let naming = false
  for (const line of text.split(/\r\n?|\n/)) {
    const content = line.split('#', 1)[0] ?? ''
    const colon = content.indexOf(':')
    if (colon === -1) continue
    const value = content.slice(colon + 1).trim()
    const key = content.slice(0, colon).trim().toLowerCase()
    if (key === 'sitemap') sitemaps.push(value)
    if (key === 'user-agent') {
      if (!naming) current = []
      naming = true
      current.push(groupNamed(groups, value))
    }
    // Groups end with their first rule; a sitemap between two names does not (section 2.2.1).
    if (!/^(?:dis)?allow$|^crawl-delay$/.test(key)) continue
    naming = false
    const delay = Number(value)
    const rule = key === 'crawl-delay' ? null : ruleOf(value, key === 'allow')
    for (const group of current) {
      if (rule !== null) group.rules.push(rule)
      else if (key === 'crawl-delay' && value !== '' && delay >= 0 && delay < Infinity)
        group.delay = delay
    }
  }
  return { groups, sitemaps }
}

/** Groups of the same name are one (section 2.2.1). */
function groupNamed(groups: Map<string, Group>, name: string): Group {
  const key = product(name)
  const group = groups.get(key) ?? { rules: [], delay: null }
  groups.set(key, group)
  return group
}

/** `Gatehouse/0.2 (+https://…)` → `gatehouse`; `*` stays. */
const product = (userAgent: string): string =>
  (/^(?:\*|[a-z_-]+)/i.exec(userAgent.trim())?.[0] ?? userAgent.trim()).toLowerCase()

/** Null for an empty pattern, which says nothing. */
function ruleOf(pattern: string, allow: boolean): Rule | null {
  if (pattern === '') return null
  const toEnd = pattern.endsWith('$')
  const parts = normalised(toEnd ? pattern.slice(0, -1) : pattern).split(/\*+/)
  return { allow, parts, toEnd, length: pattern.length }
}

/** The longest rule that fits decides, of two of the same length the one that allows (2.2.2). */
function isAllowed(rules: readonly Rule[], path: string): boolean {
  let best: Rule | null = null
  for (const rule of rules) {
    const weaker =
      best !== null && (rule.length < best.length || (rule.length === best.length && !rule.allow))
    if (!weaker && fits(rule, path)) best = rule
  }
  return best?.allow ?? true
}

/** Each part is looked for after the one before: that is enough where only `*` is wild. */
function fits({ parts, toEnd }: Rule, path: string): boolean {
  const [first = '', ...rest] = parts
  if (!path.startsWith(first)) return false
  let at = first.length
  for (const [i, part] of rest.entries()) {
    if (toEnd && i === rest.length - 1)
      return path.length - part.length >= at && path.endsWith(part)
    const found = path.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return !toEnd || at === path.length
}

/**
 * Paths are compared by octets: what is not ASCII is percent-encoded, what is encoded without need is
 * not, hex digits are upper case (section 2.2.2).
 */
function normalised(path: string): string {
  // Nearly every path: nothing encoded, nothing to encode.
  if (/^[!-$&-~]*$/.test(path)) return path
  return path
    .toWellFormed()
    .replace(/%[0-9a-f]{2}/gi, (escaped) => {
      const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
      return /[\w.~-]/.test(character) ? character : escaped.toUpperCase()
    })
    .replace(/[^\0-\x7F]+/g, encodeURIComponent)
}
