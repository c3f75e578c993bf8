/**
 * Taking away what nothing refers to any more. Each step is a short transaction of its own and leaves a whole archive, so
 * it can be broken off anywhere and begun again.
 */
import { setImmediate } from 'node:timers/promises'
import { valueOf } from '#kernel/pool.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { all, run, type Work } from '#kernel/work.ts'
import { isOutdated, outdated } from './encode.ts'
import type { blankLines, rewriteTexts } from './forget.task.ts'
import { forgetRaws } from './forget.raws.ts'
import type { InUse } from './in-use.ts'
import { forgetProgress, unindexLines } from './search.ts'
import { advance, archiveOf, chunksAt, chunkSpans, pageLines, textsOfPages } from './store.ts'
import { q } from './tables.ts'
import { unpackSet } from './varint.ts'

const task = new URL('./forget.task.ts', import.meta.url)

export interface Forgotten {
  readonly texts: number
  readonly raws: number
  readonly lines: number
}

/** Drops texts and raw bytes that are not in use, then the lines that no text has any more, also from the index. */
export async function forget(
  runtime: Runtime,
  collectionId: string,
  used: InUse,
): Promise<Forgotten> {
  const raws = await forgetRaws(runtime, collectionId, used)
  let texts = 0
  for (const pageKey of await runtime.db.read(() => pagesOf(collectionId))) {
    texts += await again(() => forgetTexts(runtime, collectionId, pageKey, used))
    await setImmediate()
  }
  return { texts, raws, lines: await again(() => forgetLines(runtime, collectionId)) }
}

/** Begins anew when another writer came between. */
async function again(act: () => Promise<number>): Promise<number> {
  for (let attempt = 1; ; attempt++)
    try {
      return await act()
    } catch (error) {
      if (!isOutdated(error) || attempt === 20) throw error
    }
}

async function forgetTexts(
  runtime: Runtime,
  collectionId: string,
  pageKey: string,
  used: InUse,
): Promise<number> {
  const { archive, texts, keep } = await runtime.db.read(function* () {
    const archive = yield* archiveOf(collectionId)
    const texts = (yield* textsOfPages(collectionId, [pageKey])).get(pageKey) ?? []
    return { archive, texts, keep: yield* keptOf(texts, used) }
  })
  const drop = texts.map(({ id }) => id).filter((id) => !keep.has(id))
  if (drop.length === 0) return 0
  const { rewritten, lines } = valueOf(
    await runtime.pool.run<typeof rewriteTexts>(task, 'rewriteTexts', { texts, keep: [...keep] }),
  )
  return runtime.db.tx(function* () {
    if (!(yield* advance(archive, {}))) throw outdated()
    if ((yield* keptOf(texts, used)).size !== keep.size) throw outdated()
    for (const { id, baseId, depth, edits } of rewritten)
      yield* run(
        q.updateTable('watch_texts').set({ base_id: baseId, depth, edits }).where('id', '=', id),
      )
    for (let at = 0; at < drop.length; at += 1000)
      yield* run(q.deleteFrom('watch_texts').where('id', 'in', drop.slice(at, at + 1000)))
    yield* run(
      q
        .updateTable('watch_page_lines')
        .set({ lines })
        .where('collection_id', '=', collectionId)
        .where('page_key', '=', pageKey),
    )
    return drop.length
  })
}

function* keptOf(
  texts: readonly { readonly id: string }[],
  used: InUse,
): Work<ReadonlySet<string>> {
  const ids = texts.map(({ id }) => id)
  const kept = new Set<string>()
  for (let at = 0; at < ids.length; at += 1000) {
    const part = ids.slice(at, at + 1000)
    for (const id of yield* used.texts(part)) kept.add(id)
    const rows = yield* all(
      q.selectFrom('watch_raws').select('text_id').where('text_id', 'in', part),
    )
    for (const { text_id: id } of rows) if (id !== null) kept.add(id)
  }
  return kept
}

async function forgetLines(runtime: Runtime, collectionId: string): Promise<number> {
  const { now, spans, live } = await runtime.db.read(function* () {
    const now = yield* archiveOf(collectionId)
    const live = new Uint8Array(now.next_line)
    for (const lines of (yield* pageLines(collectionId)).values())
      for (const line of unpackSet(lines)) live[line] = 1
    return { now, spans: yield* chunkSpans(collectionId), live }
  })
  let archive = now
  let count = 0
  for (const { first, end } of spans) {
    const [chunk] = await runtime.db.read(() => chunksAt(collectionId, [first]))
    if (chunk?.lines !== end - first) throw outdated()
    const blanked = valueOf(
      await runtime.pool.run<typeof blankLines>(task, 'blankLines', {
        chunk,
        live: live.subarray(first, end),
        full: first < archive.tail_line,
      }),
    )
    if (blanked === null) continue
    const { bytes, data, gone } = blanked
    const before = archive
    await runtime.db.tx(function* () {
      if (!(yield* advance(before, { epoch: before.epoch + 1 }))) throw outdated()
      yield* run(
        q
          .updateTable('watch_line_chunks')
          .set({ bytes, data, squeezed: 0 })
          .where('collection_id', '=', collectionId)
          .where('first_line', '=', first),
      )
      yield* unindexLines(before, gone)
    })
    archive = { ...before, revision: before.revision + 1, epoch: before.epoch + 1 }
    count += gone.length
  }
  return count
}

function* pagesOf(collectionId: string): Work<readonly string[]> {
  const rows = yield* all(
    q
      .selectFrom('watch_page_lines')
      .select('page_key')
      .where('collection_id', '=', collectionId)
      .orderBy('page_key'),
  )
  return rows.map((row) => row.page_key)
}

/** Rows that a transaction takes away. */
const rowsAtOnce = 500

/** Takes a whole archive away, bit by bit; to be begun again when it was broken off. */
export async function dropArchive(runtime: Runtime, collectionId: string): Promise<void> {
  const { db } = runtime
  for (const table of ['watch_raws', 'watch_texts'] as const)
    for (let left = true; left;) {
      left = await db.tx(function* () {
        const rows = yield* all(
          q
            .selectFrom(table)
            .select('id')
            .where('collection_id', '=', collectionId)
            .limit(rowsAtOnce),
        )
        if (rows.length === 0) return false
        const ids = rows.map(({ id }) => id)
        yield* run(q.deleteFrom(table).where('id', 'in', ids))
        return true
      })
      await setImmediate()
    }
  const archive = await db.read(() => archiveOf(collectionId))
  for (let from = 0; from < archive.next_line; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, archive.next_line - from)
    const lines = Array.from({ length: count }, (_, i) => from + i)
    await db.tx(() => unindexLines(archive, lines))
    await setImmediate()
  }
  await db.tx(function* () {
    for (const table of ['watch_line_chunks', 'watch_page_lines', 'watch_archives'] as const)
      yield* run(q.deleteFrom(table).where('collection_id', '=', collectionId))
    yield* forgetProgress(collectionId)
  })
}
