import { all, first, run, type Work } from '#kernel/work.ts'
import { q, type ChallengeRow, type PasskeyRow } from '../tables.ts'

/** The oldest first. */
export function* passkeysOf(memberId: string): Work<readonly PasskeyRow[]> {
  return yield* all(
    q.selectFrom('passkeys').selectAll().where('member_id', '=', memberId).orderBy('id'),
  )
}

export function* passkeyByCredential(credentialId: string): Work<PasskeyRow | undefined> {
  return yield* first(
    q.selectFrom('passkeys').selectAll().where('credential_id', '=', credentialId),
  )
}

export function* insertPasskey(passkey: PasskeyRow): Work<void> {
  yield* run(q.insertInto('passkeys').values(passkey))
}

export function* setPasskeyUsed(id: string, count: number, at: number): Work<void> {
  yield* run(
    q.updateTable('passkeys').set({ sign_count: count, last_used_at: at }).where('id', '=', id),
  )
}

export function* setPasskeyCloned(id: string, at: number): Work<void> {
  yield* run(q.updateTable('passkeys').set({ cloned_at: at }).where('id', '=', id))
}

/** 0 or 1. */
export function* renamePasskey(id: string, memberId: string, name: string): Work<number> {
  return yield* run(
    q.updateTable('passkeys').set({ name }).where('id', '=', id).where('member_id', '=', memberId),
  )
}

/** 0 or 1. */
export function* deletePasskey(id: string, memberId: string): Work<number> {
  return yield* run(q.deleteFrom('passkeys').where('id', '=', id).where('member_id', '=', memberId))
}

export function* deletePasskeysOf(memberId: string): Work<number> {
  return yield* run(q.deleteFrom('passkeys').where('member_id', '=', memberId))
}

export function* insertChallenge(challenge: ChallengeRow): Work<void> {
  yield* run(q.insertInto('passkey_challenges').values(challenge))
}

/** Takes the challenge away, so that it answers once; false where there is none such that lives. */
export function* takeChallenge(
  wanted: Omit<ChallengeRow, 'expires_at'>,
  now: number,
): Work<boolean> {
  const taken = yield* run(
    q
      .deleteFrom('passkey_challenges')
      .where('hash', '=', wanted.hash)
      .where('purpose', '=', wanted.purpose)
      .where('bound_to', '=', wanted.bound_to)
      .where('expires_at', '>', now),
  )
  return taken === 1
}

export function* deleteChallengesExpiredBefore(at: number): Work<number> {
  return yield* run(q.deleteFrom('passkey_challenges').where('expires_at', '<=', at))
}
