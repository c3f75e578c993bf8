import { first, run, type Work } from '#kernel/work.ts'
import { nextSeq } from '../sequence.ts'
import { q, type AuthorizationRow, type CodeRow, type TokenRow } from '../tables.ts'

export function* insertAuthorization(row: AuthorizationRow): Work<void> {
  yield* run(q.insertInto('client_authorizations').values(row))
}

export function* authorizationById(id: string): Work<AuthorizationRow | undefined> {
  return yield* first(q.selectFrom('client_authorizations').selectAll().where('id', '=', id))
}

/** True for one caller only. */
export function* markDecided(id: string, at: number): Work<boolean> {
  const query = q.updateTable('client_authorizations').set({ decided_at: at }).where('id', '=', id)
  return (yield* run(query.where('decided_at', 'is', null))) === 1
}

export function* insertCode(row: CodeRow): Work<void> {
  yield* run(q.insertInto('client_codes').values(row))
}

export function* codeByHash(hash: string): Work<CodeRow | undefined> {
  return yield* first(q.selectFrom('client_codes').selectAll().where('hash', '=', hash))
}

export function* markExchanged(id: string, clientId: string, at: number): Work<void> {
  yield* run(
    q.updateTable('client_codes').set({ used_at: at, client_id: clientId }).where('id', '=', id),
  )
}

/** That the exchange was refused is recorded from then on. */
export function* markRefused(id: string, at: number): Work<void> {
  yield* run(q.updateTable('client_codes').set({ refused_at: at }).where('id', '=', id))
}

/** `seq` is given by the row's writing. */
export function* insertTokens(rows: readonly Omit<TokenRow, 'seq'>[]): Work<void> {
  const seq = yield* nextSeq()
  yield* run(q.insertInto('client_tokens').values(rows.map((row) => ({ ...row, seq }))))
}

export function* tokenByHash(hash: string): Work<TokenRow | undefined> {
  return yield* first(q.selectFrom('client_tokens').selectAll().where('hash', '=', hash))
}

export function* tokenById(id: string): Work<TokenRow | undefined> {
  return yield* first(q.selectFrom('client_tokens').selectAll().where('id', '=', id))
}

/** The refresh token was exchanged: whoever sends it again within the minute gets `successor`. */
export function* markRefreshed(
  token: Pick<TokenRow, 'id' | 'client_id'>,
  given: { readonly at: number; readonly successor: string; readonly successorId: string },
): Work<void> {
  yield* run(
    q
      .updateTable('client_tokens')
      .set({ used_at: given.at, successor: given.successor, successor_id: given.successorId })
      .where('id', '=', token.id),
  )
  // The client knows this token, so the answer that brought it is not needed again. By client: that has an index.
  yield* run(
    q
      .updateTable('client_tokens')
      .set({ successor: null })
      .where('client_id', '=', token.client_id)
      .where('successor_id', '=', token.id),
  )
}
