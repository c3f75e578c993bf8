import type { Batch } from '../take.ts'
import { jsonLogs, jsonPoints, jsonSpans } from './json.ts'
import { protobufLogs } from './protobuf.logs.ts'
import { protobufPoints } from './protobuf.points.ts'
import { protobufSpans } from './protobuf.spans.ts'
import type { Signal } from './records.ts'

export type Format = 'protobuf' | 'json'

/**
 * The records of one request.
 *
 * @throws Problem `malformed_body` for what is no such request, `body_too_large` for more than one may hold
 */
export function decode(signal: Signal, format: Format, body: Uint8Array): Batch {
  const json = format === 'json'
  switch (signal) {
    case 'logs':
      return { signal, records: json ? jsonLogs(body) : protobufLogs(body) }
    case 'traces':
      return { signal, records: json ? jsonSpans(body) : protobufSpans(body) }
    case 'metrics':
      return { signal, records: json ? jsonPoints(body) : protobufPoints(body) }
  }
}
