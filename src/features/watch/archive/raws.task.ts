/** Packing fetched bytes in a thread. */
import { constants, zstdCompressSync } from 'node:zlib'

/** A window over both pages: the older one is the dictionary, and most of the newer one is in it. */
const windowLog = (bytes: number): number =>
  Math.min(27, Math.max(17, Math.ceil(Math.log2(bytes + 1)) + 1))

export function packRaw({
  bytes,
  base,
}: {
  readonly bytes: Uint8Array
  readonly base: Uint8Array | undefined
}): Buffer {
  return zstdCompressSync(bytes, {
    ...(base && { dictionary: base }),
    params: {
      [constants.ZSTD_c_compressionLevel]: 9,
      [constants.ZSTD_c_windowLog]: windowLog(bytes.length + (base?.length ?? 0)),
      [constants.ZSTD_c_enableLongDistanceMatching]: 1,
    },
  })
}
