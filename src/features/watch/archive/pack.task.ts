/** Packing in a thread. */
import { pack, unpack } from './chunks.ts'

export const packBest = (chunk: { readonly bytes: number; readonly data: Uint8Array }): Buffer =>
  pack(unpack(chunk.data, chunk.bytes), 'best')
