/**
 * What OTLP carries, as the rest of telemetry sees it: one shape for protobuf and JSON. Every value can be written as JSON, so
 * that what nobody understands yet can be kept as it came.
 *
 * Numbers beyond 2^53 stand as their decimal text, not-a-number and the infinities as `NaN`, `Infinity`, `-Infinity`, bytes as
 * base64. U+0000 and lone surrogates, which PostgreSQL refuses in a text, are U+FFFD.
 */
export type Value =
  string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }

/** A map, because the names are the sender's: `__proto__` is a name like any other. At most `maxAttributes` of them. */
export type Attributes = ReadonlyMap<string, Value>

/** One for all records that came under it, the same object: a key for a `WeakMap`. */
export interface Resource {
  readonly attributes: Attributes
}

interface Common {
  readonly resource: Resource
  /** The name of the instrumentation scope. */
  readonly scope: string
  readonly attributes: Attributes
  /** Attributes that were cut off here, and those the sender says it dropped. */
  readonly dropped: number
}

/** Times are milliseconds since 1970 with a fraction (exact to 0.3 µs); 0: the sender says none. */
export interface OtlpLog extends Common {
  readonly time: number
  readonly observed: number
  readonly severity: number
  /** The field `event_name`, else the attribute `event.name`, else ''. */
  readonly name: string
  readonly body: Value
  /** Lower-case hex, '' where there is none. */
  readonly traceId: string
  readonly spanId: string
}

export interface OtlpSpan extends Common {
  readonly name: string
  readonly kind: number
  readonly start: number
  readonly end: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  /** 0 unset, 1 ok, 2 error. */
  readonly status: number
  readonly statusText: string
  readonly events: readonly OtlpSpanEvent[]
}

export interface OtlpSpanEvent {
  readonly time: number
  readonly name: string
  readonly attributes: Attributes
}

/** One data point of a metric. */
export interface OtlpPoint extends Common {
  readonly metric: string
  readonly unit: string
  readonly type: 'gauge' | 'sum' | 'histogram' | 'exponential_histogram' | 'summary'
  /** 0 unspecified, 1 delta, 2 cumulative. */
  readonly temporality: number
  readonly monotonic: boolean
  readonly start: number
  readonly time: number
  /** Of a gauge or a sum; else null. */
  readonly value: number | null
  /** Of the others; 0 and null for a gauge or a sum. */
  readonly count: number
  readonly sum: number | null
  readonly min: number | null
  readonly max: number | null
  /** Of a histogram with explicit bounds: `counts` has one more than `bounds`; else empty. */
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
}

export type Signal = 'logs' | 'metrics' | 'traces'

/** The agent says its event in an attribute, and where in its source it happened in the field (samples/). */
export function eventName(attributes: Attributes, field: string): string {
  const said = attributes.get('event.name')
  return typeof said === 'string' && said !== '' ? said : field
}
