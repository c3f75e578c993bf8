/** Texts for comparing: read from the archive, and where it is much, compared in a thread. */
import { valueOf } from '#kernel/pool.ts'
import { readText } from '../archive/index.ts'
import type { WatchParts } from '../parts.ts'
import type { CollectionRow } from './load.ts'
import { parseSettings } from '../collections/settings.ts'
import type { IgnoreRule } from '../schema.ts'

/** The text of a version; null where there is none. */
export async function textOf(parts: WatchParts, textId: string | null): Promise<string | null> {
  return textId === null ? null : readText(parts.runtime, textId)
}

export const rulesOf = (collection: CollectionRow): readonly IgnoreRule[] =>
  parseSettings(collection).ignore

/**
 * Characters that are compared on the spot. Handing a task to a thread and its answer back costs about a millisecond, and
 * a comparison of this size two; larger ones would keep policy fetches waiting.
 */
const onTheSpot = 200_000

/** Runs a pure task here when it is small, in a thread when it is large. */
export async function compute<Input, Output>(
  parts: WatchParts,
  task: { readonly run: (input: Input) => Output; readonly name: string; readonly url: URL },
  input: Input,
  characters: number,
): Promise<Output> {
  if (characters <= onTheSpot) return task.run(input)
  return valueOf(
    await parts.runtime.pool.run<(input: never) => Output>(task.url, task.name, input as never),
  )
}
