import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { sql } from 'kysely'
import { raw, type Work } from './work.ts'

/** Rows as lines of JSON, the same from both engines; bytes as `{"$bytes": base64}`. */
export type Row = Readonly<Record<string, unknown>>

/** One line, its end included. `$rowid` is the reader's place in the table and stays out. */
export function encode(row: Row): string {
  const entries = Object.entries(row)
    .filter(([name]) => name !== '$rowid')
    .map(([name, value]) => [
      name,
      value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString('base64') } : value,
    ])
  return `${JSON.stringify(Object.fromEntries(entries))}\n`
}

export function decode(line: string): Row {
  return Object.fromEntries(
    Object.entries(JSON.parse(line) as Row).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null && '$bytes' in value
        ? Buffer.from(String(value.$bytes), 'base64')
        : value,
    ]),
  )
}

/** The lines of a file, without ever holding all of it. Synchronous, so that it can be read inside a transaction. */
export function* linesOf(path: string): Generator<string, void> {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.allocUnsafe(1024 * 1024)
    const decoder = new StringDecoder('utf8')
    let rest = ''
    for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer)) {
      const lines = (rest + decoder.write(buffer.subarray(0, size))).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
    if (rest !== '') yield rest
  } finally {
    closeSync(file)
  }
}

/** Fewer parameters in one statement than either engine takes: 32,766 (SQLite) and 65,535 (PostgreSQL). */
const parametersAtOnce = 30_000

/** Rows of one table, many in a statement: a round trip a row would make a restore over a network take hours. */
export function* insertRows(table: string, rows: readonly Row[]): Work<void> {
  const columns = Object.keys(rows[0] ?? {})
  if (columns.length === 0) return
  const atOnce = Math.max(1, Math.floor(parametersAtOnce / columns.length))
  for (let from = 0; from < rows.length; from += atOnce) {
    const values = rows
      .slice(from, from + atOnce)
      .map((row) => sql`(${sql.join(columns.map((name) => row[name] ?? null))})`)
    yield* raw(
      sql`insert into ${sql.table(table)} (${sql.join(columns.map((name) => sql.ref(name)))}) values ${sql.join(values)}`,
    )
  }
}
