import { createGunzip } from 'node:zlib'
import { contentTypeOf } from '#kernel/body.ts'
import { protobufType } from '#kernel/dialect.otlp.ts'
import { Problem } from '#kernel/problem.ts'
import type { Format } from '../otlp/decode.ts'
import { requestBytes } from './limits.ts'
import type { Hold } from './room.ts'

/** Throws `unsupported_media_type`. */
export function formatOf(request: Request): Format {
  const type = contentTypeOf(request)
  if (type === protobufType) return 'protobuf'
  if (type === 'application/json') return 'json'
  throw new Problem(
    'unsupported_media_type',
    `Send the body as ${protobufType} or application/json.`,
  )
}

/**
 * The body, unpacked, in memory of its own that can be handed to another thread. What is too large, or finds no room, is refused
 * while it comes, and what unpacks to too much while it is unpacked.
 */
export async function readRequest(request: Request, hold: Hold): Promise<Uint8Array<ArrayBuffer>> {
  const encoding = (request.headers.get('content-encoding') ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') return await received(request, hold)
  if (encoding !== 'gzip')
    throw new Problem('unsupported_media_type', 'Send the body as it is, or packed with gzip.')
  return await unpacked(await received(request, hold), hold)
}

const tooLarge = () =>
  new Problem(
    'body_too_large',
    `A request may have at most ${requestBytes / 1024 / 1024} MiB, unpacked.`,
    { remedy: 'Send fewer records at once.' },
  )

async function received(request: Request, hold: Hold): Promise<Uint8Array<ArrayBuffer>> {
  const announced = Number(request.headers.get('content-length') ?? 0) || 0
  if (announced > requestBytes) throw tooLarge()
  // At once: else many that come together would each take a part, and none would find room for the rest.
  hold.add(announced)
  return await collected(request.body ?? [], hold, announced)
}

/** In libuv's threads, so that nobody waits for it. */
async function unpacked(packed: Uint8Array, hold: Hold): Promise<Uint8Array<ArrayBuffer>> {
  const gunzip = createGunzip()
  gunzip.end(packed)
  try {
    return await collected(gunzip as AsyncIterable<Uint8Array>, hold)
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem('malformed_body', 'The body is not whole gzip.', { cause: error })
  }
}

async function collected(
  from: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  hold: Hold,
  held = 0,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of from) {
    size += piece.length
    if (size > requestBytes) throw tooLarge()
    // Beyond what was announced.
    hold.add(Math.min(piece.length, Math.max(0, size - held)))
    pieces.push(piece)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
