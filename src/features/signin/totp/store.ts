import { first, run, type Work } from '#kernel/work.ts'
import { q, type TotpRow } from '../tables.ts'

/** Also one that was begun and not confirmed. */
export function* totpOf(memberId: string): Work<TotpRow | undefined> {
  return yield* first(q.selectFrom('totp_secrets').selectAll().where('member_id', '=', memberId))
}

/** A new secret in place of one that was never confirmed. */
export function* beginTotp(memberId: string, sealed: string, at: number): Work<void> {
  const values = {
    sealed,
    created_at: at,
    confirmed_at: null,
    last_step: 0,
    last_used_at: null,
    failures: 0,
  }
  yield* run(
    q
      .insertInto('totp_secrets')
      .values({ member_id: memberId, ...values })
      .onConflict((c) => c.column('member_id').doUpdateSet(values)),
  )
}

/** Takes a time step: false when it, or a later one, was taken before (RFC 6238, section 5.2). */
export function* takeStep(memberId: string, step: number, at: number): Work<boolean> {
  const taken = yield* run(
    q
      .updateTable('totp_secrets')
      .set({ last_step: step, last_used_at: at, failures: 0 })
      .where('member_id', '=', memberId)
      .where('last_step', '<', step),
  )
  return taken === 1
}

/** One wrong code more; how many there are in a row. */
export function* countFailure(memberId: string): Work<number> {
  yield* run(
    q
      .updateTable('totp_secrets')
      .set((e) => ({ failures: e('failures', '+', 1) }))
      .where('member_id', '=', memberId),
  )
  return (yield* totpOf(memberId))?.failures ?? 0
}

export function* setConfirmed(memberId: string, at: number): Work<void> {
  yield* run(
    q.updateTable('totp_secrets').set({ confirmed_at: at }).where('member_id', '=', memberId),
  )
}

export function* deleteTotp(memberId: string): Work<number> {
  return yield* run(q.deleteFrom('totp_secrets').where('member_id', '=', memberId))
}
