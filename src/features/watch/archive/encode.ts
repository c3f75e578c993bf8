/** Storing texts: encoded in a thread, written in the caller's transaction. */
import { valueOf } from '#kernel/pool.ts'
import { Problem } from '#kernel/problem.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { encode, EncodedPage, EncodeInput, NewChunk } from './encode.task.ts'
import {
  advance,
  archiveOf,
  chunksFrom,
  insertTexts,
  pageLines,
  replaceChunks,
  setPageLines,
  textsOfPages,
  type ArchiveRow,
} from './store.ts'

const task = new URL('./encode.task.ts', import.meta.url)

/** Versions of one page that are not stored yet, oldest first. Where they belong in time, the archive need not know. */
export interface NewVersions {
  readonly pageKey: string
  readonly versions: readonly string[]
}

/** What {@link writeTexts} writes. Holds for the archive as it was when it was made. */
export interface Encoded {
  readonly archive: ArchiveRow
  readonly token: string
  readonly nextLine: number
  readonly tailLine: number
  readonly chunks: readonly NewChunk[]
  readonly pages: readonly EncodedPage[]
}

export interface WrittenPage {
  readonly pageKey: string
  /** An id for each version, in their order. The same text of a page has the same id. */
  readonly textIds: readonly string[]
}

/**
 * Finds what is new in these versions, in a thread. A page may appear once. Throws `invalid_input` for a text that is
 * not {@link storableText}.
 */
export async function encodeTexts(
  runtime: Runtime,
  collectionId: string,
  pages: readonly NewVersions[],
): Promise<Encoded> {
  const keys = pages.map((page) => page.pageKey)
  const { archive, known, lines } = await runtime.db.read(function* () {
    const archive = yield* archiveOf(collectionId)
    return {
      // What somebody holds of an archive that was dropped under this name must not pass for this one.
      archive: archive.revision === 0 ? { ...archive, epoch: runtime.clock() } : archive,
      known: yield* textsOfPages(collectionId, keys),
      lines: yield* pageLines(collectionId, keys),
    }
  })
  const input: EncodeInput = {
    collectionId,
    epoch: archive.epoch,
    token: archive.token,
    nextLine: archive.next_line,
    tailLine: archive.tail_line,
    newToken: runtime.ids('enc'),
    chunks: [],
    pages: pages.map(({ pageKey, versions }) => ({
      pageKey,
      versions,
      known: known.get(pageKey) ?? [],
      lines: lines.get(pageKey) ?? null,
      ids: versions.map(() => runtime.ids('txt')),
    })),
  }
  const ask = async (chunks: EncodeInput['chunks']) =>
    valueOf(await runtime.pool.run<typeof encode>(task, 'encode', { ...input, chunks }))
  const from = (line: number) => runtime.db.read(() => chunksFrom(collectionId, line))
  let output = await ask([])
  if (output.kind === 'need') output = await ask(await from(output.fromLine))
  // Another thread took it this time, and that one lacks more.
  if (output.kind === 'need') output = await ask(await from(0))
  if (output.kind === 'need') throw outdated()
  return { archive, token: input.newToken, ...output }
}

/**
 * Writes what was encoded, in the caller's transaction. Throws `edited_meanwhile` ({@link isOutdated}) when another
 * writer was quicker: encode again.
 */
export function* writeTexts(encoded: Encoded): Work<readonly WrittenPage[]> {
  const { archive, token, nextLine, tailLine, chunks, pages } = encoded
  const collectionId = archive.collection_id
  if (pages.some((page) => page.texts.some((text) => text.fresh !== null))) {
    const change = { token, next_line: nextLine, tail_line: tailLine }
    if (!(yield* advance(archive, change))) throw outdated()
    yield* replaceChunks(collectionId, chunks)
    yield* insertTexts(collectionId, pages)
    for (const { pageKey, lines } of pages)
      if (lines !== null) yield* setPageLines(collectionId, pageKey, lines)
  } else if ((yield* archiveOf(collectionId)).revision !== archive.revision) throw outdated()
  return pages.map(({ pageKey, texts }) => ({ pageKey, textIds: texts.map(({ id }) => id) }))
}

/** How often another writer may be quicker before the caller hears of it. */
const attempts = 20

/**
 * Encodes and writes, again when another writer came between. `then` runs in the same transaction, perhaps more than
 * once, so it must not change anything outside of it.
 */
export async function storeTexts<T>(
  runtime: Runtime,
  collectionId: string,
  pages: readonly NewVersions[],
  then: (written: readonly WrittenPage[]) => Work<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const encoded = await encodeTexts(runtime, collectionId, pages)
    try {
      return await runtime.db.tx(function* () {
        return yield* then(yield* writeTexts(encoded))
      })
    } catch (error) {
      if (!isOutdated(error) || attempt === attempts) throw error
    }
  }
}

const reason = 'archive'

export const outdated = (): Problem =>
  new Problem('edited_meanwhile', 'Other texts were stored meanwhile; nothing was changed.', {
    remedy: 'Encode them again and write that.',
    data: { reason },
  })

/** Whether an error says that an encoding came too late. */
export const isOutdated = (error: unknown): boolean =>
  error instanceof Problem &&
  error.code === 'edited_meanwhile' &&
  error.extra.data?.['reason'] === reason
