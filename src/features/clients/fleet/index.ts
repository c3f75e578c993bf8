import { membersByIds, type Holding } from '#features/access/index.ts'
import type { Figure, Hit } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { nextSeq } from '../sequence.ts'
import type { EventCountRow, UseRow } from '../tables.ts'
import { programNamed } from './show.ts'
import { clientsPage, countLive, findClients, type ListedRow } from './store.ts'
import { addEventRows, addUseRows, deleteClientsOf, existing } from './store.uses.ts'

export { endClientsOf } from './end.ts'
export {
  fetchesOf,
  lastServed,
  lastServedOf,
  principalsServed,
  type ClientFetches,
} from './store.uses.ts'

/** Fetches of one client since the last time they were written, from delivery. */
export interface UseSum {
  readonly clientId: string
  readonly firstAt: number
  readonly lastAt: number
  readonly count: number
  readonly lastStatus: number
  /** Of the last policy that was served; null: none of these fetches was given one. */
  readonly served: {
    readonly policyId: string
    readonly versionId: string
    readonly name: string
    readonly at: number
  } | null
  readonly ip: string
  readonly userAgent: string
}

export interface EventSum {
  readonly clientId: string
  /** Midnight UTC (ms). */
  readonly day: number
  readonly eventType: string
  readonly count: number
}

/** Adds to what is stored: safe from several processes, in any order. Rows of clients that are gone are left out. */
export function* addUses(sums: readonly UseSum[]): Work<void> {
  const there = yield* existing(sums.map((sum) => sum.clientId))
  const rows = sums
    .filter((sum) => there.has(sum.clientId))
    .map((sum): UseRow => ({
      client_id: sum.clientId,
      first_at: sum.firstAt,
      last_at: sum.lastAt,
      fetches: sum.count,
      last_status: sum.lastStatus,
      version_id: sum.served?.versionId ?? '',
      policy_id: sum.served?.policyId ?? '',
      served: sum.served?.name ?? '',
      served_at: sum.served?.at ?? null,
      ip: sum.ip,
      user_agent: sum.userAgent,
    }))
  for (const part of rounds(rows, (row) => row.client_id)) yield* addUseRows(part)
}

/** The same of analytics events. */
export function* addEvents(sums: readonly EventSum[]): Work<void> {
  const there = yield* existing(sums.map((sum) => sum.clientId))
  const rows = sums
    .filter((sum) => there.has(sum.clientId))
    .map((sum): EventCountRow => ({
      client_id: sum.clientId,
      day: sum.day,
      event_type: sum.eventType,
      count: sum.count,
    }))
  for (const part of rounds(rows, (row) => `${row.client_id} ${row.day} ${row.event_type}`))
    yield* addEventRows(part)
}

/**
 * Each key at most once in a round, since one statement changes a row once (PostgreSQL refuses more); in the order of the keys,
 * so that two processes that write the same rows wait instead of deadlocking.
 */
function rounds<Row>(rows: readonly Row[], key: (row: Row) => string): readonly (readonly Row[])[] {
  const made: Map<string, Row>[] = []
  for (const row of rows) {
    const free = made.find((round) => !round.has(key(row)))
    if (free) free.set(key(row), row)
    else made.push(new Map([[key(row), row]]))
  }
  return made.map((round) => [...round].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row))
}

/**
 * Removes everything that is kept about the member's clients. Other processes refuse their tokens because the member is no
 * longer in the directory, which changes in the same transaction; the rows that would tell them more are gone.
 */
export function* forget(memberId: string): Work<void> {
  yield* deleteClientsOf(memberId)
  yield* nextSeq()
}

export function* holdings(memberId: string): Work<readonly Holding[]> {
  // The state of the member does not matter here.
  const live = { member: memberId }
  const rows = (yield* clientsPage(live, undefined, 1000)).filter((row) => row.ended_at === null)
  if (rows.length === 0) return []
  return [
    {
      kind: 'client',
      count: rows.length,
      label: rows.length === 1 ? 'signed-in client' : 'signed-in clients',
      fate: 'Signed out at once: its next fetch is refused.',
      items: rows
        .slice(0, 20)
        .map((row) => ({ id: row.id, label: programNamed(row), link: `/clients/${row.id}` })),
    },
  ]
}

export function* figures(): Work<readonly Figure[]> {
  return [
    {
      key: 'clients',
      title: 'Signed-in clients',
      value: yield* countLive(),
      link: '/clients?state=active',
    },
  ]
}

export function* find(text: string): Work<readonly Hit[]> {
  const rows = yield* findClients(text, 5)
  const members = yield* membersByIds(rows.map((row) => row.member_id))
  return rows.map((row) => hitOf(row, members.get(row.member_id)?.email ?? ''))
}

const hitOf = (row: ListedRow, email: string): Hit => ({
  kind: 'client',
  id: row.id,
  label: programNamed(row),
  detail: `Signed in as ${email}`,
  link: `/clients/${row.id}`,
})
