import type { Runtime } from '#kernel/runtime.ts'
import { indexLines, squeeze } from '../archive/index.ts'

/** Indexes and packs until the time is up; whether all is done. Runs beside the thread that answers requests. */
export async function tidySome(
  runtime: Runtime,
  { collectionId, budgetMs }: { readonly collectionId: string; readonly budgetMs: number },
): Promise<boolean> {
  const indexed = await indexLines(runtime, collectionId, budgetMs)
  return indexed.done && (await squeeze(runtime, collectionId, budgetMs)).done
}
