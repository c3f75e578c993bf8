/** What is a name and what may be something that somebody wrote: the line that the content policy "nothing" draws. */

const nameLimit = 40
/** A word of a name: `codex`, `Config`, `startTurn`, `HTTP`, `gpt5`; a version or a date stands in digits alone. */
const word = String.raw`(?:(?:[A-Z]?[a-z]+(?:[A-Z][a-z]{2,})*|[A-Z]{1,20})\d{0,3}|\d{1,8})`
const name = new RegExp(String.raw`^/?${word}(?:[._-]${word})*$`)
const number = /^-?\d{1,15}(?:\.\d{1,15})?$/
/** A UUID, or the id of a span. */
const id = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^[0-9a-f]{16}$/
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/

/**
 * Whether a text names something: words of Latin letters with dots, dashes or underscores between, a number, an id or a time. A
 * sentence is none, in whatever script, nor is a path, an address, or what looks random as keys do. A single short word is one,
 * whoever wrote it.
 */
export const isName = (text: string): boolean =>
  text.length <= nameLimit &&
  (name.test(text) || number.test(text) || id.test(text) || time.test(text))

const attribute = new RegExp(String.raw`^${word}(?:[.:_-]+${word})*$`)
const attributeLimit = 100
/** They are few, and come in each record. */
const known = new Map<string, string>()
const mostKnown = 2000

/** A name of an attribute as it may be kept; one that no program would write says its length instead. */
export function nameOfAttribute(text: string): string {
  let kept = known.get(text)
  if (kept === undefined) {
    kept =
      text.length <= attributeLimit && attribute.test(text) ? text : `(${text.length} characters)`
    if (text.length > attributeLimit) return kept
    if (known.size >= mostKnown) known.clear()
    known.set(text, kept)
  }
  return kept
}
