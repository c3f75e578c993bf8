import { first, run, type Work } from '#kernel/work.ts'
import { q, type SigninTables } from './tables.ts'

export type Credential = SigninTables['credentials']

export function* credentialOf(memberId: string): Work<Credential | undefined> {
  return yield* first(q.selectFrom('credentials').selectAll().where('member_id', '=', memberId))
}

export function* setPassword(memberId: string, hash: string, at: number): Work<void> {
  const values = { password_hash: hash, changed_at: at }
  yield* run(
    q
      .insertInto('credentials')
      .values({ member_id: memberId, ...values })
      .onConflict((c) => c.column('member_id').doUpdateSet(values)),
  )
}

/** The same password by today's parameters; unless it was changed in the meantime. */
export function* replaceHash(memberId: string, before: string, after: string): Work<void> {
  yield* run(
    q
      .updateTable('credentials')
      .set({ password_hash: after })
      .where('member_id', '=', memberId)
      .where('password_hash', '=', before),
  )
}

export function* deleteCredential(memberId: string): Work<void> {
  yield* run(q.deleteFrom('credentials').where('member_id', '=', memberId))
}
