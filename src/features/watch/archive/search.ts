/** Finding lines, also those that no page has any more. */
import { setImmediate } from 'node:timers/promises'
import type { Migration } from '#kernel/migrate.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { addToSearch, createSearchIndex, removeFromSearch, search } from '#kernel/search.ts'
import { first, queries, run, type Work } from '#kernel/work.ts'
import { linesReader } from './encode.task.ts'
import { lineText } from './lines.ts'
import { readSomeLines } from './read.ts'
import { archiveOf, pageLines, textsOfPages, type ArchiveRow } from './store.ts'
import { unpackSet } from './varint.ts'

interface ProgressTables {
  /** Beside the index and, like it, in no backup: after a restore everything is indexed anew. */
  search_watch_progress: { collection_id: string; next_line: number }
}
const q = queries<ProgressTables>()
const index = 'watch_lines'

export const searchTables: readonly Migration[] = [
  {
    name: 'watch-archive-001-search',
    *up() {
      yield* createSearchIndex(index)
      yield* run(
        q.schema
          .createTable('search_watch_progress')
          .addColumn('collection_id', 'text', (c) => c.primaryKey())
          .addColumn('next_line', 'bigint', (c) => c.notNull()),
      )
    },
  },
]

/** Line numbers stay below 2^31; the archive's own number stands before them. */
const linesApart = 2 ** 31
const entryId = (archive: ArchiveRow, line: number): number => archive.number * linesApart + line

/** Lines in a transaction: some milliseconds, so that nobody waits for the index. */
const linesAtOnce = 80

/** Indexes what is not indexed yet, in small transactions, until the time is up. */
export async function indexLines(
  runtime: Runtime,
  collectionId: string,
  budgetMs: number,
): Promise<{ readonly done: boolean; readonly indexed: number }> {
  const until = performance.now() + budgetMs
  let indexed = 0
  for (;;) {
    const part = await indexPart(runtime, collectionId)
    if (part === 0) return { done: true, indexed }
    indexed += part
    if (performance.now() > until) return { done: false, indexed }
    await setImmediate()
  }
}

async function indexPart({ db }: Runtime, collectionId: string): Promise<number> {
  const { archive, from, read } = await db.read(function* () {
    const archive = yield* archiveOf(collectionId)
    const from = yield* progressOf(collectionId)
    const count = Math.max(0, Math.min(linesAtOnce, archive.next_line - from))
    const lines = Array.from({ length: count }, (_, i) => from + i)
    return { archive, from, read: yield* readSomeLines(db, collectionId, lines) }
  })
  const lines = await read()
  if (lines.size === 0) return 0
  const entries = [...lines]
    .map(([line, bytes]) => ({ id: entryId(archive, line), text: lineText(bytes) }))
    .filter(({ text }) => /[\p{L}\p{N}]/u.test(text))
  return db.tx(function* () {
    // Another process was quicker, or lines were taken away: looked at again the next time round.
    const now = yield* archiveOf(collectionId)
    if ((yield* progressOf(collectionId)) !== from || now.epoch !== archive.epoch) return lines.size
    yield* addToSearch(index, entries)
    yield* run(
      q
        .insertInto('search_watch_progress')
        .values({ collection_id: collectionId, next_line: from + lines.size })
        .onConflict((c) => c.column('collection_id').doUpdateSet({ next_line: from + lines.size })),
    )
    return lines.size
  })
}

function* progressOf(collectionId: string): Work<number> {
  const row = yield* first(
    q
      .selectFrom('search_watch_progress')
      .select('next_line')
      .where('collection_id', '=', collectionId),
  )
  return row?.next_line ?? 0
}

/** Takes lines out of the index; part of the transaction that takes them out of the archive. */
export function* unindexLines(archive: ArchiveRow, lines: readonly number[]): Work<void> {
  yield* removeFromSearch(
    index,
    lines.map((line) => entryId(archive, line)),
  )
}

export function* forgetProgress(collectionId: string): Work<void> {
  yield* run(q.deleteFrom('search_watch_progress').where('collection_id', '=', collectionId))
}

export interface FoundLine {
  readonly lineId: number
  readonly text: string
}

/**
 * Lines that have all the words of the query (`parseSearch` of the kernel), the ones first seen last first.
 * @param options.cursor what `next` of the page before was
 */
export async function searchLines(
  { db }: Runtime,
  collectionId: string,
  query: string,
  options: { readonly cursor?: number | undefined; readonly limit: number },
): Promise<{ readonly items: readonly FoundLine[]; readonly next: number | null }> {
  const { ids, read } = await db.read(function* () {
    const archive = yield* archiveOf(collectionId)
    const found = yield* search(index, query, {
      from: entryId(archive, 0),
      to: entryId(archive, options.cursor ?? archive.next_line),
      limit: options.limit + 1,
    })
    const ids = found.map((id) => id - entryId(archive, 0))
    return { ids, read: yield* readSomeLines(db, collectionId, ids.slice(0, options.limit)) }
  })
  const lines = await read()
  return {
    items: [...lines].map(([lineId, bytes]) => ({ lineId, text: lineText(bytes) })),
    next: ids.length > options.limit ? (ids[options.limit - 1] ?? null) : null,
  }
}

/** A page that has or had a line, and in which of its texts, oldest stored first. */
export interface LinePlace {
  readonly lineId: number
  readonly pageKey: string
  readonly textIds: readonly string[]
}

const pagesAtOnce = 8

/** Where lines stand or stood. When that was, the owner of the texts knows. */
export async function whereLines(
  runtime: Runtime,
  collectionId: string,
  lineIds: readonly number[],
): Promise<readonly LinePlace[]> {
  const { db } = runtime
  const wanted = new Set(lineIds)
  const keys: string[] = []
  for (const [pageKey, lines] of await db.read(() => pageLines(collectionId)))
    if (unpackSet(lines).some((line) => wanted.has(line))) keys.push(pageKey)
  const places = new Map<string, { lineId: number; pageKey: string; textIds: string[] }>()
  for (let at = 0; at < keys.length; at += pagesAtOnce) {
    const pages = await db.read(() => textsOfPages(collectionId, keys.slice(at, at + pagesAtOnce)))
    for (const [pageKey, texts] of pages) {
      const linesOf = linesReader(texts)
      for (const { id } of texts)
        for (const lineId of new Set(linesOf(id).filter((line) => wanted.has(line)))) {
          const key = `${lineId} ${pageKey}`
          const place = places.get(key) ?? { lineId, pageKey, textIds: [] }
          place.textIds.push(id)
          places.set(key, place)
        }
    }
    // A line may stand on every page: others have their turn in between.
    await setImmediate()
  }
  return [...places.values()]
}
