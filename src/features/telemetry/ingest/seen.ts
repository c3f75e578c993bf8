/** Bodies that came already: a sender that heard no answer sends the same again, and it must count once. */
import { day } from '#kernel/clock.ts'
import { insertMany } from '#kernel/insert-many.ts'
import type { Migration } from '#kernel/migrate.ts'
import { all, queries, run, type Work } from '#kernel/work.ts'

interface Tables {
  telemetry_requests: SeenRow
}
/** One request that was stored; its answer is given again. */
export interface SeenRow {
  /** SHA-256 of the token and of the body, base64url. */
  readonly key: string
  readonly at: number
  /** What its answer warned of; mostly nothing. */
  readonly warning: string
}
const q = queries<Tables>()

/** Values of one `in (…)`. */
const atOnce = 500
/** Rows of one transaction, while ingest waits. */
const forgottenAtOnce = 2000

/** How long a repeated body is known (ms). */
export const knownFor = day

export const seenMigration: Migration = {
  name: 'telemetry-ingest-001-requests',
  *up() {
    yield* run(
      q.schema
        .createTable('telemetry_requests')
        .addColumn('key', 'text', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('warning', 'text', (c) => c.notNull()),
    )
    yield* run(q.schema.createIndex('telemetry_requests_at').on('telemetry_requests').column('at'))
  },
}

/** Those of these that are known. A clock that was put back makes nothing forgotten early, nor known for longer than twice. */
export function* seenAmong(
  keys: readonly string[],
  now: number,
): Work<ReadonlyMap<string, SeenRow>> {
  const found = new Map<string, SeenRow>()
  for (let from = 0; from < keys.length; from += atOnce) {
    const part = keys.slice(from, from + atOnce)
    const rows = yield* all(q.selectFrom('telemetry_requests').selectAll().where('key', 'in', part))
    for (const row of rows) if (Math.abs(now - row.at) <= knownFor) found.set(row.key, row)
  }
  return found
}

/** A row that stands there already has expired. */
export const putSeen = insertMany<SeenRow>(['key', 'at', 'warning'], (places) =>
  q
    .insertInto('telemetry_requests')
    .values(places)
    .onConflict((c) =>
      c.column('key').doUpdateSet((e) => ({
        at: e.ref('excluded.at'),
        warning: e.ref('excluded.warning'),
      })),
    ),
)

/**
 * Removes a part of those that are not known any more; of a clock that was ahead as well.
 *
 * @returns whether there may be more
 */
export function* forgetSeen(now: number): Work<boolean> {
  const some = q
    .selectFrom('telemetry_requests')
    .select('key')
    .where((e) => e.or([e('at', '<', now - knownFor), e('at', '>', now + knownFor)]))
    .limit(forgottenAtOnce)
  return (
    (yield* run(q.deleteFrom('telemetry_requests').where('key', 'in', some))) === forgottenAtOnce
  )
}
