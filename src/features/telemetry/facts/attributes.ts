import type { Attributes, Value } from '../otlp/records.ts'

/** Names of models, tools and the like that are longer say nothing any more. */
const nameLimit = 200

/** The attribute as text; '' where there is none. Numbers and booleans are written out. */
export function textOf(attributes: Attributes, name: string): string {
  const value = attributes.get(name)
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

/** The same for a name, which has a bound. */
export function nameOf(attributes: Attributes, name: string): string {
  const text = textOf(attributes, name)
  return text.length > nameLimit ? cut(text, nameLimit) : text
}

/** Without half of a surrogate pair at its end. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length)
}

/**
 * A whole number that is not negative, at most `believable`; the client writes some as text. Null: none, or not such a number.
 */
export function countOf(attributes: Attributes, name: string): number | null {
  return asCount(attributes.get(name))
}

/**
 * Nothing that one record counts is more: tokens, characters, or milliseconds (28 hours). More counts as this, so that sums stay
 * below 2^53, beyond which no engine adds and no reader reads, until ninety million records in one row have lied.
 */
export const believable = 100_000_000

export function asCount(value: Value | undefined): number | null {
  const whole = asWhole(value)
  return whole === null ? null : Math.min(whole, believable)
}

/** Without the bound. */
export function asWhole(value: Value | undefined): number | null {
  const number = numberOf(value)
  return number >= 0 && Number.isFinite(number) ? Math.round(number) : null
}

/** Whether a number was cut by `asCount`: what came is kept beside. */
export const isBeyondBelief = (value: Value): boolean =>
  (typeof value === 'number' || (typeof value === 'string' && /^[\d.]{9,24}$/.test(value))) &&
  numberOf(value) > believable

function numberOf(value: Value | undefined): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value !== '' ? Number(value) : NaN
}

/** 1, 0 or null. */
export function flagOf(attributes: Attributes, name: string): number | null {
  const value = attributes.get(name)
  if (value === true || value === 'true') return 1
  return value === false || value === 'false' ? 0 : null
}
