import { spend, type Budget } from './budget.ts'
import { bytesAt, keyValue, newKept, scoped, type Place } from './protobuf.values.ts'
import type { OtlpSpan, OtlpSpanEvent } from './records.ts'
import { fixedTime, hexId, lengthEnd, skip, text, varint, type Cursor } from './wire.ts'

/** @throws malformed_body, body_too_large */
export const protobufSpans = (body: Uint8Array): OtlpSpan[] => scoped(body, span)

function span(cursor: Cursor, end: number, place: Place, budget: Budget, into: OtlpSpan[]): void {
  const kept = newKept()
  const events: OtlpSpanEvent[] = []
  let name = ''
  let kind = 0
  let start = 0
  let stop = 0
  let traceId = ''
  let spanId = ''
  let parentSpanId = ''
  let status = noStatus
  while (cursor.at < end) {
    const tag = varint(cursor, end)
    switch (tag) {
      case 0x0a:
        traceId = hexId(cursor, end)
        break
      case 0x12:
        spanId = hexId(cursor, end)
        break
      case 0x22:
        parentSpanId = hexId(cursor, end)
        break
      case 0x2a:
        name = text(cursor, end)
        break
      case 0x30:
        kind = varint(cursor, end)
        break
      case 0x39:
        start = fixedTime(cursor, end)
        break
      case 0x41:
        stop = fixedTime(cursor, end)
        break
      case 0x4a:
        keyValue(cursor, lengthEnd(cursor, end), budget, kept, 0)
        break
      case 0x50:
        kept.dropped += varint(cursor, end)
        break
      case 0x5a:
        spend(budget)
        events.push(spanEvent(cursor, lengthEnd(cursor, end), budget))
        break
      case 0x7a:
        status = statusAt(cursor, lengthEnd(cursor, end))
        break
      default:
        skip(cursor, tag, end)
    }
  }
  into.push({
    resource: place.resource,
    scope: place.scope,
    attributes: kept.attributes,
    dropped: kept.dropped,
    name,
    kind,
    start,
    end: stop,
    traceId,
    spanId,
    parentSpanId,
    status: status.code,
    statusText: status.message,
    events,
  })
}

function spanEvent(cursor: Cursor, end: number, budget: Budget): OtlpSpanEvent {
  const kept = newKept()
  let time = 0
  let name = ''
  while (cursor.at < end) {
    const tag = varint(cursor, end)
    if (tag === 0x09) time = fixedTime(cursor, end)
    else if (tag === bytesAt(2)) name = text(cursor, end)
    else if (tag === bytesAt(3)) keyValue(cursor, lengthEnd(cursor, end), budget, kept, 0)
    else skip(cursor, tag, end)
  }
  return { time, name, attributes: kept.attributes }
}

const noStatus = { code: 0, message: '' }

function statusAt(cursor: Cursor, end: number): typeof noStatus {
  let { code, message } = noStatus
  while (cursor.at < end) {
    const tag = varint(cursor, end)
    if (tag === bytesAt(2)) message = text(cursor, end)
    else if (tag === 0x18) code = varint(cursor, end)
    else skip(cursor, tag, end)
  }
  return { code, message }
}
