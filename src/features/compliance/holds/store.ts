import { contains } from '#kernel/like.ts'
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { ComplianceTables } from '../tables.ts'
import { speaksOf, type Said, type Subject } from './speaks.ts'

const q = queries<ComplianceTables>()

export type HoldRow = ComplianceTables['compliance_holds']

export function* insertHold(row: HoldRow): Work<void> {
  yield* run(q.insertInto('compliance_holds').values(row))
}

export function* holdById(id: string): Work<HoldRow | undefined> {
  return yield* first(q.selectFrom('compliance_holds').selectAll().where('id', '=', id))
}

/** Newest first. */
export function* allHolds(): Work<readonly HoldRow[]> {
  return yield* all(q.selectFrom('compliance_holds').selectAll().orderBy('id', 'desc'))
}

/** Those that hold. */
export function* openHolds(): Work<readonly HoldRow[]> {
  return (yield* allHolds()).filter((hold) => hold.released_at === null)
}

export function* releaseHold(id: string, at: number, by: string): Work<void> {
  yield* run(
    q
      .updateTable('compliance_holds')
      .set({ released_at: at, released_by: by })
      .where('id', '=', id),
  )
}

export interface HeldLine extends Said {
  readonly line: number
}

/** Lines of a file that speak of somebody and are not erased. */
export function* linesOf(fileId: string, subject: Subject): Work<readonly HeldLine[]> {
  const rows = yield* all(
    q
      .selectFrom('compliance_payloads')
      .select(['line', 'subject_id', 'about_id', 'payload'])
      .where('file_id', '=', fileId)
      .where('payload', 'is not', null)
      .where((e) =>
        e.or([
          e('subject_id', '=', subject.id),
          e('about_id', '=', subject.id),
          ...[subject.id, ...subject.names].map((name) =>
            contains(e.fn('lower', ['payload']), name.toLowerCase()),
          ),
        ]),
      )
      .orderBy('line'),
  )
  const speaks = speaksOf(subject)
  return rows
    .map(({ payload, ...row }) => ({ ...row, payload: payload ?? '' }))
    .filter((row) => speaks(row))
}
