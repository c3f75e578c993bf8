import type { Plain, PlainTable } from '../tree.ts'

// Reading a plain document without trusting its types.

export function isTable(value: Plain | undefined): value is PlainTable {
  return typeof value === 'object' && !Array.isArray(value)
}

const own = (table: PlainTable, name: string): Plain | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/** The value at a path of keys. */
export function valueIn(table: PlainTable, ...path: readonly string[]): Plain | undefined {
  let value: Plain | undefined = table
  for (const name of path) value = isTable(value) ? own(value, name) : undefined
  return value
}

export function tableIn(table: PlainTable, ...path: readonly string[]): PlainTable {
  const value = valueIn(table, ...path)
  return isTable(value) ? value : {}
}

export function textIn(table: PlainTable, ...path: readonly string[]): string | undefined {
  const value = valueIn(table, ...path)
  return typeof value === 'string' ? value : undefined
}

/** The items of a list; undefined where there is none. */
export function listIn(
  table: PlainTable,
  ...path: readonly string[]
): readonly Plain[] | undefined {
  const value = valueIn(table, ...path)
  return Array.isArray(value) ? (value as readonly Plain[]) : undefined
}
