import { valueOf } from '#kernel/pool.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { packBest } from './pack.task.ts'
import { looseChunk, repack } from './store.ts'

const task = new URL('./pack.task.ts', import.meta.url)

/**
 * Packs full chunks as well as it goes, one after the other in a thread, until the time is up. Nothing else changes, so
 * it may be stopped at any moment and run beside everything.
 */
export async function squeeze(
  runtime: Runtime,
  collectionId: string,
  budgetMs: number,
): Promise<{ readonly done: boolean; readonly squeezed: number }> {
  const until = performance.now() + budgetMs
  let squeezed = 0
  for (;;) {
    const chunk = await runtime.db.read(() => looseChunk(collectionId))
    if (chunk === undefined) return { done: true, squeezed }
    if (performance.now() > until) return { done: false, squeezed }
    const data = valueOf(await runtime.pool.run<typeof packBest>(task, 'packBest', chunk))
    await runtime.db.tx(() => repack(collectionId, chunk, data))
    squeezed++
  }
}
