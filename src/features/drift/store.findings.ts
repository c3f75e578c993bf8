import { sql } from 'kysely'
import { contains } from '#kernel/like.ts'
import { all, first, run, type Work } from '#kernel/work.ts'
import type { CheckKey } from './judge.ts'
import type { Finding, findingStates } from './schema.ts'
import type { After } from './store.ts'
import { q, type FindingRow } from './tables.ts'

export function* openFindings(clientIds: readonly string[]): Work<readonly FindingRow[]> {
  if (clientIds.length === 0) return []
  return yield* all(
    q
      .selectFrom('drift_findings')
      .selectAll()
      .where('client_id', 'in', clientIds)
      .where('closed_at', 'is', null),
  )
}

/** False: another process has opened it at the same moment. */
export function* openFinding(row: FindingRow): Work<boolean> {
  const made = yield* run(
    q
      .insertInto('drift_findings')
      .values(row)
      .onConflict((c) =>
        c.columns(['client_id', 'sign']).where(sql.ref('closed_at'), 'is', null).doNothing(),
      ),
  )
  return made === 1
}

/** Findings of these clients that have closed since. */
export function* closedSince(
  clientIds: readonly string[],
  since: number,
): Work<readonly Pick<FindingRow, 'client_id' | 'sign'>[]> {
  if (clientIds.length === 0) return []
  return yield* all(
    q
      .selectFrom('drift_findings')
      .select(['client_id', 'sign'])
      .where('client_id', 'in', clientIds)
      .where('closed_at', '>=', since),
  )
}

export function* changeFinding(
  id: string,
  change: Pick<FindingRow, 'allowed' | 'versions'>,
): Work<void> {
  yield* run(q.updateTable('drift_findings').set(change).where('id', '=', id))
}

/** Of which nobody was told yet, the oldest first. */
export function* untoldFindings(limit: number): Work<readonly FindingRow[]> {
  return yield* all(
    q
      .selectFrom('drift_findings')
      .selectAll()
      .where('told_at', 'is', null)
      .orderBy('opened_at')
      .limit(limit),
  )
}
export function* countUntold(): Work<number> {
  const row = yield* first(
    q
      .selectFrom('drift_findings')
      .where('told_at', 'is', null)
      .select((e) => e.fn.countAll<number>().as('n')),
  )
  return row?.n ?? 0
}
export function* setTold(at: number): Work<void> {
  yield* run(q.updateTable('drift_findings').set({ told_at: at }).where('told_at', 'is', null))
}

export function* seeFindings(ids: readonly string[], at: number): Work<void> {
  if (ids.length > 0)
    yield* run(q.updateTable('drift_findings').set({ seen_at: at }).where('id', 'in', ids))
}

export function* closeFindings(
  ids: readonly string[],
  at: number,
  because: Exclude<Finding['closedBecause'], null>,
): Work<void> {
  if (ids.length > 0)
    yield* run(
      q
        .updateTable('drift_findings')
        .set({ closed_at: at, closed_because: because })
        .where('id', 'in', ids)
        .where('closed_at', 'is', null),
    )
}

export function* findingById(id: string): Work<FindingRow | undefined> {
  return yield* first(q.selectFrom('drift_findings').selectAll().where('id', '=', id))
}

/** False: it is closed or acknowledged already. */
export function* acknowledge(
  id: string,
  { at, by, reason }: { readonly at: number; readonly by: string; readonly reason: string },
): Work<boolean> {
  const changed = yield* run(
    q
      .updateTable('drift_findings')
      .set({
        acknowledged_at: at,
        acknowledged_by: by,
        acknowledged_reason: reason,
      })
      .where('id', '=', id)
      .where('closed_at', 'is', null)
      .where('acknowledged_at', 'is', null),
  )
  return changed === 1
}

/** Of one client, open ones first, then the newest. */
export function* findingsOf(clientId: string, limit: number): Work<readonly FindingRow[]> {
  return yield* all(
    q
      .selectFrom('drift_findings')
      .selectAll()
      .where('client_id', '=', clientId)
      .orderBy(sql`case when closed_at is null then 0 else 1 end`)
      .orderBy('opened_at', 'desc')
      .limit(limit),
  )
}

export interface FindingFilter {
  readonly text?: string | undefined
  readonly state?: (typeof findingStates)[number] | undefined
  readonly key?: CheckKey | undefined
}

function findingsMatching({ text, state, key }: FindingFilter) {
  let query = q.selectFrom('drift_findings')
  if (key !== undefined) query = query.where('key', '=', key)
  if (state === 'closed') query = query.where('closed_at', 'is not', null)
  else if (state !== undefined)
    query = query
      .where('closed_at', 'is', null)
      .where('acknowledged_at', state === 'open' ? 'is' : 'is not', null)
  const wanted = text?.trim().toLowerCase() ?? ''
  return wanted === '' ? query : query.where(contains(sql.ref('search'), wanted))
}

/** Newest first; one row more than `limit` when there are more. */
export function* findingsPage(
  filter: FindingFilter,
  after: After,
  limit: number,
): Work<readonly FindingRow[]> {
  let query = findingsMatching(filter)
    .selectAll()
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (after !== undefined) {
    const [at, id] = [Number(after[0]), String(after[1])]
    query = query.where((e) =>
      e.or([e('opened_at', '<', at), e.and([e('opened_at', '=', at), e('id', '<', id)])]),
    )
  }
  return yield* all(query)
}

export function* countFindings(filter: FindingFilter): Work<number> {
  const row = yield* first(findingsMatching(filter).select((e) => e.fn.countAll<number>().as('n')))
  return row?.n ?? 0
}

/** Clients of which something disagrees that nobody has acknowledged, and since when the first of it. */
export function* standing(): Work<{ readonly clients: number; readonly since: number | null }> {
  const row = yield* first(
    q
      .selectFrom('drift_findings')
      .where('closed_at', 'is', null)
      .where('acknowledged_at', 'is', null)
      .select((e) => [
        e.fn.count<number>('client_id').distinct().as('clients'),
        e.fn.min('since').as('since'),
      ]),
  )
  return { clients: row?.clients ?? 0, since: row?.since ?? null }
}

/** What was closed before then is forgotten. */
export function* deleteClosed(before: number): Work<void> {
  yield* run(q.deleteFrom('drift_findings').where('closed_at', '<', before))
}
