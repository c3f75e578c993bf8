import type { Db } from '#kernel/db.ts'
import { Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'

/** More than this many wait for the database only when it does not get on; they had better come again. */
const mostWaiting = 2000

interface Line {
  last: Promise<unknown>
  waiting: number
}
const lines = new WeakMap<Db, Line>()

/**
 * A transaction that writes tokens, one after the other in this process. All of them take the next number (sequence.ts), so
 * side by side PostgreSQL would let one through and make the others begin again: 110 refreshes at once took 10.5 s and three
 * of them failed; in turn they take 2.1 s on the same busy machine. Several processes are few enough for the retries of kernel/db.
 */
export async function inTurn<T>(db: Db, work: () => Work<T>): Promise<T> {
  const line = lines.get(db) ?? { last: Promise.resolve(), waiting: 0 }
  lines.set(db, line)
  if (line.waiting >= mostWaiting)
    throw new Problem('busy', 'Too many sign-ins at once; nothing was changed.', { retryAfter: 2 })
  line.waiting += 1
  const mine = line.last.then(() => db.tx(work))
  line.last = mine.catch(() => undefined)
  try {
    return await mine
  } finally {
    line.waiting -= 1
  }
}
