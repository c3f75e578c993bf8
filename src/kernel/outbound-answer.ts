import type { IncomingHttpHeaders } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib'
import { failure, type OutboundFailure } from './outbound-failure.ts'
import type { Heard } from './outbound-line.ts'

/** One answer, its body unpacked. */
export interface Answer {
  readonly ok: true
  /** Any status: an answer is an answer. */
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Without the codings that `content-encoding` names. */
  readonly body: Buffer
  /** Where this answer came from. */
  readonly url: string
}

/** What is asked for when the caller says nothing: all that can be unpacked here, best first. */
export const acceptEncoding = 'zstd, br, gzip, deflate'

/** No server stacks more than two; a header with a thousand codings is an attack on the reader. */
const maxCodings = 3

/** What was heard, its body unpacked to at most `maxBytes`. */
export function readAnswer(
  url: URL,
  { status, headers, body }: Heard,
  maxBytes: number,
): Answer | Promise<Answer | OutboundFailure> {
  const codings = headers['content-encoding']
  const answer = { ok: true, status, headers, body, url: url.href } as const
  if (body.length === 0 || codings === undefined) return answer
  return unpack(url, body, codings, maxBytes).then((unpacked) =>
    Buffer.isBuffer(unpacked) ? { ...answer, body: unpacked } : unpacked,
  )
}

type Unpacker = (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>

const plainGunzip: Unpacker = promisify(gunzip)
const plainInflate: Unpacker = promisify(inflate)
const plainInflateRaw: Unpacker = promisify(inflateRaw)

/** By the registered names of codings and their old aliases (RFC 9110, section 8.4.1; RFC 8878). */
const unpackers: Readonly<Record<string, Unpacker>> = {
  gzip: plainGunzip,
  'x-gzip': plainGunzip,
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
  // zlib's header says 8 in its low half byte (RFC 1950); some servers send the bare stream.
  deflate: (packed, options) =>
    ((packed[0] ?? 0) & 0x0f) === 8
      ? plainInflate(packed, options)
      : plainInflateRaw(packed, options),
}

/** The last coding named was applied last, so it comes off first (RFC 9110, section 8.4). */
async function unpack(
  url: URL,
  packed: Buffer,
  codings: string,
  maxBytes: number,
): Promise<Buffer | OutboundFailure> {
  const names = codings
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  const broken = (why: string): OutboundFailure =>
    failure('broken_answer', url, `The answer of ${url.host} cannot be unpacked: ${why}.`)
  if (names.length > maxCodings) return broken(`${names.length} codings, one upon the other`)
  let body = packed
  for (const name of names.reverse()) {
    const unpacker = Object.hasOwn(unpackers, name) ? unpackers[name] : undefined
    if (unpacker === undefined) return broken(`the coding ${name.slice(0, 40)} is not known`)
    try {
      body = await unpacker(body, { maxOutputLength: maxBytes })
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      return code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(url, maxBytes) : broken(message)
    }
  }
  return body
}

export const tooLarge = (url: URL, maxBytes: number): OutboundFailure =>
  failure('too_large', url, `The answer of ${url.host} is larger than ${maxBytes} bytes.`)
