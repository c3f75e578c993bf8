import { all, first, run, type Work } from '#kernel/work.ts'
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

/** Those of the members who have a password. */
export function* withPassword(memberIds: readonly string[]): Work<ReadonlySet<string>> {
  const found = new Set<string>()
  // A thousand at a time: SQLite takes 32,766 values in a statement.
  for (let from = 0; from < memberIds.length; from += 1000) {
    const part = memberIds.slice(from, from + 1000)
    const rows = yield* all(
      q.selectFrom('credentials').select('member_id').where('member_id', 'in', part),
    )
    for (const row of rows) found.add(row.member_id)
  }
  return found
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
