import { isObject, type Json, type Resource } from './attributes.ts'
import { fold, type Compare, type Filter } from './filter.ts'

/** Whether one value of a multi-valued attribute is the one that the filter of a path means. Names count in any case. */
export function matches(filter: Filter, value: Resource): boolean {
  switch (filter.op) {
    case 'and':
      return filter.filters.every((f) => matches(f, value))
    case 'or':
      return filter.filters.some((f) => matches(f, value))
    case 'not':
      return !matches(filter.filter, value)
    case '[]':
      return false
    case 'pr':
      return isPresent(valueOf(value, filter.attr))
    default:
      return compares(filter, valueOf(value, filter.attr))
  }
}

function valueOf(value: Resource, attr: string): Json | undefined {
  const key = attr.toLowerCase()
  return Object.entries(value).find(([name]) => name.toLowerCase() === key)?.[1]
}

const isPresent = (value: Json | undefined): boolean =>
  value !== undefined &&
  value !== null &&
  value !== '' &&
  !(isObject(value) && Object.keys(value).length === 0)

function compares({ op, value: wanted }: Compare, held: Json | undefined): boolean {
  if (op === 'eq' || op === 'ne') return isSame(held, wanted) === (op === 'eq')
  if (typeof held !== 'string' || typeof wanted !== 'string') return false
  const a = fold(held)
  const b = fold(wanted)
  switch (op) {
    case 'co':
      return a.includes(b)
    case 'sw':
      return a.startsWith(b)
    case 'ew':
      return a.endsWith(b)
    case 'gt':
      return a > b
    case 'ge':
      return a >= b
    case 'lt':
      return a < b
    case 'le':
      return a <= b
  }
}

function isSame(held: Json | undefined, wanted: Compare['value']): boolean {
  if (wanted === null) return !isPresent(held)
  if (typeof held === 'string' && typeof wanted === 'string') return fold(held) === fold(wanted)
  // `primary eq "True"`, and a `primary` that was sent as a text.
  return plain(held) === plain(wanted)
}

function plain(value: Json | undefined): unknown {
  const text = typeof value === 'string' ? value.toLowerCase() : value
  return text === 'true' || text === 'false' ? text === 'true' : text
}
