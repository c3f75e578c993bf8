import { csvLine, streamDownload } from '#kernel/export.ts'
import type { Cell, Row } from './schema.ts'

export type Format = 'json' | 'csv' | 'ndjson'

const types: Readonly<Record<Format, string>> = {
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson',
}

/** What `pieces` gives, piece by piece, as it is read: nothing holds all of it. JSON is an array of objects. */
export function rowsDownload(
  name: string,
  format: Format,
  columns: readonly string[],
  pieces: AsyncIterable<readonly Row[]>,
): Response {
  return streamDownload(`${name}.${format}`, types[format], written[format](columns, pieces))
}

type Writing = (
  columns: readonly string[],
  pieces: AsyncIterable<readonly Row[]>,
) => AsyncIterable<string>

const written: Readonly<Record<Format, Writing>> = {
  async *csv(columns, pieces) {
    yield csvLine(columns)
    for await (const rows of pieces)
      yield rows.map((row) => csvLine(columns.map((key) => row[key] ?? null))).join('')
  },
  async *ndjson(columns, pieces) {
    for await (const rows of pieces)
      yield rows.map((row) => `${JSON.stringify(pick(row, columns))}\n`).join('')
  },
  async *json(columns, pieces) {
    let before = '[\n'
    for await (const rows of pieces)
      for (const row of rows) {
        yield before + JSON.stringify(pick(row, columns))
        before = ',\n'
      }
    yield before === '[\n' ? '[]\n' : '\n]\n'
  },
}

const pick = (row: Row, columns: readonly string[]): Record<string, Cell> =>
  Object.fromEntries(columns.map((key) => [key, row[key] ?? null]))
