/**
 * OTLP/JSON (OTLP 1.9, "JSON Protobuf Encoding"): names in lowerCamelCase, ids in hex, enums as numbers, 64-bit numbers as a
 * text or a number. Fields that nobody knows are passed over; a known one of the wrong type refuses the request.
 */
import {
  malformed,
  maxAttributes,
  maxDepth,
  newBudget,
  spend,
  spendRecord,
  tooDeep,
  type Budget,
} from './budget.ts'
import {
  eventName,
  type Attributes,
  type OtlpLog,
  type OtlpPoint,
  type OtlpSpan,
  type OtlpSpanEvent,
  type Resource,
  type Value,
} from './records.ts'
import { cleanText } from './wire.ts'

/** @throws malformed_body, body_too_large */
export const jsonLogs = (body: Uint8Array): OtlpLog[] =>
  scoped(body, ['resourceLogs', 'scopeLogs', 'logRecords'], (item, place, budget, into) => {
    into.push(logRecord(item, place, budget))
  })
export const jsonSpans = (body: Uint8Array): OtlpSpan[] =>
  scoped(body, ['resourceSpans', 'scopeSpans', 'spans'], (item, place, budget, into) => {
    into.push(span(item, place, budget))
  })
export const jsonPoints = (body: Uint8Array): OtlpPoint[] =>
  scoped(body, ['resourceMetrics', 'scopeMetrics', 'metrics'], metric)

type Json = Readonly<Record<string, unknown>>
interface Place {
  readonly resource: Resource
  readonly scope: string
}

function scoped<T>(
  body: Uint8Array,
  [resources, scopes, items]: readonly [string, string, string],
  readItem: (item: Json, place: Place, budget: Budget, into: T[]) => void,
): T[] {
  const budget = newBudget()
  const into: T[] = []
  for (const outer of listOf(parsed(body), resources, budget)) {
    const resource = { attributes: attributesOf(messageOf(outer, 'resource'), budget).attributes }
    for (const inner of listOf(outer, scopes, budget)) {
      const place = { resource, scope: textOf(messageOf(inner, 'scope'), 'name') }
      for (const item of listOf(inner, items, budget, spendRecord))
        readItem(item, place, budget, into)
    }
  }
  return into
}

function parsed(body: Uint8Array): Json {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (error) {
    throw malformed(
      error instanceof SyntaxError
        ? `The body is not JSON: ${error.message}`
        : 'The body is not UTF-8.',
    )
  }
  return message(value, 'The body')
}

const isAbsent = (value: unknown): value is null | undefined =>
  value === undefined || value === null

function message(value: unknown, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(`${name} must be an object.`)
  return value as Json
}

const nothing: Json = {}
const messageOf = (json: Json, name: string): Json => {
  const value = json[name]
  return isAbsent(value) ? nothing : message(value, name)
}

function arrayOf(json: Json, name: string): readonly unknown[] {
  const value = json[name]
  if (isAbsent(value)) return []
  if (!Array.isArray(value)) throw malformed(`${name} must be a list.`)
  return value
}

function* listOf(
  json: Json,
  name: string,
  budget: Budget,
  count: (budget: Budget) => void = spend,
): Generator<Json> {
  for (const item of arrayOf(json, name)) {
    count(budget)
    yield message(item, name)
  }
}

function textOf(json: Json, name: string): string {
  const value = json[name]
  if (isAbsent(value)) return ''
  if (typeof value !== 'string') throw malformed(`${name} must be a text.`)
  return cleanText(value)
}

function idOf(json: Json, name: string): string {
  const text = textOf(json, name).toLowerCase()
  if (!/^[0-9a-f]{0,32}$/.test(text)) throw malformed(`${name} must be hexadecimal.`)
  return /^0*$/.test(text) ? '' : text
}

const decimal = /^-?\d{1,20}$/

/** Of 64 bits, exact where JavaScript can; else the text (records.ts). */
function integer(value: unknown, name: string): number | string {
  if (typeof value === 'string' && decimal.test(value)) {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }
  if (typeof value === 'number' && Number.isInteger(value))
    return Number.isSafeInteger(value) ? value : BigInt(value).toString()
  throw malformed(`${name} must be a whole number.`)
}

const countOf = (json: Json, name: string): number =>
  isAbsent(json[name]) ? 0 : Number(integer(json[name], name))

function timeOf(json: Json, name: string): number {
  const value = json[name]
  if (isAbsent(value)) return 0
  // In two parts: a double has no room for nanoseconds since 1970.
  if (typeof value === 'string' && decimal.test(value) && value.length > 6)
    return Number(value.slice(0, -6)) + Number(value.slice(-6)) / 1e6
  return countOf(json, name) / 1e6
}

const special: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
}

function number(value: unknown, name: string): number {
  if (typeof value === 'number') return value
  if (typeof value === 'string') {
    const known = special[value] ?? (value.trim() === '' ? Number.NaN : Number(value))
    if (!Number.isNaN(known) || value === 'NaN') return known
  }
  throw malformed(`${name} must be a number.`)
}

const numberOf = (json: Json, name: string): number | null => {
  if (isAbsent(json[name])) return null
  const read = number(json[name], name)
  return Number.isFinite(read) ? read : null
}

