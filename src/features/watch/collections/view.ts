import { found } from '#kernel/problem.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { sizes } from '../archive/index.ts'
import { EXTRACTORS } from '../extract/index.ts'
import { lastSeen } from '../read/seen.ts'
import type { Collection, CollectionHead } from '../schema.ts'
import { parseSettings } from './settings.ts'
import { extractorsInUse, firstSnapshot, headRows, secretsOf, type HeadRow } from './store.ts'

/** A collection as lists show it. */
export const headView = (row: HeadRow): CollectionHead => ({
  id: row.id,
  vendor: row.vendor,
  product: row.product,
  set: row.set_name,
  language: row.language,
  path: row.path,
  title: row.title,
  paused: row.paused === 1,
  visibility: row.visibility,
  policyDocumentation: row.policy_documentation === 1,
  pages: row.pages,
  snapshots: row.snapshots,
  failing: row.failing,
  lastSnapshot: row.last,
  lastRunAt: row.last_run_at,
  nextRunAt: row.paused === 1 ? null : row.next_run_at,
  running: row.running,
  createdAt: row.created_at,
})

/** Everything but what is stored of it, which the archive counts outside a transaction. */
function* inner(id: string, memberId: string): Work<Omit<Collection, 'stored'>> {
  const row = found((yield* headRows(id))[0], 'collection')
  const extractors = yield* extractorsInUse(id)
  return {
    ...headView(row),
    ...parseSettings(row),
    sources: [...parseSettings(row).sources],
    ignore: [...parseSettings(row).ignore],
    revision: row.revision,
    secrets: (yield* secretsOf(id)).map((s) => ({
      name: s.name,
      origin: s.origin,
      setAt: s.set_at,
      setBy: s.set_by,
    })),
    extractor: (extractors.length > 0 ? extractors : [EXTRACTORS.html]).join(', '),
    lastSeen: yield* lastSeen(memberId, id),
    firstSnapshot: (yield* firstSnapshot(id)) ?? null,
  }
}

/** One collection with its settings, as the asking member sees it. Throws `not_found`. */
export async function collectionView(
  runtime: Runtime,
  id: string,
  memberId: string,
): Promise<Collection> {
  const seen = await runtime.db.read(() => inner(id, memberId))
  const stored = await sizes(runtime, id)
  return {
    ...seen,
    stored: {
      versions: stored.versions,
      textBytes: stored.textBytes,
      rawBytes: stored.rawBytes,
      indexBytes: stored.indexBytes,
    },
  }
}
