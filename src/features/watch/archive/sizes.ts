import type { Runtime } from '#kernel/runtime.ts'
import { first, type Work } from '#kernel/work.ts'
import { q } from './tables.ts'

export interface Sizes {
  /** Lines and edits as stored. */
  readonly textBytes: number
  readonly rawBytes: number
  /** What is kept only so that lines are found again. */
  readonly indexBytes: number
  readonly versions: number
}

export const sizes = (runtime: Runtime, collectionId: string): Promise<Sizes> =>
  runtime.db.read(() => sizesOf(collectionId))

function* sizesOf(collectionId: string): Work<Sizes> {
  const texts = yield* first(
    q
      .selectFrom('watch_texts')
      .select((e) => [
        e.fn.countAll<number | string>().as('count'),
        e.fn.sum<number | string | null>(e.fn('length', ['edits'])).as('bytes'),
      ])
      .where('collection_id', '=', collectionId),
  )
  const chunks = yield* first(
    q
      .selectFrom('watch_line_chunks')
      .select((e) => e.fn.sum<number | string | null>(e.fn('length', ['data'])).as('bytes'))
      .where('collection_id', '=', collectionId),
  )
  const raws = yield* first(
    q
      .selectFrom('watch_raws')
      .select((e) => e.fn.sum<number | string | null>(e.fn('length', ['data'])).as('bytes'))
      .where('collection_id', '=', collectionId),
  )
  const pages = yield* first(
    q
      .selectFrom('watch_page_lines')
      .select((e) => e.fn.sum<number | string | null>(e.fn('length', ['lines'])).as('bytes'))
      .where('collection_id', '=', collectionId),
  )
  return {
    textBytes: Number(texts?.bytes ?? 0) + Number(chunks?.bytes ?? 0),
    rawBytes: Number(raws?.bytes ?? 0),
    indexBytes: Number(pages?.bytes ?? 0),
    versions: Number(texts?.count ?? 0),
  }
}
