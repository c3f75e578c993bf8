import { sql } from 'kysely'
import { valueOf } from '#kernel/pool.ts'
import { all, queries, type Work } from '#kernel/work.ts'
import { readText } from '../archive/index.ts'
import type { WatchParts } from '../parts.ts'
import type { KeyChanges } from '../schema.ts'
import type { WatchTables } from '../tables.ts'
import { compareKeys, type PageKeys } from './compare.ts'
import type { DocumentedKey } from './find.ts'
import type { findKeys } from './task.ts'

const q = queries<WatchTables>()

/** Texts read at a time: their keys are found in one task of a thread. */
const atOnce = 50
/** Keys of texts that were looked at; a text never changes. */
const mostKnown = 20_000
const known = new Map<string, readonly DocumentedKey[]>()

/**
 * Keys of policies that came or went between two moments of a collection, over all its pages. Which policies there are is
 * not for everybody who may read documentation.
 */
export async function keysBetween(
  parts: WatchParts,
  collectionId: string,
  a: number,
  b: number,
  withPolicies: boolean,
): Promise<KeyChanges> {
  const { left, right, policies } = await parts.runtime.db.read(function* () {
    return {
      left: yield* textsAt(collectionId, a),
      right: yield* textsAt(collectionId, b),
      policies: withPolicies ? yield* parts.publishedPolicies() : [],
    }
  })
  const keys = await keysOfTexts(parts, [...left, ...right])
  const keysOf = (pages: readonly PageText[]): PageKeys[] =>
    pages.map(({ path, text_id }) => ({ page: path, keys: keys.get(text_id) ?? [] }))
  return compareKeys(keysOf(left), keysOf(right), policies)
}

interface PageText {
  readonly path: string
  readonly text_id: string
}

/** The text of every page that stood at a moment. */
function* textsAt(collectionId: string, moment: number): Work<readonly PageText[]> {
  const newest = q
    .selectFrom('watch_versions')
    .innerJoin('watch_snapshots', 'watch_snapshots.id', 'watch_versions.snapshot_id')
    .where('watch_versions.collection_id', '=', collectionId)
    .where('watch_versions.moment', '<=', moment)
    .where('watch_snapshots.state', '=', 'done')
    .groupBy('watch_versions.page_id')
    .select(['watch_versions.page_id as page_id', sql<number>`max(watch_versions.moment)`.as('at')])
    .as('newest')
  const rows = yield* all(
    q
      .selectFrom(newest)
      .innerJoin('watch_versions', (join) =>
        join
          .onRef('watch_versions.page_id', '=', 'newest.page_id')
          .onRef('watch_versions.moment', '=', 'newest.at'),
      )
      .innerJoin('watch_pages', 'watch_pages.id', 'newest.page_id')
      .select(['watch_pages.path as path', 'watch_versions.text_id as text_id'])
      .where('watch_versions.text_id', 'is not', null)
      .orderBy('watch_pages.path'),
  )
  return rows as readonly PageText[]
}

/** Of every text among them, from memory where it was looked at before. */
async function keysOfTexts(
  parts: WatchParts,
  pages: readonly PageText[],
): Promise<ReadonlyMap<string, readonly DocumentedKey[]>> {
  const wanted = [...new Set(pages.map((p) => p.text_id))]
  const keys = new Map(
    wanted.flatMap((id) => {
      const found = known.get(id)
      return found ? [[id, found] as const] : []
    }),
  )
  const missing = wanted.filter((id) => !keys.has(id))
  if (known.size > mostKnown) known.clear()
  for (let i = 0; i < missing.length; i += atOnce) {
    const ids = missing.slice(i, i + atOnce)
    const texts = await Promise.all(ids.map((id) => readText(parts.runtime, id)))
    const found = valueOf(
      await parts.runtime.pool.run<typeof findKeys>(
        new URL('./task.ts', import.meta.url),
        'findKeys',
        texts,
      ),
    )
    ids.forEach((id, at) => {
      const ofText = found[at] ?? []
      keys.set(id, ofText)
      known.set(id, ofText)
    })
  }
  return keys
}
