import { type Budget } from './budget.ts'
import { anyValue, keyValue, newKept, scoped, type Place } from './protobuf.values.ts'
import { eventName, type OtlpLog, type Value } from './records.ts'
import { fixedTime, hexId, lengthEnd, skip, text, varint, type Cursor } from './wire.ts'

/** @throws malformed_body, body_too_large */
export const protobufLogs = (body: Uint8Array): OtlpLog[] => scoped(body, logRecord)

function logRecord(
  cursor: Cursor,
  end: number,
  place: Place,
  budget: Budget,
  into: OtlpLog[],
): void {
  const kept = newKept()
  let time = 0
  let observed = 0
  let severity = 0
  let name = ''
  let body: Value = null
  let traceId = ''
  let spanId = ''
  while (cursor.at < end) {
    const tag = varint(cursor, end)
    switch (tag) {
      case 0x32:
        keyValue(cursor, lengthEnd(cursor, end), budget, kept, 0)
        break
      case 0x09:
        time = fixedTime(cursor, end)
        break
      case 0x59:
        observed = fixedTime(cursor, end)
        break
      case 0x10:
        severity = varint(cursor, end)
        break
      case 0x2a:
        body = anyValue(cursor, lengthEnd(cursor, end), budget, 0)
        break
      case 0x38:
        kept.dropped += varint(cursor, end)
        break
      case 0x4a:
        traceId = hexId(cursor, end)
        break
      case 0x52:
        spanId = hexId(cursor, end)
        break
      case 0x62:
        name = text(cursor, end)
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
    time,
    observed,
    severity,
    name: eventName(kept.attributes, name),
    body,
    traceId,
    spanId,
  })
}
