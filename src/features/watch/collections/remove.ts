import type { Job } from '#kernel/jobs.ts'
import { first, queries, run, type Work } from '#kernel/work.ts'
import { dropArchive } from '../archive/index.ts'
import type { WatchParts } from '../parts.ts'
import type { WatchTables } from '../tables.ts'

export const removeJob = 'watch.remove'

/** Rows that one transaction takes away: 500 take a few ms on SQLite, and policy fetches wait that long. */
const atOnce = 500

const q = queries<WatchTables>()

/** In an order in which nothing that is left refers to what goes. */
const tables = [
  'watch_versions',
  'watch_failures',
  'watch_runs',
  'watch_pages',
  'watch_snapshots',
  'watch_imports',
] as const

/**
 * Clears away what a deleted collection leaves, bit by bit; its address was free at once. Safe to run twice and to be
 * ended at any moment.
 */
export const removal = ({ runtime }: WatchParts): Job => ({
  name: removeJob,
  async handle(payload) {
    const id = String(payload)
    if (!(await runtime.db.read(() => isDeleted(id)))) return
    for (const table of tables) while (await runtime.db.tx(() => clearSome(table, id))) continue
    await dropArchive(runtime, id)
    await runtime.db.tx(() => clearRest(id))
  },
})

function* isDeleted(id: string): Work<boolean> {
  const row = yield* first(
    q.selectFrom('watch_collections').select('deleted_at').where('id', '=', id),
  )
  return row !== undefined && row.deleted_at !== null
}

/** True while there may be more. */
function* clearSome(table: (typeof tables)[number], collectionId: string): Work<boolean> {
  const some = q
    .selectFrom(table)
    .select('id')
    .where('collection_id', '=', collectionId)
    .limit(atOnce)
  return (yield* run(q.deleteFrom(table).where('id', 'in', some))) === atOnce
}

function* clearRest(id: string): Work<void> {
  yield* run(q.deleteFrom('watch_secrets').where('collection_id', '=', id))
  yield* run(q.deleteFrom('watch_import_files').where('collection_id', '=', id))
  yield* run(q.deleteFrom('watch_seen').where('collection_id', '=', id))
  yield* run(q.deleteFrom('watch_collections').where('id', '=', id))
}
