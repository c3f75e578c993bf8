import { sql } from 'kysely'
import { all, first, run, type Work } from '#kernel/work.ts'
import { q as sessions } from '../tables.ts'
import { q, type AttemptRow } from './tables.ts'

export function* insertAttempt(row: AttemptRow): Work<void> {
  yield* run(q.insertInto('sso_attempts').values(row))
}

export function* attemptById(id: string): Work<AttemptRow | undefined> {
  return yield* first(q.selectFrom('sso_attempts').selectAll().where('id', '=', id))
}

export function* attemptByState(stateHash: string): Work<AttemptRow | undefined> {
  return yield* first(q.selectFrom('sso_attempts').selectAll().where('state_hash', '=', stateHash))
}

/** True for the first who comes back with it. */
export function* useAttempt(id: string, at: number): Work<boolean> {
  const used = yield* run(
    q
      .updateTable('sso_attempts')
      .set({ used_at: at, secrets_sealed: '' })
      .where('id', '=', id)
      .where('used_at', 'is', null),
  )
  return used === 1
}

export function* keepOutcome(id: string, outcome: string): Work<void> {
  yield* run(q.updateTable('sso_attempts').set({ outcome }).where('id', '=', id))
}

export function* deleteAttemptsBefore(expired: number): Work<number> {
  return yield* run(q.deleteFrom('sso_attempts').where('expires_at', '<', expired))
}

/** Which provider a session comes from. */
export function* insertSsoSession(sessionId: string, providerId: string): Work<void> {
  yield* run(
    q.insertInto('sso_sessions').values({ session_id: sessionId, provider_id: providerId }),
  )
}

/** Every session that came from a provider. */
export function* sessionsByProviders(): Work<ReadonlySet<string>> {
  const rows = yield* all(q.selectFrom('sso_sessions').select('session_id'))
  return new Set(rows.map((row) => row.session_id))
}

/** Ends the sessions that come from a provider, of one member where one is named; how many. */
export function* endSessionsFrom(providerId: string, memberId?: string): Work<number> {
  const rows = yield* all(
    q.selectFrom('sso_sessions').select('session_id').where('provider_id', '=', providerId),
  )
  let ended = 0
  for (let from = 0; from < rows.length; from += 1000) {
    const ids = rows.slice(from, from + 1000).map((row) => row.session_id)
    let gone = sessions.deleteFrom('sessions').where('id', 'in', ids)
    if (memberId !== undefined) gone = gone.where('member_id', '=', memberId)
    ended += yield* run(gone)
  }
  yield* forgetEnded()
  return ended
}

/** What a session came from matters as long as there is the session. */
export function* forgetEnded(): Work<void> {
  yield* run(
    q
      .deleteFrom('sso_sessions')
      .where('session_id', 'not in', sql<string>`(select id from sessions)`),
  )
}
