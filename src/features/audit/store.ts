import type { AuditTables } from '#kernel/audit.ts'
import { insertMany } from '#kernel/insert-many.ts'
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import { noLink } from './proof/link.ts'
import type { RecordRow } from './proof/record.ts'
import type { AuditChainTables } from './tables.ts'

const q = queries<AuditChainTables & AuditTables>()

export type ChainRow = AuditChainTables['audit_chain']

export interface Waiting {
  readonly id: string
  /** Null: somebody took it out of the table. It was written together with the row that says it waits. */
  readonly record: RecordRow | null
}

/** What waits to be linked, oldest first. */
export function* waitingRecords(limit: number): Work<readonly Waiting[]> {
  const rows = yield* all(
    q
      .selectFrom('audit_waiting as w')
      .leftJoin('audit_records as r', 'r.id', 'w.id')
      .selectAll('r')
      .select('w.id as waiting_id')
      .orderBy('w.id')
      .limit(limit),
  )
  return rows.map(({ waiting_id: id, ...record }) => ({
    id,
    record: record.id === null ? null : (record as RecordRow),
  }))
}

export function* anyWaiting(): Work<boolean> {
  return (yield* first(q.selectFrom('audit_waiting').select('id').limit(1))) !== undefined
}

/** How many wait, and since when the oldest of them does (ms; null: none, or its record is gone). */
export function* waiting(): Work<{ readonly count: number; readonly since: number | null }> {
  const count = yield* first(
    q.selectFrom('audit_waiting').select((e) => e.fn.countAll<number>().as('n')),
  )
  const [oldest] = yield* waitingRecords(1)
  return { count: count?.n ?? 0, since: oldest?.record?.at ?? null }
}

/** The end of the chain; number 0 and `noLink` where there is none. */
export function* chainHead(): Work<{ readonly seq: number; readonly link: string }> {
  const row = yield* first(
    q.selectFrom('audit_chain').select(['seq', 'link']).orderBy('seq', 'desc').limit(1),
  )
  return row ?? { seq: 0, link: noLink }
}

const columns = ['seq', 'record_id', 'salt', 'commitment', 'link'] as const
const insertLinks = insertMany<ChainRow>(columns, (places) =>
  q.insertInto('audit_chain').values([...places]),
)

/** A number or a record that is linked already breaks a key: two who link at once cannot both do it. */
export function* addLinks(rows: readonly ChainRow[]): Work<void> {
  yield* insertLinks(rows)
  const ids = rows.map((row) => row.record_id)
  yield* run(q.deleteFrom('audit_waiting').where('id', 'in', ids))
}

export function* placeOf(recordId: string): Work<Omit<ChainRow, 'record_id' | 'salt'> | undefined> {
  return yield* first(
    q
      .selectFrom('audit_chain')
      .select(['seq', 'commitment', 'link'])
      .where('record_id', '=', recordId),
  )
}

export type LinkedRow = ChainRow & {
  /** Null where it is gone. */
  readonly record: RecordRow | null
  readonly erased: boolean
}

/** Links after a number with their records, in order. */
export function* linkedAfter(
  seq: number,
  until: number,
  limit: number,
): Work<readonly LinkedRow[]> {
  const rows = yield* all(
    q
      .selectFrom('audit_chain as c')
      .leftJoin('audit_records as r', 'r.id', 'c.record_id')
      .leftJoin('audit_erased as e', 'e.seq', 'c.seq')
      .select(['c.seq', 'c.record_id', 'c.salt', 'c.commitment', 'c.link', 'e.at as erased_at'])
      .selectAll('r')
      .where('c.seq', '>', seq)
      .where('c.seq', '<=', until)
      .orderBy('c.seq')
      .limit(limit),
  )
  return rows.map(({ seq: number, record_id, salt, commitment, link, erased_at, ...record }) => ({
    seq: number,
    record_id,
    salt,
    commitment,
    link,
    record: record.id === null ? null : (record as RecordRow),
    erased: erased_at !== null,
  }))
}

export function* linkOfSeq(seq: number): Work<string | undefined> {
  if (seq === 0) return noLink
  return (yield* first(q.selectFrom('audit_chain').select('link').where('seq', '=', seq)))?.link
}

/** Records that stand in the table, are not linked and do not wait for it: nobody of ours wrote them. */
export function* strangeRecords(limit: number): Work<readonly string[]> {
  const rows = yield* all(
    q
      .selectFrom('audit_records as r')
      .leftJoin('audit_chain as c', 'c.record_id', 'r.id')
      .leftJoin('audit_waiting as w', 'w.id', 'r.id')
      .select('r.id')
      .where('c.seq', 'is', null)
      .where('w.id', 'is', null)
      .limit(limit),
  )
  return rows.map(({ id }) => id)
}

const leaseId = 1

/**
 * Whether the holder may link until the given time: nobody else does, or not any more. A lease that ends much later than the one
 * that is asked for was made by a clock that was ahead, and binds nobody: the chain would wait for that time.
 */
export function* takeLease(holder: string, now: number, until: number): Work<boolean> {
  const lease = yield* first(q.selectFrom('audit_lease').selectAll().where('id', '=', leaseId))
  const left = lease === undefined ? 0 : lease.until - now
  const holds = left > 0 && left <= 2 * (until - now)
  if (lease?.holder !== holder && holds) return false
  // Renewed when half of it is over, not at every turn.
  if (lease?.holder === holder && holds && left > (until - now) / 2) return true
  if (lease) yield* run(q.updateTable('audit_lease').set({ holder, until }))
  else yield* run(q.insertInto('audit_lease').values({ id: leaseId, holder, until }))
  return true
}

export function* endLease(holder: string): Work<void> {
  yield* run(q.deleteFrom('audit_lease').where('holder', '=', holder))
}
