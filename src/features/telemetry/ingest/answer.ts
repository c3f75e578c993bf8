import { protobufType, varint } from '#kernel/dialect.otlp.ts'
import type { Format } from '../otlp/decode.ts'

/**
 * `Export…ServiceResponse` in the format of the request (OTLP 1.9, "Full Success" and "Partial Success"): empty when everything
 * was kept as it came; otherwise `partial_success` with a warning for the log of the sender and no record rejected, for what
 * nobody understands is kept as well.
 */
export function exportAnswer(format: Format, warning: string): Response {
  const headers = { 'cache-control': 'no-store' }
  if (format === 'json')
    return Response.json(warning === '' ? {} : { partialSuccess: { errorMessage: warning } }, {
      headers,
    })
  return new Response(warning === '' ? null : partialSuccess(warning), {
    headers: { ...headers, 'content-type': protobufType },
  })
}

/** Field 1 of the answer, with field 2 in it. */
function partialSuccess(warning: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(warning)
  const inner = [0x12, ...varint(text.length), ...text]
  return Uint8Array.of(0x0a, ...varint(inner.length), ...inner)
}
