import type { OperationNode } from 'kysely'
import { repeated, runAgain, type Work } from './work.ts'

/** A statement for each of these numbers of rows; more sizes mean fewer statements for a remainder. */
const sizes = [100, 10, 1]

/**
 * Inserts any number of rows in few statements, each made once (`repeated` says what that saves).
 *
 * `statement` is given rows that only hold the places, and says what happens to a row that is there already.
 */
export function insertMany<Row>(
  columns: readonly (keyof Row)[],
  statement: (places: readonly Row[]) => { toOperationNode(): OperationNode },
): (rows: readonly Row[]) => Work<void> {
  // The builder leaves out nothing that is not undefined.
  const place = Object.fromEntries(columns.map((column) => [column, 0])) as Row
  const inserts = sizes.map((size) => ({
    size,
    insert: repeated(statement(Array.from({ length: size }, () => place))),
  }))
  return function* (rows) {
    let done = 0
    for (const { size, insert } of inserts)
      for (; rows.length - done >= size; done += size) {
        const part = rows.slice(done, done + size)
        yield* runAgain(
          insert,
          part.flatMap((row) => columns.map((column) => row[column])),
        )
      }
  }
}
