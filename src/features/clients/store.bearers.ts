import { all, first, type Work } from '#kernel/work.ts'
import type { Flow, Route } from './schema.ts'
import { q } from './tables.ts'

/** An access token as far as fetches need it. */
export interface BearerRow {
  readonly id: string
  readonly hash: string
  readonly client_id: string
  /** Of a service account where it is nobody's. */
  readonly principal_id: string
  readonly flow: Flow
  readonly route: Route
  readonly expires_at: number
  readonly ended_at: number | null
  readonly seq: number
}

const rows = () =>
  q
    .selectFrom('client_tokens as t')
    .innerJoin('clients as c', 'c.id', 't.client_id')
    .select([
      't.id',
      't.hash',
      't.client_id',
      'c.flow',
      'c.route',
      't.expires_at',
      'c.ended_at',
      't.seq',
    ])
    .select((e) => e.fn.coalesce('c.member_id', 'c.account_id').$notNull().as('principal_id'))
    .where('t.kind', '=', 'access')

/** Where a reader stands: after the row of this number and id; null: after all rows of this number. */
export interface Place {
  readonly seq: number
  readonly id: string | null
}

/** Access tokens that changed after that place and have not expired, in order; at most `limit`. */
export function* bearersAfter(
  place: Place,
  now: number,
  limit: number,
): Work<readonly BearerRow[]> {
  const { seq, id } = place
  const after =
    id === null
      ? rows().where('t.seq', '>', seq)
      : rows()
          // Written so that the index of `seq` gives the range and the order.
          .where('t.seq', '>=', seq)
          .where((e) => e.or([e('t.seq', '>', seq), e('t.id', '>', id)]))
  return yield* all(
    after.where('t.expires_at', '>', now).orderBy('t.seq').orderBy('t.id').limit(limit),
  )
}

export function* bearerByHash(hash: string): Work<BearerRow | undefined> {
  return yield* first(rows().where('t.hash', '=', hash))
}
