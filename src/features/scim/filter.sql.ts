/** Filters and sorting as SQL. Texts of the provider become parameters, and attributes come from a closed list. */
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { complaint } from './complaint.ts'
import { fold, type Compare, type Filter, type Present } from './filter.ts'
import { withoutCore } from './path.ts'

type Sql = RawBuilder<SqlBool>

/** An attribute that can be asked for, by its name in lower case. `text` columns hold folded text, `exact` ones count case. */
export type Field =
  | { readonly kind: 'text' | 'exact' | 'boolean' | 'time'; readonly column: RawBuilder<unknown> }
  | {
      readonly kind: 'values'
      readonly fields: Fields
      /** True where one value satisfies the condition. */
      readonly some: (condition: Sql) => Sql
    }
  | {
      /** Many values that are ids elsewhere: only whether one of them is there can be asked. */
      readonly kind: 'has'
      readonly has: (value: string) => Sql
    }
export type Fields = Readonly<Record<string, Field>>

/** Every condition is true or false, never unknown: under `not` an unknown one would hide what has no value. */
export function filterSql(filter: Filter, fields: Fields): Sql {
  switch (filter.op) {
    case 'and':
    case 'or': {
      const parts = filter.filters.map((f) => filterSql(f, fields))
      return sql`(${sql.join(parts, filter.op === 'and' ? sql` and ` : sql` or `)})`
    }
    case 'not':
      return sql`(not ${filterSql(filter.filter, fields)})`
    case '[]': {
      const field = fieldOf(filter.attr, fields)
      if (field.kind === 'has') return filterSql(filter.filter, { value: field })
      if (field.kind !== 'values') throw unknown(filter.attr, fields)
      return field.some(filterSql(filter.filter, field.fields))
    }
    default:
      return condition(filter, fields)
  }
}

function condition(filter: Compare | Present, fields: Fields): Sql {
  const { attr, sub } = split(filter.attr, fields)
  const field = fieldOf(attr, fields)
  if (field.kind === 'values') {
    const inner = sub ?? 'value'
    return field.some(condition({ ...filter, attr: inner }, field.fields))
  }
  if (field.kind === 'has') {
    if (filter.op !== 'eq' || (sub !== undefined && sub !== 'value'))
      throw complaint('invalidFilter', `${attr} can only be compared with eq.`)
    return field.has(textual(filter))
  }
  if (sub !== undefined) throw unknown(filter.attr, fields)
  if (filter.op === 'pr') return sql<SqlBool>`(${field.column} is not null)`
  return compared(field, filter)
}

/** `emails.value` is a part of the values of `emails`; `name.givenName` is a field of its own. */
function split(name: string, fields: Fields): { attr: string; sub?: string } {
  const plain = withoutCore(name).toLowerCase()
  if (fields[plain]) return { attr: plain }
  const dot = plain.indexOf('.')
  return dot < 0 ? { attr: plain } : { attr: plain.slice(0, dot), sub: plain.slice(dot + 1) }
}

function fieldOf(name: string, fields: Fields): Field {
  const key = withoutCore(name).toLowerCase()
  const field = Object.hasOwn(fields, key) ? fields[key] : undefined
  if (!field) throw unknown(name, fields)
  return field
}

const unknown = (name: string, fields: Fields) =>
  complaint('invalidFilter', `Gatehouse does not filter or sort by ${name.slice(0, 100)}.`, {
    remedy: `It does by ${Object.keys(fields).join(', ')}.`,
  })

type PlainField = Exclude<Field, { kind: 'values' | 'has' }>

function compared({ kind, column }: PlainField, filter: Compare): Sql {
  const { op, value } = filter
  if (value === null) {
    if (op === 'eq') return sql`(${column} is null)`
    if (op === 'ne') return sql`(${column} is not null)`
    throw complaint('invalidFilter', `${op} takes no null.`)
  }
  const operand = kind === 'boolean' || kind === 'time' ? numeric(kind, filter) : textual(filter)
  if (kind === 'boolean' && op !== 'eq' && op !== 'ne')
    throw complaint('invalidFilter', `${filter.attr} is true or false: only eq and ne make sense.`)
  const wanted = typeof operand === 'string' && kind === 'text' ? fold(operand) : operand
  if (op === 'ne') return sql`(${column} is null or ${column} <> ${wanted})`
  return sql`(${column} is not null and ${comparison(column, op, wanted)})`
}

function comparison(
  column: RawBuilder<unknown>,
  op: Exclude<Compare['op'], 'ne'>,
  wanted: string | number,
): Sql {
  switch (op) {
    case 'eq':
      return sql`${column} = ${wanted}`
    case 'gt':
      return sql`${column} > ${wanted}`
    case 'ge':
      return sql`${column} >= ${wanted}`
    case 'lt':
      return sql`${column} < ${wanted}`
    case 'le':
      return sql`${column} <= ${wanted}`
    default:
      if (typeof wanted !== 'string')
        throw complaint('invalidFilter', `${op} compares texts, and this is none.`)
      return within(column, op, wanted)
  }
}

/** Not LIKE: that minds the case on one engine and not on the other. Lengths are counted in code points on both. */
function within(column: RawBuilder<unknown>, op: 'co' | 'sw' | 'ew', wanted: string): Sql {
  const length = Array.from(wanted).length
  if (length === 0) return sql`1 = 1`
  switch (op) {
    case 'co':
      return sql`length(replace(${column}, ${wanted}, '')) < length(${column})`
    case 'sw':
      return sql`substr(${column}, 1, cast(${length} as integer)) = ${wanted}`
    case 'ew':
      return sql`(length(${column}) >= ${length} and substr(${column}, length(${column}) - cast(${length} as integer) + 1) = ${wanted})`
  }
}

function textual({ attr, value }: Compare): string {
  if (typeof value === 'string') return value
  throw complaint('invalidFilter', `${attr} is compared with a text in quotes.`)
}

function numeric(kind: 'boolean' | 'time', { attr, value }: Compare): number {
  if (kind === 'boolean') {
    const text = String(value).toLowerCase()
    if (text === 'true' || text === 'false') return text === 'true' ? 1 : 0
    throw complaint('invalidFilter', `${attr} is true or false.`)
  }
  const time = typeof value === 'string' ? Date.parse(value) : NaN
  if (Number.isNaN(time))
    throw complaint(
      'invalidFilter',
      `${attr} is compared with a time such as "2026-01-05T09:00:00Z".`,
    )
  return time
}

/** What `sortBy` names (RFC 7644, section 3.4.2.3); a multi-valued attribute is sorted by its primary value, which we do not. */
export function sortColumn(name: string, fields: Fields): RawBuilder<unknown> {
  const field = fieldOf(name, fields)
  if (field.kind === 'values' || field.kind === 'has') throw unknown(name, fields)
  return field.column
}
