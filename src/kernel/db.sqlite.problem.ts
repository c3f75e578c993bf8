import { constraintProblem } from './db.ts'
import { Problem } from './problem.ts'

/** Primary result codes of SQLite (sqlite.org/rescode.html). The low byte is the primary code. */
const unavailable = new Set([10, 11, 14, 26, 8, 23])

/** Whether another connection holds what was asked for: SQLITE_BUSY, SQLITE_LOCKED. */
export function isHeld(error: unknown): boolean {
  const code = error instanceof Error ? (error as { errcode?: number }).errcode : undefined
  return code !== undefined && held.has(code & 0xff)
}
const held = new Set([5, 6])

export function sqliteProblem(error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error
  const code = (error as { errcode?: number }).errcode
  if (code === undefined)
    return (error as { code?: string }).code === 'ERR_INVALID_STATE'
      ? new Problem('database_unavailable', 'The database is closed.', { cause: error })
      : error
  if (code === 1555 || code === 2067) return constraintProblem('unique', error)
  if (code === 787) return constraintProblem('foreign_key', error)
  if (code === 1299) return constraintProblem('not_null', error)
  if (code === 275) return constraintProblem('check', error)
  const primary = code & 0xff
  if (primary === 13)
    return new Problem(
      'storage_full',
      'The disk of the data folder is full; nothing was changed.',
      {
        remedy: 'Free some space, then try again.',
        cause: error,
      },
    )
  if (isHeld(error))
    return new Problem(
      'busy',
      'Another writer held the database for too long; nothing was changed.',
      {
        remedy: 'Try again in a few seconds.',
        retryAfter: 2,
        cause: error,
      },
    )
  if (unavailable.has(primary))
    return new Problem(
      'database_unavailable',
      'The database file cannot be read or written; nothing was changed.',
      {
        remedy: 'The operator finds the cause with `gatehouse doctor`.',
        retryAfter: 5,
        cause: error,
      },
    )
  return error
}
