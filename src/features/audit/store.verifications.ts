import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { AuditChainTables } from './tables.ts'

const q = queries<AuditChainTables>()

export type VerificationRow = AuditChainTables['audit_verifications']

/** Those before are forgotten: what counts is what the newest ones say. */
const kept = 20

export function* insertVerification(row: VerificationRow): Work<void> {
  yield* run(q.insertInto('audit_verifications').values(row))
  const old = yield* all(
    q.selectFrom('audit_verifications').select('id').orderBy('id', 'desc').offset(kept).limit(kept),
  )
  const ids = old.map(({ id }) => id)
  if (ids.length > 0) yield* run(q.deleteFrom('audit_verifications').where('id', 'in', ids))
}

/** Those that were under way ended with their process: a verification that is heard of no more stands in nobody's way. */
export function* endSilent(heardBefore: number, now: number): Work<void> {
  yield* run(
    q
      .updateTable('audit_verifications')
      .set({ state: 'failed', finished_at: now })
      .where('state', '=', 'running')
      .where('heard_at', '<', heardBefore),
  )
}

export function* setVerification(id: string, change: Partial<VerificationRow>): Work<void> {
  yield* run(q.updateTable('audit_verifications').set(change).where('id', '=', id))
}

export function* verificationById(id: string): Work<VerificationRow | undefined> {
  return yield* first(q.selectFrom('audit_verifications').selectAll().where('id', '=', id))
}

export function* newestVerification(): Work<VerificationRow | undefined> {
  return yield* first(
    q.selectFrom('audit_verifications').selectAll().orderBy('id', 'desc').limit(1),
  )
}

/** What the newest one found that came to its end. */
export function* newestDone(): Work<VerificationRow | undefined> {
  return yield* first(
    q
      .selectFrom('audit_verifications')
      .selectAll()
      .where('state', '=', 'done')
      .orderBy('id', 'desc')
      .limit(1),
  )
}

export function* runningVerification(): Work<VerificationRow | undefined> {
  return yield* first(
    q.selectFrom('audit_verifications').selectAll().where('state', '=', 'running').limit(1),
  )
}
