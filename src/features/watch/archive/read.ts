/** Reading texts back. Whatever is handed out has the hash it was stored with. */
import { hash } from 'node:crypto'
import { promisify } from 'node:util'
import { zstdDecompress, type InputType, type ZstdOptions } from 'node:zlib'
import { splitLines } from '#history/index.ts'
import type { Db } from '#kernel/db.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { linesReader, type ChunkRow } from './encode.task.ts'
import { lineStarts, textBytes } from './lines.ts'
import { archiveOf, chunksAt, chunkSpans, textChains, type TextRow } from './store.ts'

const unpackLater = promisify<InputType, ZstdOptions, Buffer>(zstdDecompress)

interface OpenChunk {
  readonly first: number
  readonly bytes: Buffer
  readonly starts: Uint32Array
}

/** Bytes of unpacked chunks that a process keeps. */
const keep = 64 * 1024 * 1024

interface Span {
  readonly first: number
  readonly end: number
}

interface Cache {
  /** In the order of last use. */
  readonly chunks: Map<string, OpenChunk>
  bytes: number
  /** Where the chunks of an archive begin. In an epoch they stay; only behind the last one others come. */
  readonly spans: Map<string, { readonly epoch: number; readonly list: readonly Span[] }>
}
const caches = new WeakMap<Db, Cache>()

function cacheOf(db: Db): Cache {
  const cache = caches.get(db) ?? { chunks: new Map(), bytes: 0, spans: new Map() }
  caches.set(db, cache)
  return cache
}

/** For the bench: the next read finds nothing in memory. */
export const dropReadCache = (db: Db): boolean => caches.delete(db)

const keyOf = (held: string, first: number): string => `${held} ${first}`

/** The text, byte for byte. Throws `not_found`, and `internal` when what is stored is damaged. */
export async function readText(runtime: Runtime, textId: string): Promise<string> {
  const { bytes } = await readStored(runtime, textId)
  return bytes.toString('utf8')
}

/**
 * A text by line: equal numbers mean equal lines in all texts of its collection, so two texts are compared without
 * looking at their lines again. The lines are those of `splitLines`.
 */
export async function readLines(
  runtime: Runtime,
  textId: string,
): Promise<{ readonly ids: Int32Array; readonly lines: readonly string[] }> {
  const { ids, bytes } = await readStored(runtime, textId)
  return { ids, lines: splitLines(bytes.toString('utf8')) }
}

/** The line numbers of many texts, in their order. */
export async function readManyIds(
  runtime: Runtime,
  textIds: readonly string[],
): Promise<readonly Int32Array[]> {
  const chains = await runtime.db.read(() => textChainsInParts(textIds))
  const linesOf = linesReader(chains)
  const present = new Set(chains.map((row) => row.id))
  return textIds.map((id) => {
    found(present.has(id) || undefined, 'text')
    return linesOf(id)
  })
}

/** Both engines bound the values of a statement. */
const idsAtOnce = 10_000

export function* textChainsInParts(
  textIds: readonly string[],
): Work<readonly (TextRow & { readonly collectionId: string })[]> {
  const rows = new Map<string, TextRow & { readonly collectionId: string }>()
  for (let at = 0; at < textIds.length; at += idsAtOnce)
    for (const row of yield* textChains(textIds.slice(at, at + idsAtOnce))) rows.set(row.id, row)
  return [...rows.values()]
}

interface Stored {
  readonly ids: Int32Array
  readonly bytes: Buffer
}

async function readStored({ db }: Runtime, textId: string): Promise<Stored> {
  const cache = cacheOf(db)
  const got = await db.read(function* () {
    const chains = yield* textChains([textId])
    const row = found(
      chains.find(({ id }) => id === textId),
      'text',
    )
    const ids = idsIn(chains, textId)
    return { row, ids, collected: yield* collect(cache, row.collectionId, ids) }
  })
  const chunks = await open(cache, got.collected)
  const bytes = textBytes(join(chunks, got.ids))
  if (hash('sha256', bytes, 'hex') !== got.row.sha256) throw damaged(textId)
  return { ids: got.ids, bytes }
}

function idsIn(chains: readonly TextRow[], textId: string): Int32Array {
  try {
    return linesReader(chains)(textId)
  } catch (error) {
    throw damaged(textId, error)
  }
}

interface Collected {
  /** What the cache knows the archive by. */
  readonly under: string
  readonly held: readonly OpenChunk[]
  readonly loaded: readonly ChunkRow[]
}

