import { Parser } from 'htmlparser2'

/** Thrown to stop reading; {@link readXml} turns it into false. */
const STOP = new Error('stop')

/** Elements inside each other; sitemaps have 4, feeds with markup inside some more. */
const MAX_DEPTH = 64

export interface XmlReader {
  /** `path` are the names from the root to this element, prefixes included, in lower case. */
  readonly open?: (path: readonly string[], attributes: Readonly<Record<string, string>>) => void
  /** Text, CDATA included, of the element that `path` leads to; at most 4,000 characters. */
  readonly close?: (path: readonly string[], text: string) => void
  /** Asked at each element's end: true ends the reading. */
  readonly done?: () => boolean
}

/**
 * Reads XML as a stream, forgivingly. Nothing is fetched and nothing is defined: only the five
 * entities of XML and numeric ones are replaced, a DOCTYPE and what it declares are skipped, so that
 * no entity can grow. False when elements are nested deeper than 64; true otherwise, also for text
 * that is not XML at all.
 */
export function readXml(text: string, { open, close, done }: XmlReader): boolean {
  const path: string[] = []
  const texts: string[] = []
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        path.push(name.toLowerCase())
        texts.push('')
        if (path.length > MAX_DEPTH) throw STOP
        open?.(path, attributes)
      },
      ontext(data) {
        const at = texts.length - 1
        const before = texts[at]
        if (before !== undefined && before.length < 4000)
          texts[at] = before + data.slice(0, 4000 - before.length)
      },
      onclosetag() {
        close?.(path, texts.pop() ?? '')
        path.pop()
        if (done?.() === true) throw STOP
      },
    },
    { xmlMode: true, decodeEntities: true },
  )
  try {
    parser.end(text)
    return true
  } catch (error) {
    if (error === STOP) return path.length <= MAX_DEPTH
    throw error
  }
}

/** A name without its prefix: `image:loc` → `loc`. */
export const local = (name: string | undefined): string => name?.split(':').at(-1) ?? ''

export const prefixOf = (name: string | undefined): string =>
  name?.includes(':') ? (name.split(':')[0] ?? '') : ''

/**
 * A time as feeds and sitemaps write it (W3C date and time, RFC 822) in milliseconds since 1970 UTC;
 * a date alone is its midnight in UTC. Null for anything else.
 */
export function timeOf(value: string | null | undefined): number | null {
  const written = value?.trim() ?? ''
  const w3c =
    /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?)?)?$/
  const rfc =
    /^(?:[A-Z][a-z]{2,8},? )?\d{1,2} [A-Z][a-z]{2} \d{2,4} \d\d:\d\d(?::\d\d)? (?:[A-Z]{1,4}|[+-]\d{4})$/
  if (!w3c.test(written) && !rfc.test(written)) return null
  const time = Date.parse(written)
  return Number.isNaN(time) ? null : time
}
