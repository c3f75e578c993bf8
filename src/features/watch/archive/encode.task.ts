/** What a thread does to store texts. It keeps the lines of the archives it last worked on. */
import { hash } from 'node:crypto'
import { chunkBytes, pack, unpack } from './chunks.ts'
import { createEditWriter, packEdits, readEdits } from './edits.ts'
import { lineStarts, textBytes, toLineBytes } from './lines.ts'
import { createLineTable, type LineTable } from './table.ts'
import { packSet, unpackSet } from './varint.ts'

export interface KnownText {
  readonly id: string
  /** Hexadecimal. */
  readonly sha256: string
  readonly baseId: string | null
  readonly depth: number
  readonly edits: Uint8Array
}

export interface PageInput {
  readonly pageKey: string
  /** All texts of the page that are stored, oldest first. */
  readonly known: readonly KnownText[]
  readonly lines: Uint8Array | null
  readonly versions: readonly string[]
  /** An id for each version, should it be a new text. */
  readonly ids: readonly string[]
}

export interface ChunkRow {
  readonly first: number
  readonly lines: number
  readonly bytes: number
  readonly data: Uint8Array
}

export interface EncodeInput {
  readonly collectionId: string
  readonly epoch: number
  readonly token: string
  readonly nextLine: number
  readonly tailLine: number
  /** Of this encoding. */
  readonly newToken: string
  /** Asked for by an earlier answer: all that hold lines from there on. */
  readonly chunks: readonly ChunkRow[]
  readonly pages: readonly PageInput[]
}

export interface NewChunk extends ChunkRow {
  readonly full: boolean
}

export interface EncodedText {
  readonly id: string
  /** Null: it is stored already, under this id. */
  readonly fresh: {
    readonly sha256: Uint8Array
    readonly bytes: number
    readonly lines: number
    readonly baseId: string | null
    readonly depth: number
    readonly edits: Uint8Array
  } | null
}

export interface EncodedPage {
  readonly pageKey: string
  readonly texts: readonly EncodedText[]
  /** Null: unchanged. */
  readonly lines: Uint8Array | null
}

export type EncodeOutput =
  | { readonly kind: 'need'; readonly fromLine: number }
  | {
      readonly kind: 'encoded'
      readonly nextLine: number
      readonly tailLine: number
      /** They take the place of all chunks from the first one's first line on. */
      readonly chunks: readonly NewChunk[]
      readonly pages: readonly EncodedPage[]
    }

/** How many bases may be behind a text: reading one looks up as many rows. */
export const deepest = 64
/** Pages flip back and forth: the nearest of the last few versions is the base, not always the last one. */
const basesTried = 4
/** Bytes of the lines that a thread keeps of all archives together; the one at work stays in any case. */
const keep = 192 * 1024 * 1024

interface Archive {
  readonly table: LineTable
  epoch: number
  /** Lines that are certainly stored. */
  stored: number
  /** What the last encoding added; it holds once its token is the archive's. */
  pending: { readonly token: string; readonly size: number } | undefined
}

const archives = new Map<string, Archive>()
const writer = createEditWriter()

export function encode(input: EncodeInput): EncodeOutput {
  const archive = present(input)
  const missing = takeIn(archive, input)
  if (missing !== undefined) return { kind: 'need', fromLine: missing }
  const pages = input.pages.map((page) => encodePage(archive.table, page))
  archive.pending = { token: input.newToken, size: archive.table.size() }
  trim(input.collectionId)
  return {
    kind: 'encoded',
    ...cutChunks(archive.table, input.tailLine, input.nextLine),
    pages,
  }
}

function present({ collectionId, epoch }: EncodeInput): Archive {
  let archive = archives.get(collectionId)
  if (archive?.epoch !== epoch)
    archive = { table: createLineTable(), epoch, stored: 0, pending: undefined }
  // The map's order is the order of last use.
  archives.delete(collectionId)
  archives.set(collectionId, archive)
  return archive
}

/** Brings the lines up to what is stored. Answers from which line on chunks are needed for that. */
function takeIn(archive: Archive, input: EncodeInput): number | undefined {
  const { table } = archive
  if (archive.pending?.token === input.token && archive.pending.size === input.nextLine)
    archive.stored = input.nextLine
  else if (table.size() > archive.stored) table.truncate(archive.stored)
  archive.pending = undefined
  for (const { first, bytes, data } of input.chunks) {
    const unpacked = unpack(data, bytes)
    const starts = lineStarts(unpacked)
    for (let i = Math.max(0, table.size() - first); i + 1 < starts.length; i++)
      table.append(unpacked, starts[i] ?? 0, starts[i + 1] ?? 0)
  }
  if (table.size() < input.nextLine) return table.size()
  archive.stored = input.nextLine
  return undefined
}

function trim(current: string): void {
  let sum = 0
  for (const { table } of archives.values()) sum += table.memory()
  for (const [collectionId, { table }] of archives) {
    if (sum <= keep) return
    if (collectionId === current) continue
    sum -= table.memory()
    archives.delete(collectionId)
  }
}

