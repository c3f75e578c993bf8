import type { Migration } from '#kernel/migrate.ts'
import { all, notify, queries, run, type Work } from '#kernel/work.ts'

/**
 * One workspace revision stands for everything that decides a principal's effective policy. It goes up in the same
 * transaction as the change, so a process that knows the revision knows whether its picture is the present one. Each
 * slice remembers the revision at which it last changed: only that slice has to be read again.
 */
export const slices = ['people', 'policies', 'surfaces', 'enrolments'] as const
export type Slice = (typeof slices)[number]

/** The channel on which a new revision is told after the commit. */
export const revisionChannel = 'revision'

interface Tables {
  revisions: { slice: string; revision: number }
}
const q = queries<Tables>()

export type Revisions = Readonly<Record<Slice, number>>

export function* revisions(): Work<Revisions> {
  const rows = yield* all(q.selectFrom('revisions').selectAll())
  const bySlice = new Map(rows.map((r) => [r.slice, r.revision]))
  return {
    people: bySlice.get('people') ?? 0,
    policies: bySlice.get('policies') ?? 0,
    surfaces: bySlice.get('surfaces') ?? 0,
    enrolments: bySlice.get('enrolments') ?? 0,
  }
}

/** The workspace revision: the newest of its slices. */
export const newest = (r: Revisions): number => Math.max(...slices.map((s) => r[s]))

/** Call it in every transaction that changes something which goes into resolution. */
export function* bump(slice: Slice): Work<number> {
  const next = newest(yield* revisions()) + 1
  yield* run(
    q
      .insertInto('revisions')
      .values({ slice, revision: next })
      .onConflict((c) => c.column('slice').doUpdateSet({ revision: next })),
  )
  yield* notify(revisionChannel, String(next))
  return next
}

export const revisionMigration: Migration = {
  name: 'workspace-001-revisions',
  *up() {
    yield* run(
      q.schema
        .createTable('revisions')
        .addColumn('slice', 'text', (c) => c.primaryKey())
        .addColumn('revision', 'bigint', (c) => c.notNull()),
    )
  },
}
