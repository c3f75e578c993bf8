/** Bytes as they were fetched. */
import { hash } from 'node:crypto'
import { constants, zstdDecompressSync } from 'node:zlib'
import { valueOf } from '#kernel/pool.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { all, first, run, type Work } from '#kernel/work.ts'
import { outdated } from './encode.ts'
import type { packRaw } from './raws.task.ts'
import { readText } from './read.ts'
import { q, type ArchiveTables } from './tables.ts'

const task = new URL('./raws.task.ts', import.meta.url)

/** How many older pages are unpacked to read one; then one stands alone again. */
const deepest = 16

export interface NewRaw {
  readonly pageKey: string
  readonly bytes: Uint8Array
  /** The text that was made of it: where the bytes are just its UTF-8, they are not stored twice. */
  readonly text?: string
}

/** What {@link writeRaw} writes. */
export interface EncodedRaw {
  readonly collectionId: string
  readonly id: string
  readonly pageKey: string
  readonly sha256: Buffer
  readonly bytes: number
  readonly content:
    | { readonly kind: 'stored'; readonly id: string }
    | { readonly kind: 'text' }
    | {
        readonly kind: 'data'
        readonly baseId: string | null
        readonly depth: number
        readonly data: Uint8Array
      }
}

/** Packs fetched bytes against the page's previous ones, in a thread. */
export async function encodeRaw(
  runtime: Runtime,
  collectionId: string,
  { pageKey, bytes, text }: NewRaw,
): Promise<EncodedRaw> {
  const sha256 = hash('sha256', bytes, 'buffer')
  const common = { collectionId, id: runtime.ids('raw'), pageKey, sha256, bytes: bytes.length }
  const known = await runtime.db.read(() => rawByHash(collectionId, sha256))
  if (known !== undefined) return { ...common, content: { kind: 'stored', id: known } }
  if (text !== undefined && Buffer.compare(Buffer.from(text), bytes) === 0)
    return { ...common, content: { kind: 'text' } }
  const last = await runtime.db.read(() => lastRaw(collectionId, pageKey))
  const base = last && last.depth + 1 < deepest ? await baseBytes(runtime, last.id) : undefined
  const pack = async (dictionary: Buffer | undefined) =>
    valueOf(await runtime.pool.run<typeof packRaw>(task, 'packRaw', { bytes, base: dictionary }))
  const data = await pack(base)
  // With another page altogether as its dictionary, it would be no shorter and only take longer to read.
  return {
    ...common,
    content:
      last === undefined || base === undefined
        ? { kind: 'data', baseId: null, depth: 0, data }
        : { kind: 'data', baseId: last.id, depth: last.depth + 1, data },
  }
}

/** The previous bytes as a dictionary. Damaged or just gone, they are none. */
async function baseBytes(runtime: Runtime, id: string): Promise<Buffer | undefined> {
  const bytes = await readRaw(runtime, id).catch(() => undefined)
  return bytes === undefined || bytes.length < 8 ? undefined : bytes
}

/**
 * Writes what was encoded, in the caller's transaction; the id of the same bytes where the collection has them.
 * @param textId the text's own id, needed where the bytes are those of a text.
 * Throws `edited_meanwhile` (`isOutdated`) when what it rests on was taken away: encode again.
 */
export function* writeRaw(encoded: EncodedRaw, textId?: string): Work<string> {
  const { collectionId, content } = encoded
  const known = yield* rawByHash(collectionId, encoded.sha256)
  if (known !== undefined) return known
  if (content.kind === 'stored') throw outdated()
  if (content.kind === 'text' && textId === undefined)
    throw new Problem('internal', 'The bytes of a text need the id of the text.')
  if (content.kind === 'data' && content.baseId !== null && !(yield* hasRaw(content.baseId)))
    throw outdated()
  const data = content.kind === 'data' ? content : { baseId: null, depth: 0, data: null }
  yield* run(
    q.insertInto('watch_raws').values({
      id: encoded.id,
      collection_id: collectionId,
      page_key: encoded.pageKey,
      sha256: encoded.sha256,
      bytes: encoded.bytes,
      text_id: content.kind === 'text' ? (textId ?? null) : null,
      base_id: data.baseId,
      depth: data.depth,
      data: data.data,
    }),
  )
  return encoded.id
}

/** The bytes as they were fetched. Throws `not_found`, and `internal` when what is stored is damaged. */
export async function readRaw(runtime: Runtime, rawId: string): Promise<Buffer> {
  const chain = await runtime.db.read(() => rawChain(rawId))
  const last = found(chain.at(-1), 'stored page')
  let bytes: Buffer | undefined
  for (const row of chain)
    try {
      bytes =
        row.text_id !== null
          ? Buffer.from(await readText(runtime, row.text_id))
          : zstdDecompressSync(row.data ?? Buffer.of(), {
              ...(bytes && { dictionary: bytes }),
              maxOutputLength: Math.max(1, row.bytes),
              params: { [constants.ZSTD_d_windowLogMax]: 27 },
            })
    } catch (error) {
      throw damagedRaw(rawId, error)
    }
  if (bytes === undefined || !hash('sha256', bytes, 'buffer').equals(last.sha256))
    throw damagedRaw(rawId)
  return bytes
}

const damagedRaw = (id: string, cause?: unknown): Problem =>
  new Problem('internal', `The stored page ${id} is damaged.`, {
    remedy: 'Restore a backup from before, and have the disk looked at.',
    cause,
  })

export type RawRow = ArchiveTables['watch_raws']

/** The row and all it rests on, the first base first. */
function* rawChain(id: string): Work<readonly RawRow[]> {
  const rows = yield* all(
    q
      .withRecursive('chain', (e) =>
        e
          .selectFrom('watch_raws')
          .select(['id', 'base_id'])
          .where('id', '=', id)
          .union(
            e
              .selectFrom('watch_raws as r')
              .innerJoin('chain as c', 'r.id', 'c.base_id')
              .select(['r.id', 'r.base_id']),
          ),
      )
      .selectFrom('chain')
      .innerJoin('watch_raws as x', 'x.id', 'chain.id')
      .selectAll('x'),
  )
  return [...rows].sort((a, b) => a.depth - b.depth)
}

function* rawByHash(collectionId: string, sha256: Uint8Array): Work<string | undefined> {
  const row = yield* first(
    q
      .selectFrom('watch_raws')
      .select('id')
      .where('collection_id', '=', collectionId)
      .where('sha256', '=', sha256),
  )
  return row?.id
}

function* hasRaw(id: string): Work<boolean> {
  return (yield* first(q.selectFrom('watch_raws').select('id').where('id', '=', id))) !== undefined
}

function* lastRaw(
  collectionId: string,
  pageKey: string,
): Work<{ id: string; depth: number } | undefined> {
  return yield* first(
    q
      .selectFrom('watch_raws')
      .select(['id', 'depth'])
      .where('collection_id', '=', collectionId)
      .where('page_key', '=', pageKey)
      .orderBy('id', 'desc')
      .limit(1),
  )
}
