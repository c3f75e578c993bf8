import { all, first, run, type Work } from '#kernel/work.ts'
import { q } from '../tables.ts'

/** How many members of a statement: SQLite takes 32,766 values in one. */
const part = 1000

/** Those of the members who have a passkey that opens something. */
export function* withPasskey(memberIds: readonly string[]): Work<ReadonlySet<string>> {
  return yield* inParts(memberIds, (ids) =>
    q
      .selectFrom('passkeys')
      .select('member_id')
      .distinct()
      .where('cloned_at', 'is', null)
      .where('member_id', 'in', ids),
  )
}

/**
 * Those of the members who have a second factor: a passkey or an authenticator app. One that was copied counts: an account
 * must not get easier to open because somebody attacks it.
 */
export function* withFactor(memberIds: readonly string[]): Work<ReadonlySet<string>> {
  const passkeys = yield* inParts(memberIds, (ids) =>
    q.selectFrom('passkeys').select('member_id').distinct().where('member_id', 'in', ids),
  )
  const apps = yield* inParts(memberIds, (ids) =>
    q
      .selectFrom('totp_secrets')
      .select('member_id')
      .where('confirmed_at', 'is not', null)
      .where('member_id', 'in', ids),
  )
  return new Set([...passkeys, ...apps])
}

function* inParts(
  memberIds: readonly string[],
  query: (ids: readonly string[]) => Parameters<typeof all<{ member_id: string }>>[0],
): Work<Set<string>> {
  const found = new Set<string>()
  for (let from = 0; from < memberIds.length; from += part)
    for (const row of yield* all(query(memberIds.slice(from, from + part))))
      found.add(row.member_id)
  return found
}

export interface RecoveryCodes {
  readonly left: number
  readonly madeAt: number
}

export function* recoveryCodesOf(memberId: string): Work<RecoveryCodes | null> {
  const rows = yield* all(
    q
      .selectFrom('recovery_codes')
      .select(['created_at', 'used_at'])
      .where('member_id', '=', memberId),
  )
  const [newest] = rows
  return newest === undefined
    ? null
    : { left: rows.filter((row) => row.used_at === null).length, madeAt: newest.created_at }
}

/** The ones before open nothing any more. */
export function* replaceRecoveryCodes(
  memberId: string,
  hashes: readonly string[],
  at: number,
): Work<void> {
  yield* deleteRecoveryCodes(memberId)
  yield* run(
    q
      .insertInto('recovery_codes')
      .values(hashes.map((hash) => ({ hash, member_id: memberId, created_at: at, used_at: null }))),
  )
}

/** True for exactly one of all who try a code at once. */
export function* useRecoveryCode(memberId: string, hash: string, at: number): Work<boolean> {
  const used = yield* run(
    q
      .updateTable('recovery_codes')
      .set({ used_at: at })
      .where('hash', '=', hash)
      .where('member_id', '=', memberId)
      .where('used_at', 'is', null),
  )
  return used === 1
}

export function* deleteRecoveryCodes(memberId: string): Work<number> {
  return yield* run(q.deleteFrom('recovery_codes').where('member_id', '=', memberId))
}

export interface Rule {
  readonly required: boolean
  readonly changedAt: number | null
}

/** Whether every member has to give a second factor. */
export function* secondFactorRule(): Work<Rule> {
  const row = yield* first(q.selectFrom('signin_settings').selectAll())
  return { required: row?.second_factor_required === 1, changedAt: row?.changed_at ?? null }
}

export function* setSecondFactorRule(required: boolean, at: number): Work<void> {
  yield* run(
    q.updateTable('signin_settings').set({
      second_factor_required: required ? 1 : 0,
      changed_at: at,
    }),
  )
}
