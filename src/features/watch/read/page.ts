/** One page at one moment: its text, its HTML, its bytes, and since when each line stands. */
import { valueOf } from '#kernel/pool.ts'
import { Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { readLines, readManyIds } from '../archive/index.ts'
import { renderInThread } from '../extract/index.ts'
import type { WatchParts } from '../parts.ts'
import type { Blame } from '../schema.ts'
import type { blameTask } from './blame.task.ts'
import {
  newestSnapshot,
  pageAt,
  snapshotByStamp,
  versionAt,
  versionsUntil,
  type CollectionRow,
  type DatedVersion,
  type PageRow,
} from './load.ts'

export interface PageThen {
  readonly page: PageRow
  readonly version: DatedVersion & { readonly text_id: string; readonly sha256: string }
}

/** A page as it was at a snapshot, the newest when none is named. Throws `not_found` when it was not there then. */
export function* pageThen(
  collection: CollectionRow,
  path: string,
  stamp: string | undefined,
): Work<PageThen> {
  const page = yield* pageAt(collection.id, path)
  const snapshot =
    stamp === undefined
      ? yield* newestSnapshot(collection.id)
      : yield* snapshotByStamp(collection.id, stamp)
  const version = snapshot && (yield* versionAt(page.id, snapshot.moment))
  const { text_id, sha256 } = version ?? {}
  if (version === undefined || text_id == null || sha256 == null)
    throw new Problem('not_found', notThere(version, stamp), {
      remedy: 'Look into the history of the page for when it was there.',
    })
  return { page, version: { ...version, text_id, sha256 } }
}

const notThere = (version: DatedVersion | undefined, stamp: string | undefined): string => {
  if (version !== undefined) return `The page is gone since ${version.stamp}.`
  return stamp === undefined ? 'The page was never fetched.' : `There was no such page at ${stamp}.`
}

/** Sanitised HTML. In a thread: even a page of 100 KB takes longer than a policy fetch may wait. */
export const htmlOf = ({ runtime }: WatchParts, markdown: string): Promise<string> =>
  renderInThread(runtime.pool, markdown)

/** Versions that blame goes back over. Lines that are older are said to stand since the first of them. */
export const blamedVersions = 1000

const task = new URL('./blame.task.ts', import.meta.url)

/** Since when each line of a version stands. */
export async function blameOf(parts: WatchParts, { page, version }: PageThen): Promise<Blame> {
  const { runtime } = parts
  const versions = await runtime.db.read(() =>
    versionsUntil(page.id, version.moment, blamedVersions),
  )
  // A page that was gone for a while comes back with its lines: they stand since they first came.
  const present = versions.flatMap((v) => (v.text_id === null ? [] : [{ ...v, id: v.text_id }]))
  const ids = await readManyIds(
    runtime,
    present.map(({ id }) => id),
  )
  const { lines } = await readLines(runtime, version.text_id)
  const since = valueOf(
    await runtime.pool.run<typeof blameTask>(task, 'blameTask', ids as Int32Array[]),
  )
  return {
    page: page.path,
    stamp: version.stamp,
    lines: lines.map((line, index) => {
      const from = present[since[index] ?? 0] ?? version
      return {
        line: index + 1,
        text: line.endsWith('\n') ? line.slice(0, -1) : line,
        since: from.stamp,
        at: from.at,
      }
    }),
  }
}
