import { Problem } from './problem.ts'

/** A cursor is opaque to the client: the sort values of the last row, so that paging holds while rows come and go. */
export function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

export function decodeCursor(cursor: string): readonly (string | number)[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (
      Array.isArray(values) &&
      values.every((v) => typeof v === 'string' || typeof v === 'number')
    )
      return values
  } catch {
    // The one answer for every malformed cursor follows.
  }
  throw new Problem('invalid_input', 'The cursor is not one that this list gave.', {
    remedy: 'Start again without a cursor.',
  })
}

/** `rows` holds one row more than `limit` when there are more pages. */
export function pageOf<R>(
  rows: readonly R[],
  limit: number,
  key: (row: R) => readonly (string | number)[],
): { readonly items: readonly R[]; readonly next: string | null } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(key(last)) : null }
}