function flagOf(json: Json, name: string): boolean {
  const value = json[name]
  if (isAbsent(value)) return false
  if (typeof value !== 'boolean') throw malformed(`${name} must be true or false.`)
  return value
}

interface Kept {
  readonly attributes: Attributes
  readonly dropped: number
}

function attributesOf(json: Json, budget: Budget, depth = 0): Kept {
  const attributes = new Map<string, Value>()
  let dropped = countOf(json, 'droppedAttributesCount')
  for (const pair of listOf(json, depth === 0 ? 'attributes' : 'values', budget)) {
    if (attributes.size >= maxAttributes) dropped += 1
    else attributes.set(textOf(pair, 'key'), anyValue(messageOf(pair, 'value'), budget, depth))
  }
  return { attributes, dropped }
}

function anyValue(json: Json, budget: Budget, depth: number): Value {
  if (!isAbsent(json['stringValue'])) return textOf(json, 'stringValue')
  if (!isAbsent(json['boolValue'])) return flagOf(json, 'boolValue')
  if (!isAbsent(json['intValue'])) return integer(json['intValue'], 'intValue')
  if (!isAbsent(json['doubleValue'])) {
    const read = number(json['doubleValue'], 'doubleValue')
    return Number.isFinite(read) ? read : String(read)
  }
  if (!isAbsent(json['bytesValue'])) return textOf(json, 'bytesValue')
  if (isAbsent(json['arrayValue']) && isAbsent(json['kvlistValue'])) return null
  if (depth >= maxDepth) throw tooDeep()
  if (isAbsent(json['arrayValue']))
    return Object.fromEntries(
      attributesOf(messageOf(json, 'kvlistValue'), budget, depth + 1).attributes,
    )
  return [...listOf(messageOf(json, 'arrayValue'), 'values', budget)].map((value) =>
    anyValue(value, budget, depth + 1),
  )
}

function logRecord(json: Json, place: Place, budget: Budget): OtlpLog {
  const kept = attributesOf(json, budget)
  return {
    ...place,
    ...kept,
    time: timeOf(json, 'timeUnixNano'),
    observed: timeOf(json, 'observedTimeUnixNano'),
    severity: countOf(json, 'severityNumber'),
    name: eventName(kept.attributes, textOf(json, 'eventName')),
    body: anyValue(messageOf(json, 'body'), budget, 0),
    traceId: idOf(json, 'traceId'),
    spanId: idOf(json, 'spanId'),
  }
}

function span(json: Json, place: Place, budget: Budget): OtlpSpan {
  const status = messageOf(json, 'status')
  return {
    ...place,
    ...attributesOf(json, budget),
    name: textOf(json, 'name'),
    kind: countOf(json, 'kind'),
    start: timeOf(json, 'startTimeUnixNano'),
    end: timeOf(json, 'endTimeUnixNano'),
    traceId: idOf(json, 'traceId'),
    spanId: idOf(json, 'spanId'),
    parentSpanId: idOf(json, 'parentSpanId'),
    status: countOf(status, 'code'),
    statusText: textOf(status, 'message'),
    events: [...listOf(json, 'events', budget)].map((event): OtlpSpanEvent => ({
      time: timeOf(event, 'timeUnixNano'),
      name: textOf(event, 'name'),
      attributes: attributesOf(event, budget).attributes,
    })),
  }
}

const pointTypes: Readonly<Record<string, OtlpPoint['type']>> = {
  gauge: 'gauge',
  sum: 'sum',
  histogram: 'histogram',
  exponentialHistogram: 'exponential_histogram',
  summary: 'summary',
}

function metric(json: Json, place: Place, budget: Budget, into: OtlpPoint[]): void {
  for (const [field, type] of Object.entries(pointTypes)) {
    const data = messageOf(json, field)
    const of = {
      ...place,
      metric: textOf(json, 'name'),
      unit: textOf(json, 'unit'),
      type,
      temporality: countOf(data, 'aggregationTemporality'),
      monotonic: flagOf(data, 'isMonotonic'),
    }
    for (const point of listOf(data, 'dataPoints', budget, spendRecord))
      into.push({ ...of, ...attributesOf(point, budget), ...numbersOf(point, type, budget) })
  }
}

function numbersOf(point: Json, type: OtlpPoint['type'], budget: Budget) {
  const single = type === 'gauge' || type === 'sum'
  const listed = (name: string, read: (value: unknown, name: string) => number): number[] =>
    type === 'histogram'
      ? arrayOf(point, name).map((value) => {
          spend(budget)
          return read(value, name)
        })
      : []
  return {
    start: timeOf(point, 'startTimeUnixNano'),
    time: timeOf(point, 'timeUnixNano'),
    value: single ? (numberOf(point, 'asDouble') ?? integerOf(point, 'asInt')) : null,
    count: single ? 0 : countOf(point, 'count'),
    sum: single ? null : numberOf(point, 'sum'),
    min: single ? null : numberOf(point, 'min'),
    max: single ? null : numberOf(point, 'max'),
    bounds: listed('explicitBounds', number),
    counts: listed('bucketCounts', (value, name) => Number(integer(value, name))),
  }
}

const integerOf = (json: Json, name: string): number | null =>
  isAbsent(json[name]) ? null : Number(integer(json[name], name))
