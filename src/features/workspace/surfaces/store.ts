import type { Migration } from '#kernel/migrate.ts'
import { all, queries, run, type Work } from '#kernel/work.ts'
import { found } from '#kernel/problem.ts'
import { surfaceKeys, type Surface, type SurfaceKey } from './schema.ts'

interface Tables {
  surfaces: {
    key: string
    is_on: number
    message: string
    max_days: number | null
    changed_at: number | null
    changed_by: string | null
  }
}
const q = queries<Tables>()

/** Every surface, in the fixed order. One that nobody has touched is on. */
export function* surfaces(): Work<readonly Surface[]> {
  const rows = yield* all(q.selectFrom('surfaces').selectAll())
  return surfaceKeys.map((key) => {
    const row = rows.find((one) => one.key === key)
    return {
      key,
      on: row?.is_on !== 0,
      message: row?.message ?? '',
      maxDays: row?.max_days ?? null,
      changedAt: row?.changed_at ?? null,
      changedBy: row?.changed_by ?? null,
    }
  })
}

export function* surfaceByKey(key: SurfaceKey): Work<Surface> {
  return found(
    (yield* surfaces()).find((one) => one.key === key),
    'surface',
  )
}

export function* setSurface(surface: Surface): Work<void> {
  const values = {
    is_on: surface.on ? 1 : 0,
    message: surface.message,
    max_days: surface.maxDays,
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

/** The table itself was made with the workspace (workspace-002). */
export const surfaceMigrations: readonly Migration[] = [
  {
    name: 'workspace-003-longest-lifetime',
    *up() {
      yield* run(q.schema.alterTable('surfaces').addColumn('max_days', 'bigint'))
    },
  },
]
