import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { ComplianceTables } from './tables.ts'

const q = queries<ComplianceTables>()

export type TypeRow = ComplianceTables['compliance_types']

export function* allTypes(): Work<readonly TypeRow[]> {
  return yield* all(q.selectFrom('compliance_types').selectAll().orderBy('event_type'))
}

export function* typeRow(eventType: string): Work<TypeRow | undefined> {
  return yield* first(
    q.selectFrom('compliance_types').selectAll().where('event_type', '=', eventType),
  )
}

export function* setType(eventType: string, change: Partial<TypeRow>): Work<void> {
  yield* run(q.updateTable('compliance_types').set(change).where('event_type', '=', eventType))
}
