import { found } from '#kernel/problem.ts'
import type { Migration } from '#kernel/migrate.ts'
import { first, queries, run, type Work } from '#kernel/work.ts'
import type { Workspace } from './schema.ts'

interface Tables {
  workspace: { id: string; name: string; created_at: number }
}
const q = queries<Tables>()

/** The one workspace; undefined before the first run is over. */
export function* theWorkspace(): Work<Workspace | undefined> {
  const row = yield* first(q.selectFrom('workspace').selectAll())
  return row && { id: row.id, name: row.name, createdAt: row.created_at }
}

export function* insertWorkspace(workspace: Workspace): Work<void> {
  yield* run(
    q
      .insertInto('workspace')
      .values({ id: workspace.id, name: workspace.name, created_at: workspace.createdAt }),
  )
}

export function* renameWorkspace(name: string): Work<Workspace> {
  yield* run(q.updateTable('workspace').set({ name }))
  return found(yield* theWorkspace(), 'workspace')
}

export const workspaceMigration: Migration = {
  name: 'workspace-002-workspace',
  *up() {
    yield* run(
      q.schema
        .createTable('workspace')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        // Always 1: a second workspace row breaks the key, whoever tries to make it at the same moment.
        .addColumn('single', 'bigint', (c) => c.notNull().defaultTo(1).unique()),
    )
    yield* run(
      q.schema
        .createTable('surfaces')
        .addColumn('key', 'text', (c) => c.primaryKey())
        .addColumn('is_on', 'bigint', (c) => c.notNull())
        .addColumn('message', 'text', (c) => c.notNull())
        .addColumn('changed_at', 'bigint')
        .addColumn('changed_by', 'text'),
    )
  },
}
