/** How lines are packed together. */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/**
 * Bytes of lines in a chunk. Larger ones pack better and take longer to unpack; docs/decisions/0009-archive.md has the
 * measurements.
 */
export const chunkBytes = 1 << 20

export type Effort = 'quick' | 'good' | 'best'

/** The chunk that still grows is written with every change; a full one once; `best` is for a job that has time. */
const levels = { quick: 3, good: 12, best: 19 } as const

export const pack = (bytes: Uint8Array, effort: Effort): Buffer =>
  zstdCompressSync(bytes, {
    params: {
      [constants.ZSTD_c_compressionLevel]: levels[effort],
      [constants.ZSTD_c_windowLog]: 21,
      [constants.ZSTD_c_contentSizeFlag]: 1,
    },
  })

/** @param bytes how many there must be: a damaged chunk does not get more memory than that. */
export const unpack = (data: Uint8Array, bytes: number): Buffer =>
  zstdDecompressSync(data, { maxOutputLength: Math.max(1, bytes) })
