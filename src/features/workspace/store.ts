import { found } from '#kernel/problem.ts'
import type { Migration } from '#kernel/migrate.ts'
import { first, queries, run, type Work } from '#kernel/work.ts'
import { surfaceKeys, type Surface, type Workspace } from './schema.ts'

interface Tables {
  workspace: { id: string; name: string; created_at: number }
  surfaces: {
    key: string
    is_on: number
    message: string
    changed_at: number | null
    changed_by: string | null
  }
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

/** Every surface, in the fixed order. */
export function* surfaces(): Work<readonly Surface[]> {
  const list: Surface[] = []
  for (const key of surfaceKeys) list.push(yield* surfaceByKey(key))
  return list
}

/** A surface that nobody has touched is on. */
export function* surfaceByKey(key: Surface['key']): Work<Surface> {
  const row = yield* first(q.selectFrom('surfaces').selectAll().where('key', '=', key))
  return {
    key,
    on: row?.is_on !== 0,
    message: row?.message ?? '',
    changedAt: row?.changed_at ?? null,
    changedBy: row?.changed_by ?? null,
  }
}

export function* setSurface(surface: Surface): Work<void> {
  const values = {
    is_on: surface.on ? 1 : 0,
    message: surface.message,
    changed_at: surface.changedAt,
    changed_by: surface.changedBy,
  }
  yield* run(
    q
      .insertInto('surfaces')
      .values({ key: surface.key, ...values })
      .onConflict((c) => c.column('key').doUpdateSet(values)),
  )
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
