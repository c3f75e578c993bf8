import { RE2JS } from 're2js'
import type { Attributes, Value } from '../otlp/records.ts'
import type { ContentPolicy } from '../take.ts'
import { cut, isBeyondBelief } from './attributes.ts'
import type { Draft, Making } from './fact.ts'
import { isName, nameOfAttribute } from './names.ts'

/** Characters of one text that are kept where the content policy keeps it. */
const contentLimit = 16 * 1024
/** Characters of the JSON of other attributes, and of the texts among them. */
const extraLimit = 8 * 1024

interface Patterns {
  /** Matches where one of them does; undefined where they do not go together. */
  readonly any: RE2JS | undefined
  readonly each: readonly RE2JS[]
}
const compiled = new Map<string, Patterns>()

function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern)
  } catch {
    return undefined
  }
}

function patternsOf(written: readonly string[]): Patterns {
  const key = JSON.stringify(written)
  let patterns = compiled.get(key)
  if (!patterns) {
    const each = written.flatMap((pattern) => compile(pattern) ?? [])
    const sources = each.map((pattern) => `(?:${pattern.pattern()})`)
    patterns = { any: compile(sources.join('|')), each }
    if (compiled.size > 100) compiled.clear()
    compiled.set(key, patterns)
  }
  return patterns
}

/**
 * Takes out what the patterns match. A pattern that is no RE2 was refused when it was saved, and matches nothing here. Most texts
 * match none: they are looked at once, not once for each pattern.
 */
export function redactor({ level, patterns }: ContentPolicy): (text: string) => string {
  if (level !== 'redacted') return (text) => text
  const { any, each } = patternsOf(patterns)
  if (each.length === 0) return (text) => text
  return (text) =>
    any?.matcher(text).find() === false
      ? text
      : each.reduce((rest, pattern) => pattern.matcher(rest).replaceAll('[redacted]'), text)
}

/** What of a record's texts is kept, as JSON; null: nothing. A text that was cut says how long it was. */
export function contentOf(
  parts: Readonly<Record<string, string>>,
  redact: (text: string) => string,
): string | null {
  const kept: Record<string, unknown> = {}
  const lengths: Record<string, number> = {}
  for (const [name, text] of Object.entries(parts)) {
    if (text === '') continue
    kept[name] = cut(redact(cut(text, 2 * contentLimit)), contentLimit)
    if (text.length > contentLimit) lengths[name] = text.length
  }
  if (Object.keys(kept).length === 0) return null
  return JSON.stringify(Object.keys(lengths).length === 0 ? kept : { ...kept, cut: lengths })
}

/** Stands in each record of the client, and in its origin or conversation already; the last two are never believed. */
const common: ReadonlySet<string> = new Set([
  'event.name',
  'event.timestamp',
  'conversation.id',
  'app.version',
  'originator',
  'model',
  'slug',
  'auth_mode',
  'terminal.type',
  'user.account_id',
  'user.email',
])

/**
 * Sets what is kept of the attributes that have no column: names and numbers in `extra`, at every level the same. What may be
 * something that a person or an agent wrote is a length there; where the content policy keeps it, it stands in `content` under
 * `others`, so that one retention and one permission hold for all text.
 */
export function keepOthers(
  fact: Draft,
  attributes: Attributes,
  known: ReadonlySet<string>,
  { content: { level }, redact }: Pick<Making, 'content' | 'redact'>,
  more?: Readonly<Record<string, Value>>,
): void {
  const plain = gathering()
  const texts = gathering()
  const add = (name: string, value: Value): void => {
    const shown = plainly(value, redact)
    plain.add(name, shown.value)
    if (shown.whole || (level !== 'all' && level !== 'redacted')) return
    texts.add(name, redacted(value, redact))
  }
  for (const [name, value] of attributes)
    if (value !== '' && (known.has(name) ? isBeyondBelief(value) : !common.has(name)))
      add(nameOfAttribute(name), value)
  if (more) for (const name of Object.keys(more)) add(name, more[name] ?? null)
  fact.extra = plain.written()
  const others = texts.written()
  if (others !== null) fact.content = withOthers(fact.content, others)
}

/** Both are JSON of objects, and `content` has no `others` yet. */
const withOthers = (content: string | null, others: string): string =>
  content === null ? `{"others":${others}}` : `${content.slice(0, -1)},"others":${others}}`

function gathering() {
  let kept: Record<string, Value> | undefined
  let size = 0
  let left = 0
  return {
    add(name: string, value: Value): void {
      kept ??= Object.create(null) as Record<string, Value>
      size += name.length + sizeOf(value)
      if (size > extraLimit) left += 1
      else kept[name] = value
    },
    /** JSON, with how many found no room; null where nothing was there. */
    written(): string | null {
      if (!kept) return null
      if (left > 0) kept['cut'] = left
      return JSON.stringify(kept)
    },
  }
}

function sizeOf(value: Value): number {
  if (typeof value === 'string') return value.length
  return typeof value === 'object' && value !== null ? JSON.stringify(value).length : 8
}

interface Shown {
  readonly value: Value
  /** Nothing of it is missing. */
  readonly whole: boolean
}
const whole = (value: Value): Shown => ({ value, whole: true })

function plainly(value: Value, redact: (text: string) => string): Shown {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return whole(value)
  if (typeof value === 'string')
    return isName(value) ? whole(redact(value)) : { value: { length: value.length }, whole: false }
  if (Array.isArray(value)) {
    const items = (value as readonly Value[]).map((item) => plainly(item, redact))
    return { value: items.map((item) => item.value), whole: items.every((item) => item.whole) }
  }
  let all = true
  const entries = Object.entries(value).map(([name, inner]): [string, Value] => {
    const shown = plainly(inner, redact)
    const safe = nameOfAttribute(name)
    all &&= shown.whole && safe === name
    return [safe, shown.value]
  })
  return { value: Object.fromEntries(entries), whole: all }
}

function redacted(value: Value, redact: (text: string) => string): Value {
  if (typeof value === 'string') return redact(cut(value, extraLimit))
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return (value as readonly Value[]).map((item) => redacted(item, redact))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [redact(name), redacted(inner, redact)]),
  )
}