/** The chunks that hold these lines: those that are open already, and the rows of the others. */
function* collect(cache: Cache, collectionId: string, ids: Int32Array): Work<Collected> {
  const { epoch } = yield* archiveOf(collectionId)
  const under = `${collectionId} ${epoch}`
  const known = cache.spans.get(collectionId)
  let spans = known?.epoch === epoch ? known.list : []
  let highest = -1
  for (const id of ids) if (id > highest) highest = id
  if (highest >= (spans.at(-1)?.end ?? 0)) {
    spans = yield* chunkSpans(collectionId)
    cache.spans.set(collectionId, { epoch, list: spans })
  }
  /** By chunk, the highest line that is wanted of it. */
  const wanted = new Map<number, number>()
  let span = spans[0]
  for (const id of ids) {
    if (span === undefined || id < span.first || id >= span.end) span = spanOf(spans, id)
    if (span === undefined) continue
    wanted.set(span.first, Math.max(wanted.get(span.first) ?? 0, id))
  }
  const held: OpenChunk[] = []
  const missing: number[] = []
  for (const [first, last] of wanted) {
    const key = keyOf(under, first)
    const chunk = cache.chunks.get(key)
    // The last chunk grows: what was read of it may be too short by now.
    if (chunk !== undefined && last < chunk.first + chunk.starts.length - 1) {
      held.push(chunk)
      cache.chunks.delete(key)
      cache.chunks.set(key, chunk)
    } else missing.push(first)
  }
  return { under, held, loaded: yield* chunksAt(collectionId, missing) }
}

function spanOf<T extends Span>(spans: readonly T[], line: number): T | undefined {
  let low = 0
  let high = spans.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const span = spans[middle]
    if (span === undefined) return undefined
    if (line < span.first) high = middle - 1
    else if (line >= span.end) low = middle + 1
    else return span
  }
  return undefined
}

async function open(
  cache: Cache,
  { under, held, loaded }: Collected,
): Promise<readonly OpenChunk[]> {
  const opened = await Promise.all(
    loaded.map(async ({ first, bytes, data }): Promise<OpenChunk> => {
      try {
        const unpacked = await unpackLater(data, { maxOutputLength: Math.max(1, bytes) })
        return { first, bytes: unpacked, starts: lineStarts(unpacked) }
      } catch {
        // Without its lines the text does not have its hash.
        return { first, bytes: Buffer.alloc(0), starts: Uint32Array.of(0) }
      }
    }),
  )
  for (const chunk of opened) {
    const key = keyOf(under, chunk.first)
    cache.bytes += chunk.bytes.length - (cache.chunks.get(key)?.bytes.length ?? 0)
    cache.chunks.delete(key)
    cache.chunks.set(key, chunk)
  }
  for (const [key, chunk] of cache.chunks) {
    if (cache.bytes <= keep) break
    cache.chunks.delete(key)
    cache.bytes -= chunk.bytes.length
  }
  return [...held, ...opened].sort((a, b) => a.first - b.first)
}

/** The bytes of these lines. Lines that are nowhere are left out: the hash tells. */
function join(chunks: readonly OpenChunk[], ids: Int32Array): Buffer {
  const spans = chunks.map((chunk) => ({
    first: chunk.first,
    end: chunk.first + chunk.starts.length - 1,
    chunk,
  }))
  const parts: Buffer[] = []
  for (let at = 0; at < ids.length;) {
    const line = ids[at] ?? 0
    const span = spanOf(spans, line)
    let length = 1
    if (span !== undefined) {
      while (ids[at + length] === line + length && line + length < span.end) length++
      const { starts, bytes, first } = span.chunk
      parts.push(bytes.subarray(starts[line - first], starts[line - first + length]))
    }
    at += length
  }
  return Buffer.concat(parts)
}

/** Bytes of some lines by number, for those that want few of many. Runs within the caller's read. */
export function* readSomeLines(
  db: Db,
  collectionId: string,
  ids: readonly number[],
): Work<() => Promise<ReadonlyMap<number, Buffer>>> {
  const cache = cacheOf(db)
  const collected = yield* collect(cache, collectionId, Int32Array.from(ids))
  return async () => {
    const chunks = await open(cache, collected)
    return new Map(ids.map((id) => [id, join(chunks, Int32Array.of(id))]))
  }
}

export const damaged = (textId: string, cause?: unknown): Problem =>
  new Problem('internal', `The stored text ${textId} is damaged.`, {
    remedy: 'Restore a backup from before, and have the disk looked at.',
    cause,
  })
