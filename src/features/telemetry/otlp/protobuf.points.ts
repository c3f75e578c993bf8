import { spend, spendRecord, type Budget } from './budget.ts'
import { bytesAt, keyValue, newKept, scoped, type Place } from './protobuf.values.ts'
import type { OtlpPoint } from './records.ts'
import {
  double,
  fixedCount,
  fixedInteger,
  fixedTime,
  lengthEnd,
  skip,
  text,
  varint,
  type Cursor,
} from './wire.ts'

/** @throws malformed_body, body_too_large */
export const protobufPoints = (body: Uint8Array): OtlpPoint[] => scoped(body, metric)

/** Which field of a metric holds which kind of points. */
const pointTypes = new Map<number, OtlpPoint['type']>([
  [bytesAt(5), 'gauge'],
  [bytesAt(7), 'sum'],
  [bytesAt(9), 'histogram'],
  [bytesAt(10), 'exponential_histogram'],
  [bytesAt(11), 'summary'],
])

interface Metric extends Place {
  readonly name: string
  readonly unit: string
  readonly type: OtlpPoint['type']
  readonly temporality: number
  readonly monotonic: boolean
}

function metric(
  cursor: Cursor,
  end: number,
  place: Place,
  budget: Budget,
  into: OtlpPoint[],
): void {
  let name = ''
  let unit = ''
  const data: { readonly type: OtlpPoint['type']; readonly from: number; readonly to: number }[] =
    []
  while (cursor.at < end) {
    const tag = varint(cursor, end)
    const type = pointTypes.get(tag)
    if (type !== undefined) {
      spend(budget)
      const to = lengthEnd(cursor, end)
      data.push({ type, from: cursor.at, to })
      cursor.at = to
    } else if (tag === bytesAt(1)) name = text(cursor, end)
    else if (tag === bytesAt(3)) unit = text(cursor, end)
    else skip(cursor, tag, end)
  }
  for (const { type, from, to } of data) {
    const { temporality, monotonic } = kindOfData(cursor, from, to)
    const of: Metric = { ...place, name, unit, type, temporality, monotonic }
    cursor.at = from
    while (cursor.at < to) {
      const tag = varint(cursor, to)
      if (tag === bytesAt(1)) {
        spendRecord(budget)
        into.push(point(cursor, lengthEnd(cursor, to), of, budget))
      } else skip(cursor, tag, to)
    }
  }
  cursor.at = end
}

/** They stand behind the points. */
function kindOfData(cursor: Cursor, from: number, to: number) {
  let temporality = 0
  let monotonic = false
  cursor.at = from
  while (cursor.at < to) {
    const tag = varint(cursor, to)
    if (tag === 0x10) temporality = varint(cursor, to)
    else if (tag === 0x18) monotonic = varint(cursor, to) !== 0
    else skip(cursor, tag, to)
  }
  return { temporality, monotonic }
}

/** The tag under which each kind of point keeps its attributes. */
const attributesTag: Readonly<Record<OtlpPoint['type'], number>> = {
  gauge: bytesAt(7),
  sum: bytesAt(7),
  histogram: bytesAt(9),
  exponential_histogram: bytesAt(1),
  summary: bytesAt(7),
}

function point(cursor: Cursor, end: number, of: Metric, budget: Budget): OtlpPoint {
  const kept = newKept()
  const attributes = attributesTag[of.type]
  const single = of.type === 'gauge' || of.type === 'sum'
  const bounds: number[] = []
  const counts: number[] = []
  let start = 0
  let time = 0
  let value: number | null = null
  let count = 0
  let sum: number | null = null
  let min: number | null = null
  let max: number | null = null
  const { type } = of
  while (cursor.at < end) {
    const tag = varint(cursor, end)
    if (tag === attributes) keyValue(cursor, lengthEnd(cursor, end), budget, kept, 0)
    else if (tag === 0x11) start = fixedTime(cursor, end)
    else if (tag === 0x19) time = fixedTime(cursor, end)
    else if (single && tag === 0x21) value = double(cursor, end)
    else if (single && tag === 0x31) value = Number(fixedInteger(cursor, end))
    else if (!single && tag === 0x21) count = fixedCount(cursor, end)
    else if (!single && tag === 0x29) sum = double(cursor, end)
    else if (type === 'histogram' && tag === bytesAt(6))
      packed(cursor, end, fixedCount, counts, budget)
    else if (type === 'histogram' && tag === 0x31) {
      spend(budget)
      counts.push(fixedCount(cursor, end))
    } else if (type === 'histogram' && tag === bytesAt(7))
      packed(cursor, end, double, bounds, budget)
    else if (type === 'histogram' && tag === 0x39) {
      spend(budget)
      bounds.push(double(cursor, end))
    } else if (type === 'histogram' && tag === 0x59) min = double(cursor, end)
    else if (type === 'histogram' && tag === 0x61) max = double(cursor, end)
    else if (type === 'exponential_histogram' && tag === 0x61) min = double(cursor, end)
    else if (type === 'exponential_histogram' && tag === 0x69) max = double(cursor, end)
    else skip(cursor, tag, end)
  }
  return {
    resource: of.resource,
    scope: of.scope,
    attributes: kept.attributes,
    dropped: kept.dropped,
    metric: of.name,
    unit: of.unit,
    type,
    temporality: of.temporality,
    monotonic: of.monotonic,
    start,
    time,
    value: finiteOrNull(value),
    count,
    sum: finiteOrNull(sum),
    min: finiteOrNull(min),
    max: finiteOrNull(max),
    bounds,
    counts,
  }
}

const finiteOrNull = (number: number | null): number | null =>
  number !== null && Number.isFinite(number) ? number : null

function packed(
  cursor: Cursor,
  end: number,
  read: (cursor: Cursor, end: number) => number,
  into: number[],
  budget: Budget,
): void {
  const stop = lengthEnd(cursor, end)
  while (cursor.at < stop) {
    spend(budget)
    into.push(read(cursor, stop))
  }
}
