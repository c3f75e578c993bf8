import { csvResponse } from '#kernel/export.ts'
import { rowsOf } from '#requirements/index.ts'
import type { Composed } from './schema.ts'

const columns = ['key', 'value', 'from', 'version', 'line', 'column', 'beat']

/** What is in force as a table: one line for a key, or for an item of a gathered list. */
export function composedCsv({ keys, layers }: Composed): Response {
  const name = (layer: number): string => layers[layer]?.name ?? ''
  return csvResponse(
    'in-force',
    columns,
    rowsOf(keys).map(({ key, value, from, beat }) => [
      key,
      value,
      name(from.layer),
      layers[from.layer]?.version,
      from.line,
      from.column,
      beat.map((lost) => `${lost.value} (${name(lost.layer)}, line ${lost.line})`).join('; '),
    ]),
  )
}
