import type { Migration } from '#kernel/migrate.ts'
import { all, notify, queries, run, type Work } from '#kernel/work.ts'

/**
 * One workspace revision stands for everything that decides a principal's effective policy. It goes up in the same
 * transaction as the change, so a process that knows the revision knows whether its picture is the present one. Each
 * slice remembers the revision at which it last changed: only that slice has to be read again.
 */
export const slices = ['people', 'roles', 'policies', 'surfaces', 'enrolments'] as const
export type Slice = (typeof slices)[number]

/** The channel on which a new revision is told after the commit. */
export const revisionChannel = 'revision'

interface Tables {
  revisions: { slice: string; revision: number }
  revision_changes: { slice: string; revision: number; previous: number; touched: string }
}
const q = queries<Tables>()

export type Revisions = Readonly<Record<Slice, number>>

export function* revisions(): Work<Revisions> {
  const rows = yield* all(q.selectFrom('revisions').selectAll())
  const bySlice = new Map(rows.map((r) => [r.slice, r.revision]))
  return {
    people: bySlice.get('people') ?? 0,
    roles: bySlice.get('roles') ?? 0,
    policies: bySlice.get('policies') ?? 0,
    surfaces: bySlice.get('surfaces') ?? 0,
    enrolments: bySlice.get('enrolments') ?? 0,
  }
}

/** The workspace revision: the newest of its slices. */
export const newest = (r: Revisions): number => Math.max(...slices.map((s) => r[s]))

/** Whom a change is about, where that is known: only their rows have to be read again. Rows that are gone are named too. */
export interface Touched {
  readonly members?: readonly string[]
  readonly groups?: readonly string[]
}

/** More changes than this behind, reading everything is no slower. */
const keptChanges = 5000

/**
 * Call it in every transaction that changes something which goes into resolution. With `touched`, those who keep the slice in
 * memory read only what that names, and nobody is woken for it: they look four times a second anyway, and a directory that
 * provisions 50,000 people makes 50,000 of these changes.
 */
export function* bump(slice: Slice, touched?: Touched): Work<number> {
  const now = yield* revisions()
  const next = newest(now) + 1
  if (touched) yield* keepChange(slice, now[slice], next, touched)
  yield* run(
    q
      .insertInto('revisions')
      .values({ slice, revision: next })
      .onConflict((c) => c.column('slice').doUpdateSet({ revision: next })),
  )
  if (!touched) yield* notify(revisionChannel, String(next))
  return next
}

function* keepChange(
  slice: Slice,
  previous: number,
  revision: number,
  { members = [], groups = [] }: Touched,
): Work<void> {
  const touched = JSON.stringify({ members, groups })
  yield* run(q.insertInto('revision_changes').values({ slice, revision, previous, touched }))
  // Now and then is often enough.
  if (revision % 100 === 0)
    yield* run(q.deleteFrom('revision_changes').where('revision', '<', revision - keptChanges))
}

/**
 * What changed in a slice between two of its revisions. Undefined: some change in between did not say, or is too long ago, so
 * that everything has to be read.
 */
export function* changesBetween(
  slice: Slice,
  from: number,
  to: number,
): Work<Required<Touched> | undefined> {
  const rows = yield* all(
    q
      .selectFrom('revision_changes')
      .selectAll()
      .where('slice', '=', slice)
      .where('revision', '>', from)
      .where('revision', '<=', to)
      .orderBy('revision'),
  )
  const members = new Set<string>()
  const groups = new Set<string>()
  let at = from
  for (const { previous, revision, touched } of rows) {
    if (previous !== at) return undefined
    at = revision
    const read = JSON.parse(touched) as Required<Touched>
    for (const id of read.members) members.add(id)
    for (const id of read.groups) groups.add(id)
  }
  return at === to ? { members: [...members], groups: [...groups] } : undefined
}

/** Without a row, a change has touched nobody in particular. */
export const changesMigration: Migration = {
  name: 'workspace-005-revision-changes',
  *up() {
    yield* run(
      q.schema
        .createTable('revision_changes')
        .addColumn('slice', 'text', (c) => c.notNull())
        .addColumn('revision', 'bigint', (c) => c.notNull())
        .addColumn('previous', 'bigint', (c) => c.notNull())
        .addColumn('touched', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('revision_changes_pk', ['slice', 'revision'] as never),
    )
  },
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
