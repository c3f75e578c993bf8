/**
 * Errors as OTLP over HTTP wants them (OTLP 1.9, "Failures"): a google.rpc.Status in the format of the request. Its senders try
 * again after 429, 502, 503 and 504 and drop what they sent after anything else.
 */
import type { Problem } from './problem.ts'

export interface OtlpError {
  readonly type: string
  readonly status: number
  readonly body: string | Uint8Array<ArrayBuffer>
}

export function otlpError(problem: Problem, request: Request | undefined): OtlpError {
  // There is room again when somebody has made it: what was sent meanwhile is worth keeping.
  const status = problem.code === 'storage_full' ? 503 : problem.status
  const { remedy } = problem.extra
  const message = remedy === undefined ? problem.message : `${problem.message} ${remedy}`
  const code = rpcCodes[status] ?? (status < 500 ? 3 : 13)
  return request !== undefined && isProtobuf(request)
    ? { type: protobufType, status, body: rpcStatus(code, message) }
    : { type: 'application/json', status, body: JSON.stringify({ code, message }) }
}

export const protobufType = 'application/x-protobuf'

export const isProtobuf = (request: Request): boolean =>
  /^application\/x-protobuf\s*(;|$)/i.test(request.headers.get('content-type') ?? '')

/** google/rpc/code.proto */
const rpcCodes: Readonly<Record<number, number>> = {
  401: 16,
  403: 7,
  404: 5,
  413: 8,
  429: 8,
  503: 14,
}

/** `{ int32 code = 1; string message = 2 }` */
function rpcStatus(code: number, message: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(message)
  return Uint8Array.of(0x08, code, 0x12, ...varint(text.length), ...text)
}

/** As protobuf writes an unsigned number. */
export function varint(number: number): readonly number[] {
  const bytes: number[] = []
  let rest = number
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return [...bytes, rest]
}
