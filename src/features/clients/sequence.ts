import { first, notify, run, type Work } from '#kernel/work.ts'
import { q } from './tables.ts'

/** The channel on which a change of tokens is told after the commit. */
export const clientsChannel = 'clients'

/**
 * The next number for rows that are written now. The one row is locked until the commit, so numbers become visible in their
 * order, and a process that has read all up to a number has missed none.
 */
export function* nextSeq(): Work<number> {
  yield* run(q.updateTable('client_sequence').set((e) => ({ seq: e('seq', '+', 1) })))
  const seq = yield* currentSeq()
  yield* notify(clientsChannel, String(seq))
  return seq
}

export function* currentSeq(): Work<number> {
  const row = yield* first(q.selectFrom('client_sequence').select('seq'))
  return row?.seq ?? 0
}
