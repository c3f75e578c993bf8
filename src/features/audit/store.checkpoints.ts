import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { AuditChainTables } from './tables.ts'

const q = queries<AuditChainTables>()

export type CheckpointRow = AuditChainTables['audit_checkpoints']
export type SettingsRow = AuditChainTables['audit_settings']
export type SendRow = AuditChainTables['audit_sends']
type KeyRow = AuditChainTables['audit_keys']

/** The key that signs; there is one. */
export function* signingKey(): Work<KeyRow | undefined> {
  return yield* first(q.selectFrom('audit_keys').selectAll().orderBy('created_at').limit(1))
}

export function* insertSigningKey(row: KeyRow): Work<void> {
  yield* run(q.insertInto('audit_keys').values(row))
}

export function* insertCheckpoint(row: CheckpointRow): Work<void> {
  yield* run(q.insertInto('audit_checkpoints').values(row))
}

export function* newestCheckpoint(): Work<CheckpointRow | undefined> {
  return yield* first(
    q.selectFrom('audit_checkpoints').selectAll().orderBy('records', 'desc').limit(1),
  )
}

export function* checkpointAt(records: number): Work<CheckpointRow | undefined> {
  return yield* first(q.selectFrom('audit_checkpoints').selectAll().where('records', '=', records))
}

/** Those after a number of records, up to another one, in order. */
export function* checkpointsAfter(records: number, until: number): Work<readonly CheckpointRow[]> {
  return yield* all(
    q
      .selectFrom('audit_checkpoints')
      .selectAll()
      .where('records', '>', records)
      .where('records', '<=', until)
      .orderBy('records'),
  )
}

/** Newest first; those with fewer records than `before`. */
export function* listCheckpoints(
  before: number | undefined,
  limit: number,
): Work<{ readonly rows: readonly CheckpointRow[]; readonly total: number }> {
  let query = q.selectFrom('audit_checkpoints').selectAll().orderBy('records', 'desc').limit(limit)
  if (before !== undefined) query = query.where('records', '<', before)
  const rows = yield* all(query)
  const total = yield* first(
    q.selectFrom('audit_checkpoints').select((e) => e.fn.countAll<number>().as('n')),
  )
  return { rows, total: total?.n ?? 0 }
}

/** The one row, made by the migration. */
export function* auditSettings(): Work<SettingsRow> {
  const row = yield* first(q.selectFrom('audit_settings').selectAll())
  if (!row) throw new Error('The settings of the audit trail are gone.')
  return row
}

export function* setAuditSettings(change: Partial<SettingsRow>): Work<void> {
  yield* run(q.updateTable('audit_settings').set(change))
}

/** False where it was to be sent there already. */
export function* insertSend(row: SendRow): Work<boolean> {
  const made = yield* run(
    q
      .insertInto('audit_sends')
      .values(row)
      .onConflict((c) => c.columns(['records', 'outlet']).doNothing()),
  )
  return made === 1
}

export function* setSend(
  { records, outlet }: Pick<SendRow, 'records' | 'outlet'>,
  change: Pick<SendRow, 'state' | 'at' | 'message'>,
): Work<void> {
  yield* run(
    q
      .updateTable('audit_sends')
      .set(change)
      .where('records', '=', records)
      .where('outlet', '=', outlet),
  )
}

export function* sendsOf(records: readonly number[]): Work<readonly SendRow[]> {
  if (records.length === 0) return []
  return yield* all(
    q.selectFrom('audit_sends').selectAll().where('records', 'in', records).orderBy('outlet'),
  )
}

/** When a checkpoint was last handed to an outlet (ms). */
export function* lastSend(outlet: string): Work<SendRow | undefined> {
  return yield* first(
    q
      .selectFrom('audit_sends')
      .selectAll()
      .where('outlet', '=', outlet)
      .orderBy('records', 'desc')
      .limit(1),
  )
}
