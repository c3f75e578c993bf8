import { sql } from 'kysely'
import { found } from '#kernel/problem.ts'
import { insertMany } from '#kernel/insert-many.ts'
import { contains } from '#kernel/like.ts'
import { all, first, run, type Work } from '#kernel/work.ts'
import type { CheckKey } from './judge.ts'
import type { ClientState } from './schema.ts'
import { q, type ClientRow, type DriftTables, type SettingsRow } from './tables.ts'

export function* settingsRow(): Work<SettingsRow> {
  return found(yield* first(q.selectFrom('drift_settings').selectAll()), 'setting')
}
export function* changeSettings(change: Partial<SettingsRow>): Work<void> {
  yield* run(q.updateTable('drift_settings').set(change))
}

const noProgress = { fact: 0, told_at: 0 }
export function* progress(): Work<DriftTables['drift_progress']> {
  return (yield* first(q.selectFrom('drift_progress').selectAll())) ?? noProgress
}
/** The number of the last fact that was judged. */
export function* judgedFact(): Work<number> {
  return (yield* progress()).fact
}
export function* setJudgedFact(fact: number): Work<void> {
  yield* run(q.updateTable('drift_progress').set({ fact }).where('fact', '<', fact))
}
export function* setToldAt(at: number): Work<void> {
  yield* run(q.updateTable('drift_progress').set({ told_at: at }))
}

export interface ClientFilter {
  readonly text?: string | undefined
  readonly state?: ClientState | undefined
  readonly key?: CheckKey | undefined
  readonly principal?: string | undefined
  readonly enrolment?: string | undefined
}

const past: readonly ClientState[] = ['ended', 'silent']

function matching({ text, state, key, principal, enrolment }: ClientFilter) {
  let query = q.selectFrom('drift_clients')
  // Those that are not looked at any more stand there for their findings only.
  query =
    state === undefined ? query.where('state', 'not in', past) : query.where('state', '=', state)
  if (principal !== undefined) query = query.where('principal_id', '=', principal)
  if (enrolment !== undefined) query = query.where('ref_id', '=', enrolment)
  if (key !== undefined)
    query = query.where('id', 'in', (e) =>
      e
        .selectFrom('drift_findings')
        .select('client_id')
        .where('key', '=', key)
        .where('closed_at', 'is', null),
    )
  const wanted = text?.trim().toLowerCase() ?? ''
  return wanted === '' ? query : query.where(contains(sql.ref('search'), wanted))
}

export type After = readonly (string | number)[] | undefined

/** Last active first; one row more than `limit` when there are more. */
export function* clientsPage(
  filter: ClientFilter,
  after: After,
  limit: number,
): Work<readonly ClientRow[]> {
  let query = matching(filter)
    .selectAll()
    .orderBy('active_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (after !== undefined) {
    const [at, id] = [Number(after[0]), String(after[1])]
    query = query.where((e) =>
      e.or([e('active_at', '<', at), e.and([e('active_at', '=', at), e('id', '<', id)])]),
    )
  }
  return yield* all(query)
}

export function* countClients(filter: ClientFilter): Work<number> {
  const row = yield* first(matching(filter).select((e) => e.fn.countAll<number>().as('n')))
  return row?.n ?? 0
}

export function* clientById(id: string): Work<ClientRow | undefined> {
  return yield* first(q.selectFrom('drift_clients').selectAll().where('id', '=', id))
}

export function* clientsByKey(keys: readonly string[]): Work<readonly ClientRow[]> {
  if (keys.length === 0) return []
  return yield* all(q.selectFrom('drift_clients').selectAll().where('client_key', 'in', keys))
}

/** Clients that are looked at, or those with something open, in the order of their ids. */
export function* clientsAfter(
  only: 'open' | 'all',
  after: string,
  limit: number,
): Work<readonly ClientRow[]> {
  const query = q.selectFrom('drift_clients').selectAll().orderBy('id')
  if (only === 'all')
    return yield* all(query.where('id', '>', after).where('state', 'not in', past).limit(limit))
  const open = q
    .selectFrom('drift_findings')
    .select('client_id')
    .distinct()
    .where('closed_at', 'is', null)
    .where('client_id', '>', after)
    .orderBy('client_id')
    .limit(limit)
  return yield* all(query.where('id', 'in', open))
}

/** How many machines of an enrolment there are. */
export function* countOf(refId: string): Work<number> {
  const row = yield* first(
    q
      .selectFrom('drift_clients')
      .where('ref_id', '=', refId)
      .select((e) => e.fn.countAll<number>().as('n')),
  )
  return row?.n ?? 0
}

/** Made anew, or in place of what was known. */
export const putClients = insertMany<ClientRow>(
  [
    'id',
    'kind',
    'ref_id',
    'host',
    'client_key',
    'principal_kind',
    'principal_id',
    'label',
    'search',
    'state',
    'open',
    'active_at',
    'served',
    'version_id',
    'served_at',
    'last_fetch_at',
    'program',
    'version',
    'checks',
    'judged_at',
    'late_at',
  ],
  (places) =>
    q
      .insertInto('drift_clients')
      .values(places)
      .onConflict((c) =>
        c.column('client_key').doUpdateSet({
          host: sql`excluded.host`,
          label: sql`excluded.label`,
          search: sql`excluded.search`,
          state: sql`excluded.state`,
          open: sql`excluded.open`,
          active_at: sql`excluded.active_at`,
          served: sql`excluded.served`,
          version_id: sql`excluded.version_id`,
          served_at: sql`excluded.served_at`,
          last_fetch_at: sql`excluded.last_fetch_at`,
          program: sql`excluded.program`,
          version: sql`excluded.version`,
          checks: sql`excluded.checks`,
          judged_at: sql`excluded.judged_at`,
          late_at: sql`excluded.late_at`,
        }),
      ),
)

export function* setState(id: string, state: ClientState): Work<void> {
  yield* run(q.updateTable('drift_clients').set({ state }).where('id', '=', id))
}

/** It is not looked at any more. Its row stays for as long as there are findings of it. */
export function* endClient(id: string, state: 'ended' | 'silent'): Work<void> {
  yield* run(q.updateTable('drift_clients').set({ state, open: 0 }).where('id', '=', id))
}

/** Rows of clients that are not looked at any more and of which nothing is told any more. */
export function* deleteForgotten(): Work<void> {
  yield* run(
    q
      .deleteFrom('drift_clients')
      .where('state', 'in', past)
      .where('id', 'not in', q.selectFrom('drift_findings').select('client_id')),
  )
}

/** Everything about the clients of a principal. */
export function* deleteOf(principalId: string): Work<void> {
  const own = q.selectFrom('drift_clients').where('principal_id', '=', principalId)
  yield* run(q.deleteFrom('drift_reports').where('client_key', 'in', own.select('client_key')))
  yield* run(q.deleteFrom('drift_served').where('client_id', 'in', own.select('ref_id')))
  yield* run(q.deleteFrom('drift_findings').where('principal_id', '=', principalId))
  yield* run(q.deleteFrom('drift_clients').where('principal_id', '=', principalId))
}
