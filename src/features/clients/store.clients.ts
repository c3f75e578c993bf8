import type { OperandExpression } from 'kysely'
import { all, first, run, type Work } from '#kernel/work.ts'
import type { EndReason } from './schema.ts'
import { nextSeq } from './sequence.ts'
import { q, type ClientRow } from './tables.ts'

export function* insertClient(row: ClientRow): Work<void> {
  yield* run(q.insertInto('clients').values(row))
}

export function* clientById(id: string): Work<ClientRow | undefined> {
  return yield* first(q.selectFrom('clients').selectAll().where('id', '=', id))
}

/** A client that has not been ended, by its id. */
export function* liveClient(
  id: string,
): Work<Pick<ClientRow, 'member_id' | 'account_id' | 'route' | 'flow'> | undefined> {
  return yield* first(
    q
      .selectFrom('clients')
      .select(['member_id', 'account_id', 'route', 'flow'])
      .where('id', '=', id)
      .where('ended_at', 'is', null),
  )
}

export interface End {
  readonly at: number
  /** The label of the one who ends it; empty: nobody in particular. */
  readonly by: string
  readonly reason: EndReason
}

/** Ends these clients that have not ended, with everything they hold. Every process learns of it. Which ones that were. */
export function* endClients(ids: readonly string[], end: End): Work<readonly string[]> {
  if (ids.length === 0) return []
  const ended = (yield* all(
    q.selectFrom('clients').select('id').where('id', 'in', ids).where('ended_at', 'is', null),
  )).map(({ id }) => id)
  if (ended.length > 0) yield* endThose(ended, end)
  return ended
}

/** The same for any number of clients, as a query of their ids; how many had not ended before. */
export function* endClientsIn(ids: OperandExpression<string>, end: End): Work<number> {
  const live = q
    .selectFrom('clients')
    .select('clients.id')
    .where('clients.ended_at', 'is', null)
    .where('clients.id', 'in', ids)
  return yield* endThose(live, end)
}

/** Tokens first: the query of the clients finds none any more once they have ended. */
function* endThose(ids: readonly string[] | OperandExpression<string>, end: End): Work<number> {
  // Access tokens are what other processes hold in memory; of years of used refresh tokens nobody has to hear.
  yield* run(
    q
      .updateTable('client_tokens')
      .set({ seq: yield* nextSeq(), successor: null })
      .where('client_id', 'in', ids)
      .where((e) => e.or([e('kind', '=', 'access'), e('successor', 'is not', null)])),
  )
  return yield* run(
    q
      .updateTable('clients')
      .set({ ended_at: end.at, ended_by: end.by, end_reason: end.reason })
      .where('id', 'in', ids),
  )
}
