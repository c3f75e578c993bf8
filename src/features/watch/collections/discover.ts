import type { z } from 'zod'
import { extractSettings, type discoverRequest, type Discovery } from '../schema.ts'
import type { WatchParts } from '../parts.ts'
import type { GoingOut } from '../runs/going-out.ts'
import { listSource } from '../runs/listing.ts'
import { triesOf } from '../runs/tries.ts'

/** Pages that the answer lists. */
const shown = 200
/** Following links for somebody who waits: what was found until then is told. */
const bounds = { pages: 200, ms: 30_000 }

/** What a source would bring in, found out now. Nothing is stored, and no secrets are sent. */
export async function discover(
  { runtime }: WatchParts,
  going: GoingOut,
  { source, fetch }: z.output<typeof discoverRequest>,
  signal: AbortSignal,
): Promise<Discovery> {
  await going.refresh()
  const extract = extractSettings.parse({ preferMarkdown: false })
  const list = await listSource(
    {
      checking: triesOf(runtime.pool, going, fetch, extract, signal),
      exceptions: going.exceptions(),
      bounds,
      knownAt: () => null,
      git: { pool: going.gitPool, commitOf: () => null, filesOf: () => new Map() },
    },
    { ...source, id: 'tried' },
  )
  if (!list.ok) {
    const { kind, status, message, remedy } = list.failure
    const failure = { kind, status, message, remedy }
    return { ok: false, failure, found: 0, pages: [], leftOut: 0 }
  }
  return {
    ok: true,
    failure: null,
    found: list.pages.length,
    pages: list.pages.slice(0, shown).map(({ url, path, title, checked }) => ({
      url,
      path,
      title: title ?? (checked?.is === 'read' ? checked.title : null),
    })),
    leftOut: list.leftOut,
  }
}
