import { all, first, repeated, run, runAgain, type Work } from '#kernel/work.ts'
import type { ChunkRow, EncodedPage, KnownText, NewChunk } from './encode.task.ts'
import { q, type ArchiveTables } from './tables.ts'

export type ArchiveRow = ArchiveTables['watch_archives']

export const noArchive = (collectionId: string): ArchiveRow => ({
  collection_id: collectionId,
  number: 0,
  revision: 0,
  epoch: 0,
  token: '',
  next_line: 0,
  tail_line: 0,
})

/** The archive's row; one without content when nothing was ever stored. */
export function* archiveOf(collectionId: string): Work<ArchiveRow> {
  const row = yield* first(
    q.selectFrom('watch_archives').selectAll().where('collection_id', '=', collectionId),
  )
  return row ?? noArchive(collectionId)
}

/** Writes the row of an archive that is at `revision`; false when it is not any more. */
export function* advance(
  archive: ArchiveRow,
  change: Partial<Pick<ArchiveRow, 'epoch' | 'token' | 'next_line' | 'tail_line'>>,
): Work<boolean> {
  const revision = archive.revision + 1
  if (archive.revision > 0)
    return (
      (yield* run(
        q
          .updateTable('watch_archives')
          .set({ ...change, revision })
          .where('collection_id', '=', archive.collection_id)
          .where('revision', '=', archive.revision),
      )) === 1
    )
  const present = yield* archiveOf(archive.collection_id)
  if (present.revision !== 0) return false
  const { last } = (yield* first(
    q.selectFrom('watch_archives').select((e) => e.fn.max('number').as('last')),
  )) ?? { last: null }
  yield* run(
    q
      .insertInto('watch_archives')
      .values({ ...archive, ...change, revision, number: (last ?? 0) + 1 }),
  )
  return true
}

/** Chunks with lines from this one on. */
export function* chunksFrom(collectionId: string, line: number): Work<readonly ChunkRow[]> {
  const rows = yield* all(
    q
      .selectFrom('watch_line_chunks')
      .select(['first_line as first', 'lines', 'bytes', 'data'])
      .where('collection_id', '=', collectionId)
      .where((e) => e(e('first_line', '+', e.ref('lines')), '>', line))
      .orderBy('first_line'),
  )
  return rows
}

/** Where each chunk starts and ends, in order. */
export function* chunkSpans(
  collectionId: string,
): Work<readonly { readonly first: number; readonly end: number }[]> {
  const rows = yield* all(
    q
      .selectFrom('watch_line_chunks')
      .select(['first_line', 'lines'])
      .where('collection_id', '=', collectionId)
      .orderBy('first_line'),
  )
  return rows.map(({ first_line: first, lines }) => ({ first, end: first + lines }))
}

export function* chunksAt(
  collectionId: string,
  firstLines: readonly number[],
): Work<readonly ChunkRow[]> {
  if (firstLines.length === 0) return []
  return yield* all(
    q
      .selectFrom('watch_line_chunks')
      .select(['first_line as first', 'lines', 'bytes', 'data'])
      .where('collection_id', '=', collectionId)
      .where('first_line', 'in', firstLines),
  )
}

/** Puts these chunks in the place of all from the first one's first line on. */
export function* replaceChunks(collectionId: string, chunks: readonly NewChunk[]): Work<void> {
  const [head] = chunks
  if (head === undefined) return
  yield* run(
    q
      .deleteFrom('watch_line_chunks')
      .where('collection_id', '=', collectionId)
      .where('first_line', '>=', head.first),
  )
  for (const { first: firstLine, lines, bytes, data } of chunks)
    yield* run(
      q.insertInto('watch_line_chunks').values({
        collection_id: collectionId,
        first_line: firstLine,
        lines,
        bytes,
        squeezed: 0,
        data,
      }),
    )
}

/** A full chunk that is not packed as well as it goes. */
export function* looseChunk(collectionId: string): Work<ChunkRow | undefined> {
  const { tail_line: tail } = yield* archiveOf(collectionId)
  return yield* first(
    q
      .selectFrom('watch_line_chunks')
      .select(['first_line as first', 'lines', 'bytes', 'data'])
      .where('collection_id', '=', collectionId)
      .where('squeezed', '=', 0)
      .where('first_line', '<', tail)
      .orderBy('first_line')
      .limit(1),
  )
}