interface Candidate {
  readonly id: string
  readonly depth: number
  readonly lines: Int32Array
}

function encodePage(table: LineTable, page: PageInput): EncodedPage {
  const byHash = new Map(page.known.map((text) => [text.sha256, text.id]))
  const linesOf = linesReader(page.known)
  const recent: Candidate[] = page.known
    .slice(-basesTried)
    .map(({ id, depth }) => ({ id, depth, lines: linesOf(id) }))
  const root = page.known.findLast((text) => text.depth === 0)
  let anchor: Candidate | undefined
  if (root !== undefined) anchor = { id: root.id, depth: 0, lines: linesOf(root.id) }

  const ever = page.lines === null ? new Set<number>() : new Set(unpackSet(page.lines))
  const before = ever.size
  const texts = page.versions.map((text, at): EncodedText => {
    const bytes = toLineBytes(text)
    const content = textBytes(bytes)
    const sha256 = hash('sha256', content, 'hex')
    const known = byHash.get(sha256)
    if (known !== undefined) return { id: known, fresh: null }
    const id = page.ids[at] ?? ''
    byHash.set(sha256, id)
    const lines = numberLines(table, bytes)
    for (const line of lines) ever.add(line)
    const best = nearest(lines, anchor === undefined ? recent : [...recent, anchor])
    const candidate = { id, depth: best.depth, lines }
    recent.push(candidate)
    if (recent.length > basesTried) recent.shift()
    if (best.depth === 0) anchor = candidate
    return {
      id,
      fresh: {
        sha256: Buffer.from(sha256, 'hex'),
        bytes: content.length,
        lines: lines.length,
        baseId: best.baseId,
        depth: best.depth,
        edits: best.edits,
      },
    }
  })
  return {
    pageKey: page.pageKey,
    texts,
    lines: ever.size === before ? null : packSet([...ever].sort((a, b) => a - b)),
  }
}

function numberLines(table: LineTable, bytes: Buffer): Int32Array {
  const starts = lineStarts(bytes)
  const lines = new Int32Array(starts.length - 1)
  for (let i = 0; i < lines.length; i++)
    lines[i] = table.add(bytes, starts[i] ?? 0, starts[i + 1] ?? 0)
  return lines
}

/** The shortest way to write the lines down: on their own, or against one of the candidates. */
export function nearest(
  lines: Int32Array,
  candidates: readonly Candidate[],
): {
  readonly baseId: string | null
  readonly depth: number
  readonly edits: Buffer
} {
  let best: { baseId: string | null; depth: number; edits: Buffer } | undefined
  for (const { id, depth, lines: base } of candidates.toReversed()) {
    if (depth >= deepest) continue
    const edits = writer.write(lines, base)
    if (best === undefined || edits.length < best.edits.length)
      best = { baseId: id, depth: depth + 1, edits }
  }
  // Standing alone it reads fastest, but it is hardly ever short: tried only where no base is any good.
  if (best === undefined || best.edits.length > lines.length / 2) {
    const alone = writer.write(lines)
    if (best === undefined || alone.length <= best.edits.length)
      best = { baseId: null, depth: 0, edits: alone }
  }
  return { ...best, edits: packEdits(best.edits) }
}

/** Reads lines of texts out of their chain of edits, each once. */
export function linesReader(
  known: readonly Pick<KnownText, 'id' | 'baseId' | 'edits'>[],
): (id: string) => Int32Array {
  const rows = new Map(known.map((text) => [text.id, text]))
  const read = new Map<string, Int32Array>()
  return (id) => {
    const chain: { id: string; edits: Uint8Array }[] = []
    let lines: Int32Array | undefined
    for (let at: string | null = id; at !== null && lines === undefined;) {
      lines = read.get(at)
      if (lines !== undefined) break
      const row = rows.get(at)
      if (row === undefined || chain.length > deepest)
        throw new RangeError(`The text ${id} has no way to its first base.`)
      chain.push(row)
      at = row.baseId
    }
    for (const row of chain.toReversed()) {
      lines = readEdits(row.edits, lines)
      read.set(row.id, lines)
    }
    return lines ?? new Int32Array(0)
  }
}

function cutChunks(
  table: LineTable,
  tailLine: number,
  before: number,
): { readonly nextLine: number; readonly tailLine: number; readonly chunks: readonly NewChunk[] } {
  const nextLine = table.size()
  const chunks: NewChunk[] = []
  if (nextLine === before) return { nextLine, tailLine, chunks }
  let first = tailLine
  let size = 0
  const cut = (to: number, full: boolean): void => {
    const bytes = table.bytes(first, to)
    const data = pack(bytes, full ? 'good' : 'quick')
    chunks.push({ first, lines: to - first, bytes: bytes.length, data, full })
    first = to
    size = 0
  }
  for (let line = first; line < nextLine; line++) {
    size += table.length(line)
    if (size >= chunkBytes) cut(line + 1, true)
  }
  const tail = first
  if (first < nextLine) cut(nextLine, false)
  return { nextLine, tailLine: tail, chunks }
}
