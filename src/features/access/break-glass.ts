import { all, queries, run, type Work } from '#kernel/work.ts'
import type { MemberRow } from './tables.ts'

/**
 * Owners who get in whatever the organisation's provider says, and whom no directory reaches: for the day on which the provider
 * is down, or its administrator is the attacker.
 */
const q = queries<{
  members: Pick<MemberRow, 'id' | 'role' | 'status'> & { break_glass: number }
}>()

/** The active owners who are marked. The mark of anybody else stands for nothing. */
export function* breakGlassOwners(): Work<ReadonlySet<string>> {
  const rows = yield* all(
    q
      .selectFrom('members')
      .select('id')
      .where('break_glass', '=', 1)
      .where('role', '=', 'owner')
      .where('status', '=', 'active'),
  )
  return new Set(rows.map((row) => row.id))
}

export function* markBreakGlass(memberId: string, on: boolean): Work<void> {
  yield* run(
    q
      .updateTable('members')
      .set({ break_glass: on ? 1 : 0 })
      .where('id', '=', memberId),
  )
}