/** Takes the better packed data of a chunk, unless its lines are others by now. */
export function* repack(collectionId: string, was: ChunkRow, data: Uint8Array): Work<void> {
  const [now] = yield* chunksAt(collectionId, [was.first])
  if (now === undefined || Buffer.compare(now.data, was.data) !== 0) return
  yield* run(
    q
      .updateTable('watch_line_chunks')
      .set(data.length < was.data.length ? { squeezed: 1, data } : { squeezed: 1 })
      .where('collection_id', '=', collectionId)
      .where('first_line', '=', was.first),
  )
}

export interface TextRow extends KnownText {
  readonly pageKey: string
  readonly bytes: number
  readonly lines: number
}
type Selected = Pick<
  ArchiveTables['watch_texts'],
  'id' | 'sha256' | 'base_id' | 'depth' | 'edits' | 'page_key' | 'bytes' | 'lines'
>
const toText = (row: Selected): TextRow => ({
  id: row.id,
  sha256: Buffer.from(row.sha256).toString('hex'),
  baseId: row.base_id,
  depth: row.depth,
  edits: row.edits,
  pageKey: row.page_key,
  bytes: row.bytes,
  lines: row.lines,
})

/** All texts of some pages, oldest first. */
export function* textsOfPages(
  collectionId: string,
  pageKeys: readonly string[],
): Work<ReadonlyMap<string, readonly TextRow[]>> {
  const byPage = new Map<string, TextRow[]>(pageKeys.map((key) => [key, []]))
  if (pageKeys.length === 0) return byPage
  const rows = yield* all(
    q
      .selectFrom('watch_texts')
      .select(['id', 'sha256', 'base_id', 'depth', 'edits', 'page_key', 'bytes', 'lines'])
      .where('collection_id', '=', collectionId)
      .where('page_key', 'in', pageKeys)
      .orderBy('id'),
  )
  for (const row of rows) byPage.get(row.page_key)?.push(toText(row))
  return byPage
}

/** Texts with everything their edits rest on: one look-up a step by primary key, {@link deepest} at most. */
export function* textChains(
  ids: readonly string[],
): Work<readonly (TextRow & { readonly collectionId: string })[]> {
  if (ids.length === 0) return []
  const rows = yield* all(
    q
      .withRecursive('chain', (e) =>
        e
          .selectFrom('watch_texts')
          .select(['id', 'base_id'])
          .where('id', 'in', ids)
          .union(
            e
              .selectFrom('watch_texts as t')
              .innerJoin('chain as c', 't.id', 'c.base_id')
              .select(['t.id', 't.base_id']),
          ),
      )
      .selectFrom('chain')
      .innerJoin('watch_texts as x', 'x.id', 'chain.id')
      .select([
        'x.id',
        'x.sha256',
        'x.base_id',
        'x.depth',
        'x.edits',
        'x.page_key',
        'x.bytes',
        'x.lines',
        'x.collection_id',
      ]),
  )
  return rows.map((row) => ({ ...toText(row), collectionId: row.collection_id }))
}

export function* pageLines(
  collectionId: string,
  pageKeys?: readonly string[],
): Work<ReadonlyMap<string, Uint8Array>> {
  if (pageKeys?.length === 0) return new Map()
  let query = q
    .selectFrom('watch_page_lines')
    .select(['page_key', 'lines'])
    .where('collection_id', '=', collectionId)
  if (pageKeys !== undefined) query = query.where('page_key', 'in', pageKeys)
  return new Map((yield* all(query)).map((row) => [row.page_key, row.lines]))
}

const pageLinesInsert = repeated(
  q
    .insertInto('watch_page_lines')
    .values({ collection_id: '', page_key: '', lines: Buffer.of() })
    .onConflict((c) =>
      c
        .columns(['collection_id', 'page_key'])
        .doUpdateSet((e) => ({ lines: e.ref('excluded.lines') })),
    ),
)

export const setPageLines = (
  collectionId: string,
  pageKey: string,
  lines: Uint8Array,
): Work<number> => runAgain(pageLinesInsert, [collectionId, pageKey, lines])

const textInsert = repeated(
  q.insertInto('watch_texts').values({
    id: '',
    collection_id: '',
    page_key: '',
    sha256: Buffer.of(),
    bytes: 0,
    lines: 0,
    base_id: '',
    depth: 0,
    edits: Buffer.of(),
  }),
)

export function* insertTexts(collectionId: string, pages: readonly EncodedPage[]): Work<void> {
  for (const { pageKey, texts } of pages)
    for (const { id, fresh } of texts)
      if (fresh !== null)
        yield* runAgain(textInsert, [
          id,
          collectionId,
          pageKey,
          fresh.sha256,
          fresh.bytes,
          fresh.lines,
          fresh.baseId,
          fresh.depth,
          fresh.edits,
        ])
}
