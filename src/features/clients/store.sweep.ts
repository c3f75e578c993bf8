import { all, run, type Work } from '#kernel/work.ts'
import { q } from './tables.ts'

/** Rows of one transaction, so that on SQLite nobody waits for more than a moment. */
const rowsAtOnce = 1000

/** Each takes away some of what has expired before that time; whether there may be more. */
type Sweep = (before: number) => Work<boolean>

type Expiring = 'client_authorizations' | 'client_codes' | 'client_devices' | 'client_tokens'
const expired = (table: Expiring, before: number) =>
  q.selectFrom(table).select('id').where('expires_at', '<=', before).limit(rowsAtOnce)

const sweepOf = (table: Expiring): Sweep =>
  function* (before) {
    return (
      (yield* run(q.deleteFrom(table).where('id', 'in', expired(table, before)))) === rowsAtOnce
    )
  }

export const sweepAuthorizations = sweepOf('client_authorizations')
export const sweepCodes = sweepOf('client_codes')
export const sweepDevices = sweepOf('client_devices')
/** Access and refresh tokens. Nobody learns of it: who holds one in memory knows when it ends. */
export const sweepTokens = sweepOf('client_tokens')

/** Strangers may begin as many as they have addresses; of what nobody decided, nobody has to hear why it is over. */
export const sweepUndecided: Sweep = function* (before) {
  const undecided = (table: 'client_authorizations' | 'client_devices') =>
    q.deleteFrom(table).where('id', 'in', expired(table, before).where('decided_at', 'is', null))
  const gone = [
    yield* run(undecided('client_authorizations')),
    yield* run(undecided('client_devices')),
  ]
  return gone.includes(rowsAtOnce)
}

/** Sealed answers that nobody can ask for again: their minute is over. */
export const sweepSuccessors: Sweep = function* (before) {
  const ids = q
    .selectFrom('client_tokens')
    .select('id')
    .where('used_at', '<=', before)
    .where('successor', 'is not', null)
    .limit(rowsAtOnce)
  const query = q.updateTable('client_tokens').set({ successor: null }).where('id', 'in', ids)
  return (yield* run(query)) === rowsAtOnce
}

/**
 * Clients whose last refresh token has expired: they stand as signed in and have nothing to go on with. Looked for from the
 * expired tokens, which are taken away afterwards, so that an hour's work is what has expired in that hour.
 */
export function* clientsWithoutRefresh(now: number): Work<readonly string[]> {
  const rows = yield* all(
    q
      .selectFrom('client_tokens as last')
      .innerJoin('clients as c', 'c.id', 'last.client_id')
      .select('c.id')
      .distinct()
      .where('last.expires_at', '<=', now)
      .where('last.kind', '=', 'refresh')
      .where('last.used_at', 'is', null)
      .where('c.ended_at', 'is', null)
      .where((e) =>
        e.not(
          e.exists(
            e
              .selectFrom('client_tokens as t')
              .select('t.id')
              .whereRef('t.client_id', '=', 'c.id')
              .where('t.kind', '=', 'refresh')
              .where('t.used_at', 'is', null)
              .where('t.expires_at', '>', now),
          ),
        ),
      )
      .limit(rowsAtOnce),
  )
  return rows.map(({ id }) => id)
}
