import type { AuditTables } from '#kernel/audit.ts'
import { all, queries, run, type Work } from '#kernel/work.ts'
import type { AuditChainTables } from './tables.ts'

const q = queries<AuditChainTables & AuditTables>()

/** What stands where somebody’s name did. */
const erased = 'erased'

/**
 * Takes out what records say, and the salts without which nobody can try what they may have said. When it was, what kind of act,
 * and its place in the chain stay: links are over commitments, so the proof of all others is what it was.
 *
 * @param ids records that are linked; others, and those that are erased already, are left as they are
 * @returns how many were erased
 */
export function* eraseRecords(ids: readonly string[], at: number): Work<number> {
  if (ids.length === 0) return 0
  const rows = yield* all(
    q
      .selectFrom('audit_chain as c')
      .leftJoin('audit_erased as e', 'e.seq', 'c.seq')
      .select(['c.seq', 'c.record_id'])
      .where('c.record_id', 'in', ids)
      .where('e.seq', 'is', null),
  )
  if (rows.length === 0) return 0
  const records = rows.map((row) => row.record_id)
  yield* run(
    q
      .updateTable('audit_records')
      .set({
        actor_id: '',
        actor_label: erased,
        target_id: '',
        target_label: erased,
        detail: '{}',
        request_id: null,
        ip: null,
      })
      .where('id', 'in', records),
  )
  yield* run(q.updateTable('audit_chain').set({ salt: '' }).where('record_id', 'in', records))
  yield* run(q.insertInto('audit_erased').values(rows.map(({ seq }) => ({ seq, at }))))
  return rows.length
}

/** Records that somebody made, or that are about her, in the order of their ids. */
export function* recordsOf(
  subjectId: string,
  after: string,
  limit: number,
): Work<readonly { readonly id: string; readonly action: string }[]> {
  return yield* all(
    q
      .selectFrom('audit_records')
      .select(['id', 'action'])
      .where((e) => e.or([e('actor_id', '=', subjectId), e('target_id', '=', subjectId)]))
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit),
  )
}
