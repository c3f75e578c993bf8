import { all, run, type Work } from '#kernel/work.ts'
import { q, type SigningKeyRow } from '../tables.ts'

/** In the order in which they sign. */
export function* signingKeys(): Work<readonly SigningKeyRow[]> {
  return yield* all(
    q.selectFrom('client_signing_keys').selectAll().orderBy('signs_from').orderBy('kid'),
  )
}

export function* insertSigningKey(row: SigningKeyRow): Work<void> {
  yield* run(q.insertInto('client_signing_keys').values(row))
}

export function* deleteSigningKeys(kids: readonly string[]): Work<void> {
  if (kids.length > 0) yield* run(q.deleteFrom('client_signing_keys').where('kid', 'in', kids))
}
