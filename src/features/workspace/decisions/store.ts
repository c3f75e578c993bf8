import type { Migration } from '#kernel/migrate.ts'
import { all, queries, run, type Work } from '#kernel/work.ts'
import type { DecisionValue } from './schema.catalogue.ts'

/** One version of one decision; never changed. The newest is the one that counts. */
export interface DecisionRow {
  readonly key: string
  readonly number: number
  /** JSON of a `DecisionValue`. */
  readonly value: string
  readonly owner_id: string
  /** As she was called then: shown when there is no such member any more. */
  readonly owner_label: string
  readonly reason: string
  readonly review_at: number | null
  readonly made_at: number
  readonly made_by: string
}
interface Tables {
  decision_versions: DecisionRow
}
const q = queries<Tables>()

export const valueOf = (row: DecisionRow): DecisionValue => JSON.parse(row.value) as DecisionValue

/** All versions of all decisions, newest first: a dozen decisions, changed a few times a year. */
export function* allVersions(): Work<readonly DecisionRow[]> {
  return yield* all(q.selectFrom('decision_versions').selectAll().orderBy('number', 'desc'))
}

export function* versionsOf(key: string): Work<readonly DecisionRow[]> {
  return yield* all(
    q.selectFrom('decision_versions').selectAll().where('key', '=', key).orderBy('number', 'desc'),
  )
}

export function* insertVersion(row: DecisionRow): Work<void> {
  yield* run(q.insertInto('decision_versions').values(row))
}

/** The label of a member who is forgotten: what she decided stays, her name does not. */
export function* forgetOwner(memberId: string): Work<void> {
  yield* run(
    q
      .updateTable('decision_versions')
      .set({ owner_label: 'a deleted member' })
      .where('owner_id', '=', memberId),
  )
}

export const decisionMigrations: readonly Migration[] = [
  {
    name: 'workspace-004-decisions',
    *up() {
      yield* run(
        q.schema
          .createTable('decision_versions')
          .addColumn('key', 'text', (c) => c.notNull())
          .addColumn('number', 'bigint', (c) => c.notNull())
          .addColumn('value', 'text', (c) => c.notNull())
          .addColumn('owner_id', 'text', (c) => c.notNull())
          .addColumn('owner_label', 'text', (c) => c.notNull())
          .addColumn('reason', 'text', (c) => c.notNull())
          .addColumn('review_at', 'bigint')
          .addColumn('made_at', 'bigint', (c) => c.notNull())
          .addColumn('made_by', 'text', (c) => c.notNull())
          .addPrimaryKeyConstraint('decision_versions_pk', ['key', 'number']),
      )
    },
  },
]
