import { setImmediate } from 'node:timers/promises'
import { valueOf } from '#kernel/pool.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { all, run, type Work } from '#kernel/work.ts'
import type { InUse } from './in-use.ts'
import type { packRaw } from './raws.task.ts'
import { readRaw } from './raws.ts'
import { q } from './tables.ts'

const task = new URL('./raws.task.ts', import.meta.url)
const rowsAtOnce = 100

/** Drops raw bytes that are not in use. What rests on them stands alone from then on. */
export async function forgetRaws(
  runtime: Runtime,
  collectionId: string,
  used: InUse,
): Promise<number> {
  let count = 0
  // The newest first: what rests on others goes before those do, so most need not be packed anew.
  for (let before: string | undefined; ;) {
    const ids = await runtime.db.read(() => idsBefore(collectionId, before))
    if (ids.length === 0) return count
    before = ids.at(-1)
    const kept = await runtime.db.read(() => used.raws(ids))
    const drop = ids.filter((id) => !kept.has(id))
    for (const { id } of await runtime.db.read(() => restingOn(drop)))
      if (!drop.includes(id)) await standAlone(runtime, id)
    count += await runtime.db.tx(() => dropUnused(drop, used))
    await setImmediate()
  }
}

async function standAlone(runtime: Runtime, id: string): Promise<void> {
  const bytes = await readRaw(runtime, id).catch((error: unknown) => {
    // What rests on damaged bytes is damaged too, and stays as it is for who wants to look at it.
    runtime.log.warn({ err: error, raw: id }, 'a stored page could not be packed anew')
    return undefined
  })
  if (bytes === undefined) return
  const data = valueOf(
    await runtime.pool.run<typeof packRaw>(task, 'packRaw', { bytes, base: undefined }),
  )
  await runtime.db.tx(() =>
    // Its depth stays: the ones that rest on it are deeper still, and only that is asked of it.
    run(q.updateTable('watch_raws').set({ base_id: null, data }).where('id', '=', id)),
  )
}

/** Whatever came to be used or rested on since it was looked at stays for the next time. */
function* dropUnused(ids: readonly string[], used: InUse): Work<number> {
  if (ids.length === 0) return 0
  const kept = yield* used.raws(ids)
  const gone = new Set(ids.filter((id) => !kept.has(id)))
  const resting = yield* restingOn([...gone])
  for (let changed = true; changed;) {
    changed = false
    for (const { id, base_id: base } of resting)
      if (!gone.has(id) && base !== null && gone.delete(base)) changed = true
  }
  if (gone.size === 0) return 0
  yield* run(q.deleteFrom('watch_raws').where('id', 'in', [...gone]))
  return gone.size
}

function* restingOn(
  ids: readonly string[],
): Work<readonly { readonly id: string; readonly base_id: string | null }[]> {
  if (ids.length === 0) return []
  return yield* all(
    q.selectFrom('watch_raws').select(['id', 'base_id']).where('base_id', 'in', ids),
  )
}

function* idsBefore(collectionId: string, before: string | undefined): Work<readonly string[]> {
  let query = q
    .selectFrom('watch_raws')
    .select('id')
    .where('collection_id', '=', collectionId)
    .orderBy('id', 'desc')
    .limit(rowsAtOnce)
  if (before !== undefined) query = query.where('id', '<', before)
  return (yield* all(query)).map(({ id }) => id)
}
