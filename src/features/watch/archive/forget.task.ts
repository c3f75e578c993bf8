/** What a thread does when texts are taken away. */
import { pack, unpack } from './chunks.ts'
import { linesReader, nearest, type ChunkRow, type KnownText } from './encode.task.ts'
import { goneLine, lineStarts } from './lines.ts'
import { packSet } from './varint.ts'

export interface Rewritten {
  readonly id: string
  readonly baseId: string | null
  readonly depth: number
  readonly edits: Uint8Array
}

/** New edits for the kept texts of a page that rest on a dropped one, and the lines that the page still ever had. */
export function rewriteTexts({
  texts,
  keep,
}: {
  readonly texts: readonly KnownText[]
  readonly keep: readonly string[]
}): { readonly rewritten: readonly Rewritten[]; readonly lines: Uint8Array } {
  const kept = new Set(keep)
  const linesOf = linesReader(texts)
  const ever = new Set<number>()
  const before: { id: string; depth: number; lines: Int32Array }[] = []
  const rewritten: Rewritten[] = []
  for (const { id, baseId, depth } of texts) {
    if (!kept.has(id)) continue
    const lines = linesOf(id)
    for (const line of lines) ever.add(line)
    let depthNow = depth
    if (baseId !== null && !kept.has(baseId)) {
      // No deeper than it was: then those that rest on it are no deeper either, and no circle can arise.
      const best = nearest(lines, before.filter((candidate) => candidate.depth < depth).slice(-4))
      rewritten.push({ id, ...best })
      depthNow = best.depth
    }
    before.push({ id, depth: depthNow, lines })
  }
  return { rewritten, lines: packSet([...ever].sort((a, b) => a - b)) }
}

/** A chunk without the lines that are not live, in their place {@link goneLine}; null: all live or gone before. */
export function blankLines({
  chunk,
  live,
  full,
}: {
  readonly chunk: ChunkRow
  /** By line of the chunk: 1 when something has it. */
  readonly live: Uint8Array
  readonly full: boolean
}): { readonly bytes: number; readonly data: Uint8Array; readonly gone: readonly number[] } | null {
  const bytes = unpack(chunk.data, chunk.bytes)
  const starts = lineStarts(bytes)
  const gone: number[] = []
  const parts: Buffer[] = []
  for (let i = 0; i + 1 < starts.length; i++) {
    const line = bytes.subarray(starts[i], starts[i + 1])
    if (live[i] !== 1 && !line.equals(goneLine)) {
      gone.push(chunk.first + i)
      parts.push(goneLine)
    } else parts.push(line)
  }
  if (gone.length === 0) return null
  const left = Buffer.concat(parts)
  return { bytes: left.length, data: pack(left, full ? 'good' : 'quick'), gone }
}
