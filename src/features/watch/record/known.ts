/** Reads what is known of pages before something is recorded. */
import { flipWindow } from '../noise/judge.ts'
import type { WatchParts } from '../parts.ts'
import type { ExtractSettings } from '../schema.ts'
import { comparable, deriveStored } from './extractor.ts'
import type { KnownPage } from './plan.ts'
import { textOf } from './recent.ts'
import type { NewVersion } from './shapes.ts'
import { pageUrl, pagesWithVersions, versionsUpTo, type KnownVersion } from './store.ts'

/** Pages a transaction looks up: 50 take about 3 ms on SQLite, and policy fetches wait that long. */
const pagesAtOnce = 50

/**
 * The last versions of the pages up to a moment, with the newest text. Where the new version was made by another
 * extractor than the known one, also that one's text as the present extractor makes it.
 */
export async function knownPages(
  parts: WatchParts,
  versions: readonly NewVersion[],
  moment: number,
  extract: ExtractSettings,
): Promise<ReadonlyMap<string, KnownPage>> {
  const { runtime } = parts
  const first = new Map<string, NewVersion>()
  for (const version of versions) if (!first.has(version.pageId)) first.set(version.pageId, version)
  const ids = [...first.keys()]
  const known = new Map<string, KnownPage>()
  for (let at = 0; at < ids.length; at += pagesAtOnce) {
    const some = ids.slice(at, at + pagesAtOnce)
    const rows = await runtime.db.read(function* () {
      const found = new Map<string, readonly KnownVersion[]>()
      for (const id of yield* pagesWithVersions(some))
        found.set(id, yield* versionsUpTo(id, moment, flipWindow))
      return found
    })
    for (const [id, list] of rows) {
      const version = first.get(id)
      if (version !== undefined && list.length > 0)
        known.set(id, await knownPage(parts, list, version, extract))
    }
  }
  return known
}

async function knownPage(
  parts: WatchParts,
  versions: readonly KnownVersion[],
  next: NewVersion,
  extract: ExtractSettings,
): Promise<KnownPage> {
  const head = versions[0]
  if (head?.text_id === null || head === undefined) return { versions, text: null }
  const text = await textOf(parts.runtime, head.text_id)
  if (next.text === null || next.text === text || comparable(head.extractor, next.extractor))
    return { versions, text }
  const url = (await parts.runtime.db.read(() => pageUrl(next.pageId))) ?? ''
  const again = await deriveStored(parts, head, url, extract)
  // The old bytes may be of another format (HTML then, the vendor's Markdown now): still no difference to announce.
  const usable = again !== null && comparable(again.extractor, next.extractor)
  return { versions, text, rederived: usable ? again.text : null }
}
