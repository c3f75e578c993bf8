import { queries, run, type Work } from '#kernel/work.ts'
import type { AuditChainTables } from './tables.ts'

const q = queries<AuditChainTables>()

type UseRow = AuditChainTables['audit_token_uses']

/** False where it was told of already. */
export function* insertUse(row: UseRow): Work<boolean> {
  const made = yield* run(
    q
      .insertInto('audit_token_uses')
      .values(row)
      .onConflict((c) => c.columns(['kind', 'id', 'address', 'since']).doNothing()),
  )
  return made === 1
}

/** What was used before is in the trail; a row only keeps a period from being told of twice. */
export function* forgetUses(before: number): Work<void> {
  yield* run(q.deleteFrom('audit_token_uses').where('since', '<', before))
}
