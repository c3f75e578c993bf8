/** Texts and bytes of steps on their way into the archive: encoded in a thread, written in the caller's transaction. */
import type { Work } from '#kernel/work.ts'
import {
  encodeRaw,
  encodeTexts,
  writeRaw,
  writeTexts,
  type Encoded,
  type EncodedRaw,
} from '../archive/index.ts'
import type { WatchParts } from '../parts.ts'
import type { Step } from './plan.ts'
import { remember } from './recent.ts'

export interface Kept {
  readonly encoded: Encoded
  /** The steps whose texts were encoded, by page, in their order. */
  readonly texts: ReadonlyMap<string, readonly string[]>
  /** The last text of each page. */
  readonly last: ReadonlyMap<string, string>
  /** By step. */
  readonly raws: ReadonlyMap<string, EncodedRaw>
}

export interface StoredIds {
  readonly textId: string | null
  readonly rawId: string | null
}

export async function keepBytes(
  parts: WatchParts,
  collectionId: string,
  steps: readonly Step[],
): Promise<Kept> {
  const texts = new Map<string, string[]>()
  const versions = new Map<string, string[]>()
  for (const { id, version } of steps) {
    if (version.text === null) continue
    const { pageId, text } = version
    texts.set(pageId, [...(texts.get(pageId) ?? []), id])
    versions.set(pageId, [...(versions.get(pageId) ?? []), text])
  }
  const encoded = await encodeTexts(
    parts.runtime,
    collectionId,
    [...versions].map(([pageKey, list]) => ({ pageKey, versions: list })),
  )
  const last = new Map([...versions].map(([pageId, list]) => [pageId, list.at(-1) ?? '']))
  return { encoded, texts, last, raws: await encodeRaws(parts, collectionId, steps) }
}

/** Each waits for the database and maybe for a thread. */
const rawsAtOnce = 8

async function encodeRaws(
  parts: WatchParts,
  collectionId: string,
  steps: readonly Step[],
): Promise<ReadonlyMap<string, EncodedRaw>> {
  const raws = new Map<string, EncodedRaw>()
  const some = steps.flatMap(({ id, version: { pageId, raw, text } }) =>
    raw === null || text === null ? [] : [{ id, raw: { pageKey: pageId, bytes: raw, text } }],
  )
  for (let at = 0; at < some.length; at += rawsAtOnce)
    await Promise.all(
      some.slice(at, at + rawsAtOnce).map(async ({ id, raw }) => {
        raws.set(id, await encodeRaw(parts.runtime, collectionId, raw))
      }),
    )
  return raws
}

/** The ids by step. Throws `edited_meanwhile` (`isOutdated`) when other texts were stored since `keepBytes`. */
export function* writeBytes(kept: Kept): Work<ReadonlyMap<string, StoredIds>> {
  const ids = new Map<string, StoredIds>()
  for (const { pageKey, textIds } of yield* writeTexts(kept.encoded))
    for (const [at, step] of (kept.texts.get(pageKey) ?? []).entries()) {
      const textId = textIds[at]
      const raw = kept.raws.get(step)
      const rawId = raw === undefined ? null : yield* writeRaw(raw, textId)
      ids.set(step, { textId: textId ?? null, rawId })
    }
  return ids
}

/** After they were written: the next versions of these pages are compared with them. */
export function rememberTexts(parts: WatchParts, { encoded, last }: Kept): void {
  for (const { pageKey, texts } of encoded.pages) {
    const text = last.get(pageKey)
    const id = texts.at(-1)?.id
    if (text !== undefined && id !== undefined) remember(parts.runtime, id, text)
  }
}
