import type { Shape } from './shape.ts'
import { writeKey, type Node } from './tree.ts'

/** The kinds of TOML value a shape takes. */
export function kindsOf(shape: Shape): readonly Node['kind'][] {
  switch (shape.kind) {
    case 'enum':
      return ['string']
    case 'string':
      return ['string', 'datetime']
    case 'boolean':
    case 'integer':
    case 'list':
      return [shape.kind]
    case 'table':
    case 'variant':
    case 'tagged':
      return ['table']
    case 'either':
      return shape.options.flatMap(kindsOf)
    case 'anything':
      return ['string', 'boolean', 'integer', 'float', 'datetime', 'list', 'table']
  }
}

export const NAMES: Readonly<Record<Node['kind'], string>> = {
  string: 'a string',
  boolean: 'true or false',
  integer: 'a whole number',
  float: 'a number with a fraction',
  datetime: 'a date or time',
  list: 'a list',
  table: 'a table',
}

/** What a shape expects, in words: for messages, hovers and the reference page. */
export function expects(shape: Shape): string {
  if (shape.kind === 'enum') return `one of ${shape.values.map((v) => `"${v.value}"`).join(', ')}`
  if (shape.kind === 'either') return shape.options.map(expects).join(', or ')
  if (shape.kind === 'variant')
    return `a table with exactly one of ${Object.keys(shape.variants).map(writeKey).join(', ')}`
  if (shape.kind === 'list') return `a list (${expects(shape.of)})`
  const [kind] = kindsOf(shape)
  return shape.kind === 'anything' || kind === undefined ? 'anything' : NAMES[kind]
}
