import { sql } from 'kysely'
import { insertMany } from '#kernel/insert-many.ts'
import { all, run, type Work } from '#kernel/work.ts'
import { q, type ReportRow, type ServedRow } from './tables.ts'

/** What was reported and served, as far as it is remembered here. */

export function* reportsOf(keys: readonly string[]): Work<readonly ReportRow[]> {
  if (keys.length === 0) return []
  return yield* all(
    q
      .selectFrom('drift_reports')
      .selectAll()
      .where('client_key', 'in', keys)
      .orderBy('received_at', 'desc'),
  )
}

/** Made anew, or in place of what was known. */
export const putReports = insertMany<ReportRow>(
  [
    'client_key',
    'digest',
    'conversation',
    'at',
    'received_at',
    'held_version',
    'host',
    'version',
    'approval',
    'sandbox',
    'servers',
    'auth_mode',
  ],
  (places) =>
    q
      .insertInto('drift_reports')
      .values(places)
      .onConflict((c) =>
        c.columns(['client_key', 'digest']).doUpdateSet({
          conversation: sql`excluded.conversation`,
          at: sql`excluded.at`,
          received_at: sql`excluded.received_at`,
        }),
      ),
)

export function* deleteReport({ client_key, digest }: ReportRow): Work<void> {
  yield* run(
    q.deleteFrom('drift_reports').where('client_key', '=', client_key).where('digest', '=', digest),
  )
}

/** Newest first. */
export function* servedTo(clientIds: readonly string[]): Work<readonly ServedRow[]> {
  if (clientIds.length === 0) return []
  return yield* all(
    q
      .selectFrom('drift_served')
      .selectAll()
      .where('client_id', 'in', clientIds)
      .orderBy('last_at', 'desc'),
  )
}

/** Made anew, or known until later now. */
export const putServed = insertMany<ServedRow>(
  ['client_id', 'first_at', 'version_id', 'name', 'last_at'],
  (places) =>
    q
      .insertInto('drift_served')
      .values(places)
      .onConflict((c) =>
        c
          .columns(['client_id', 'first_at', 'version_id'])
          .doUpdateSet({ last_at: sql`excluded.last_at` }),
      ),
)

/** Everything of clients that are not looked at any more. */
export function* deleteReported(keys: readonly string[], clientIds: readonly string[]): Work<void> {
  if (keys.length > 0) yield* run(q.deleteFrom('drift_reports').where('client_key', 'in', keys))
  if (clientIds.length > 0)
    yield* run(q.deleteFrom('drift_served').where('client_id', 'in', clientIds))
}

export function* deleteServedBefore(before: number): Work<void> {
  yield* run(q.deleteFrom('drift_served').where('last_at', '<', before))
}
