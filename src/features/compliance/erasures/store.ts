import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { HeldLine } from '../holds/store.ts'
import type { FileRow } from '../store.files.ts'
import type { ComplianceTables } from '../tables.ts'

const q = queries<ComplianceTables>()

export type ErasureRow = ComplianceTables['compliance_erasures']

export function* insertErasure(row: ErasureRow): Work<void> {
  yield* run(q.insertInto('compliance_erasures').values(row))
}

export function* erasureById(id: string): Work<ErasureRow | undefined> {
  return yield* first(q.selectFrom('compliance_erasures').selectAll().where('id', '=', id))
}

/** Newest first. */
export function* allErasures(): Work<readonly ErasureRow[]> {
  return yield* all(q.selectFrom('compliance_erasures').selectAll().orderBy('id', 'desc'))
}

export function* setErasure(id: string, change: Partial<ErasureRow>): Work<void> {
  yield* run(q.updateTable('compliance_erasures').set(change).where('id', '=', id))
}

/** The newest line by or about somebody: what she was called in it. */
export function* newestLineOf(subjectId: string): Work<string | undefined> {
  for (const column of ['subject_id', 'about_id'] as const) {
    const row = yield* first(
      q
        .selectFrom('compliance_payloads')
        .select('payload')
        .where(column, '=', subjectId)
        .where('payload', 'is not', null)
        .orderBy('event_id', 'desc')
        .limit(1),
    )
    if (row?.payload != null) return row.payload
  }
  return undefined
}

/** Files with lines by or about somebody that are not erased. */
export function* filesOf(subjectId: string): Work<readonly FileRow[]> {
  const lines = q.selectFrom('compliance_payloads').select('file_id').where('payload', 'is not', null) // prettier-ignore
  return yield* all(
    q
      .selectFrom('compliance_files')
      .selectAll()
      .where((e) =>
        e.or([
          e('id', 'in', lines.where('subject_id', '=', subjectId)),
          e('id', 'in', lines.where('about_id', '=', subjectId)),
        ]),
      )
      .orderBy('number'),
  )
}

/** Files that are there behind a number. */
export function* filesAfter(number: number, limit: number): Work<readonly FileRow[]> {
  return yield* all(
    q
      .selectFrom('compliance_files')
      .selectAll()
      .where('number', '>', number)
      .where('deleted_at', 'is', null)
      .orderBy('number')
      .limit(limit),
  )
}

/** What these lines tell of; of a file of the audit trail, the ids of its records. */
export function* eventsOf(fileId: string, lines: readonly HeldLine[]): Work<readonly string[]> {
  if (lines.length === 0) return []
  const rows = yield* all(
    q
      .selectFrom('compliance_payloads')
      .select('event_id')
      .where('file_id', '=', fileId)
      .where(
        'line',
        'in',
        lines.map(({ line }) => line),
      ),
  )
  return rows.map((row) => row.event_id)
}

/** Which of these events a file still tells of. */
export function* keptEvents(ids: readonly string[]): Work<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const rows = yield* all(
    q
      .selectFrom('compliance_payloads')
      .select('event_id')
      .where('event_id', 'in', ids)
      .where('payload', 'is not', null),
  )
  return new Set(rows.map((row) => row.event_id))
}

/** Takes salt and payload of these lines away. Returns how many had them. */
export function* eraseLines(fileId: string, lines: readonly HeldLine[]): Work<number> {
  if (lines.length === 0) return 0
  const erased = yield* run(
    q
      .updateTable('compliance_payloads')
      .set({ salt: null, payload: null, subject_id: '', about_id: '' })
      .where('file_id', '=', fileId)
      .where(
        'line',
        'in',
        lines.map(({ line }) => line),
      )
      .where('payload', 'is not', null),
  )
  yield* run(
    q
      .updateTable('compliance_files')
      .set((e) => ({ erased_lines: e('erased_lines', '+', erased) }))
      .where('id', '=', fileId),
  )
  return erased
}
