import { all, first, run, type Work } from '#kernel/work.ts'
import { q, type SessionRow } from './tables.ts'

export function* insertSession(session: SessionRow): Work<void> {
  yield* run(q.insertInto('sessions').values(session))
}

export function* sessionById(id: string): Work<SessionRow | undefined> {
  return yield* first(q.selectFrom('sessions').selectAll().where('id', '=', id))
}

/** The most recently used one first. */
export function* sessionsOf(memberId: string): Work<readonly SessionRow[]> {
  return yield* all(
    q
      .selectFrom('sessions')
      .selectAll()
      .where('member_id', '=', memberId)
      .orderBy('last_seen_at', 'desc')
      .orderBy('id', 'desc'),
  )
}

export function* setSessionSeen(id: string, at: number): Work<void> {
  yield* run(q.updateTable('sessions').set({ last_seen_at: at }).where('id', '=', id))
}

export function* setAuthenticated(id: string, at: number): Work<void> {
  yield* run(q.updateTable('sessions').set({ authenticated_at: at }).where('id', '=', id))
}

/** How many there were: 0 or 1. */
export function* deleteSession(id: string, memberId: string): Work<number> {
  return yield* run(q.deleteFrom('sessions').where('id', '=', id).where('member_id', '=', memberId))
}

/** Ends the member's sessions, all but one where one is named; how many. */
export function* deleteSessionsOf(memberId: string, exceptId = ''): Work<number> {
  return yield* run(
    q.deleteFrom('sessions').where('member_id', '=', memberId).where('id', '!=', exceptId),
  )
}

/** Sessions in which no second factor was given or is being asked for. */
export function* countSessionsWithout(): Work<number> {
  const row = yield* first(
    q
      .selectFrom('sessions')
      .select((e) => e.fn.countAll<number>().as('n'))
      .where('second_factor', '=', 0)
      .where('owes', '=', 0),
  )
  return row?.n ?? 0
}

/** Sessions that go on without a second factor owe one from now on; how many. */
export function* makeHalf(): Work<number> {
  return yield* run(
    q.updateTable('sessions').set({ owes: 1 }).where('second_factor', '=', 0).where('owes', '=', 0),
  )
}

export function* deleteStaleSessions(seenBefore: number, madeBefore: number): Work<number> {
  return yield* run(
    q
      .deleteFrom('sessions')
      .where((e) => e.or([e('last_seen_at', '<', seenBefore), e('created_at', '<', madeBefore)])),
  )
}
