/**
 * Makes history again with another extractor: texts are derived from the bytes that are kept, silently, page by page. What
 * has lost its bytes keeps its text, and the timeline shows the boundary.
 */
import type { Work } from '#kernel/work.ts'
import { isOutdated, encodeTexts, writeTexts } from '../archive/index.ts'
import { parseSettings, type Settings } from '../collections/settings.ts'
import { textHash } from '../noise/judge.ts'
import { countLines } from '../noise/task.ts'
import type { WatchParts } from '../parts.ts'
import { collectionById } from '../read/load.ts'
import { deriveStored, isPresent } from './extractor.ts'
import { settlePage } from './settle.ts'
import { pageRow, rederiveVersion, versionsOfPage, type PageVersion } from './store.settle.ts'
import { inTurn } from './turn.ts'

interface Rederived {
  readonly version: PageVersion
  readonly text: string
  readonly extractor: string
}

/** Makes all versions of a page again; how many are others now. */
export async function extractAgain(
  parts: WatchParts,
  collectionId: string,
  pageId: string,
): Promise<number> {
  return inTurn(parts.runtime, collectionId, async () => {
    const { db } = parts.runtime
    const row = await db.read(() => collectionById(collectionId))
    const page = await db.read(() => pageRow(pageId))
    if (row === undefined || page === undefined) return 0
    const settings = parseSettings(row)
    const made = await deriveAll(parts, settings, pageId, page.url)
    const other = await store(parts, collectionId, pageId, made)
    if (made.length > 0) await settlePage(parts, settings, pageId)
    return other
  })
}

async function deriveAll(
  parts: WatchParts,
  { extract }: Settings,
  pageId: string,
  url: string,
): Promise<readonly Rederived[]> {
  const made: Rederived[] = []
  for (const version of await parts.runtime.db.read(() => versionsOfPage(pageId))) {
    if (version.text_id === null || isPresent(version.extractor, url, extract)) continue
    const derived = await deriveStored(parts, version, url, extract)
    // A selector that finds nothing in an old layout: the text it had stays.
    if (derived !== null) made.push({ version, text: derived.text, extractor: derived.extractor })
  }
  return made
}

/** All versions of the page change in one transaction, so nobody compares an old text with a new one. */
async function store(
  parts: WatchParts,
  collectionId: string,
  pageId: string,
  made: readonly Rederived[],
): Promise<number> {
  if (made.length === 0) return 0
  const { runtime } = parts
  for (let attempt = 1; ; attempt++) {
    const encoded = await encodeTexts(runtime, collectionId, [
      { pageKey: pageId, versions: made.map(({ text }) => text) },
    ])
    try {
      return await runtime.db.tx(function* (): Work<number> {
        const [written] = yield* writeTexts(encoded)
        let other = 0
        for (const [n, { version, text, extractor }] of made.entries()) {
          const textId = written?.textIds[n] ?? version.text_id
          if (textId !== version.text_id) other++
          yield* rederiveVersion(version.id, {
            text_id: textId,
            sha256: textHash(text),
            extractor,
            lines: countLines(text),
            bytes: Buffer.byteLength(text),
          })
        }
        return other
      })
    } catch (error) {
      if (!isOutdated(error) || attempt === 10) throw error
    }
  }
}
