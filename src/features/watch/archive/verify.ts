import { Problem } from '#kernel/problem.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { all, type Work } from '#kernel/work.ts'
import { readRaw } from './raws.ts'
import { dropReadCache, readText } from './read.ts'
import { q } from './tables.ts'

export interface Damaged {
  readonly kind: 'text' | 'raw'
  readonly id: string
  readonly pageKey: string
}

/**
 * Reads everything that a collection has and compares it with its hash: what is on the disk, not what is in memory.
 * @param onProgress called after some hundred, with how many were read so far
 */
export async function verifyArchive(
  runtime: Runtime,
  collectionId: string,
  onProgress: (checked: number) => void = () => undefined,
): Promise<{ readonly checked: number; readonly damaged: readonly Damaged[] }> {
  dropReadCache(runtime.db)
  const damaged: Damaged[] = []
  let checked = 0
  for (const kind of ['text', 'raw'] as const) {
    const table = kind === 'text' ? 'watch_texts' : 'watch_raws'
    for (let after = ''; ;) {
      const rows = await runtime.db.read(() => idsAfter(table, collectionId, after))
      if (rows.length === 0) break
      for (const { id, page_key: pageKey } of rows) {
        if (!(await isWhole(runtime, kind, id))) damaged.push({ kind, id, pageKey })
        checked++
        after = id
      }
      onProgress(checked)
    }
  }
  return { checked, damaged }
}

async function isWhole(runtime: Runtime, kind: Damaged['kind'], id: string): Promise<boolean> {
  try {
    await (kind === 'text' ? readText(runtime, id) : readRaw(runtime, id))
    return true
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    // Taken away since the list was read.
    if (error.code === 'not_found') return true
    if (error.code === 'internal') return false
    throw error
  }
}

function* idsAfter(
  table: 'watch_texts' | 'watch_raws',
  collectionId: string,
  after: string,
): Work<readonly { id: string; page_key: string }[]> {
  return yield* all(
    q
      .selectFrom(table)
      .select(['id', 'page_key'])
      .where('collection_id', '=', collectionId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(200),
  )
}
