import type { AuditTables } from '#kernel/audit.ts'
import { all, queries, type Work } from '#kernel/work.ts'
import type { AuditChainTables } from './tables.ts'

const q = queries<AuditChainTables & AuditTables>()

export type LinkedRecord = AuditTables['audit_records'] & {
  /** Its number in the chain. */
  readonly seq: number
}

/**
 * Records behind a number of the chain, in its order: for whoever must miss none. A record is linked within a second of its
 * commit, however long ago its id was made, and none is ever linked before one that was seen.
 */
export function* linkedSince(seq: number, limit: number): Work<readonly LinkedRecord[]> {
  return yield* all(
    q
      .selectFrom('audit_chain as c')
      .innerJoin('audit_records as r', 'r.id', 'c.record_id')
      .selectAll('r')
      .select('c.seq')
      .where('c.seq', '>', seq)
      .orderBy('c.seq')
      .limit(limit),
  )
}
