import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxAttributes, maxDepth, maxPieces, maxRecords } from './budget.ts'
import { decode } from './decode.ts'
import type { OtlpLog, OtlpPoint, OtlpSpan, Value } from './records.ts'
import { bytes, double, fixed64, message, text, varintField } from './wire.test.write.ts'

const sample = (name: string) => readFileSync(join(import.meta.dirname, 'samples', name))
const logs = (body: Uint8Array) => decode('logs', 'protobuf', body).records as readonly OtlpLog[]
const json = (value: unknown) => Buffer.from(JSON.stringify(value))
const jsonLogs = (value: unknown) =>
  decode('logs', 'json', json(value)).records as readonly OtlpLog[]
/** One log record of these fields, in protobuf. */
const record = (...fields: readonly Uint8Array[]) => message(1, message(2, message(2, ...fields)))
const pair = (key: string, ...value: readonly Uint8Array[]) => [text(1, key), message(2, ...value)]
const attribute = (key: string, ...value: readonly Uint8Array[]) =>
  message(6, ...pair(key, ...value))
const oneJson = (fields: object) =>
  jsonLogs({ resourceLogs: [{ scopeLogs: [{ logRecords: [fields] }] }] })[0]

describe('what the agent sends', () => {
  it.each(['bin', 'json'] as const)('is read whole: logs.%s', (form) => {
    const { records } = decode('logs', form === 'bin' ? 'protobuf' : 'json', sample(`logs.${form}`))
    const read = records as readonly OtlpLog[]
    expect(read.length).toBe(31)
    const result = read.findLast(({ name }) => name === 'codex.tool_result')
    expect(result?.attributes.get('call_id')).toBe('call_3')
    expect(result?.attributes.get('arguments')).toBe('{"cmd":"ls /nonexistent"}')
    expect(result?.resource.attributes.get('service.version')).toBe('0.169.0')
    expect(result?.scope).toBe('codex_otel.log_only')
    expect(result?.time).toBe(0)
    expect(new Date(result?.observed ?? 0).toISOString()).toMatch(/^2026-11-23T21:09:/)
    expect(result?.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(result?.spanId).toMatch(/^[0-9a-f]{16}$/)
    // One object for all that came under it.
    expect(new Set(read.map(({ resource }) => resource)).size).toBe(1)
  })

  it('is the same in both forms: the same events with the same attributes', () => {
    const of = (records: readonly OtlpLog[]) =>
      records.map(({ name, attributes }) => [name, ...[...attributes.keys()].sort()].join(' '))
    const binary = of(logs(sample('logs.bin')))
    expect(
      of(decode('logs', 'json', sample('logs.json')).records as readonly OtlpLog[]).sort(),
    ).toEqual(binary.sort())
  })

  it.each(['bin', 'json'] as const)('is read whole: traces.%s', (form) => {
    const { records } = decode(
      'traces',
      form === 'bin' ? 'protobuf' : 'json',
      sample(`traces.${form}`),
    )
    const read = records as readonly OtlpSpan[]
    expect(read.length).toBe(60)
    for (const span of read) {
      expect(span.traceId).toMatch(/^[0-9a-f]{32}$/)
      expect(span.end).toBeGreaterThanOrEqual(span.start)
      expect(new Date(span.start).toISOString()).toMatch(/^2026-11-23T21:09/)
      expect(span.attributes.get('code.line.number')).toBeTypeOf('number')
    }
    expect(read.filter(({ parentSpanId }) => parentSpanId !== '').length).toBeGreaterThan(10)
  })

  it.each(['bin', 'json'] as const)('is read whole: metrics.%s', (form) => {
    const { records } = decode(
      'metrics',
      form === 'bin' ? 'protobuf' : 'json',
      sample(`metrics.${form}`),
    )
    const read = records as readonly OtlpPoint[]
    const calls = read.filter(({ metric }) => metric === 'codex.tool.call')
    expect(calls.reduce((sum, { value }) => sum + (value ?? 0), 0)).toBe(3)
    expect(calls[0]).toMatchObject({ type: 'sum', temporality: 1, monotonic: true })
    const tokens = read.filter(({ metric }) => metric === 'codex.turn.token_usage')
    const total = tokens.find(({ attributes }) => attributes.get('token_type') === 'total')
    expect(total).toMatchObject({ type: 'histogram', count: 1, sum: 8, min: 8, max: 8 })
    expect(total?.counts.length).toBe((total?.bounds.length ?? 0) + 1)
  })
})

describe('values', () => {
  it('keep what a number of JavaScript cannot', () => {
    const values: readonly (readonly [Uint8Array, Value])[] = [
      [varintField(3, 42n), 42],
      [varintField(3, -1n), -1],
      [varintField(3, 2n ** 63n - 1n), '9223372036854775807'],
      [varintField(3, -(2n ** 63n)), '-9223372036854775808'],
      [varintField(2, 1n), true],
      [double(4, 1.5), 1.5],
      [double(4, Number.NaN), 'NaN'],
      [double(4, Number.NEGATIVE_INFINITY), '-Infinity'],
      [bytes(7, Buffer.from([0, 255])), 'AP8='],
      [text(1, ''), ''],
    ]
    const [read] = logs(record(...values.map(([field], n) => attribute(`a${n}`, field))))
    expect([...(read?.attributes.values() ?? [])]).toEqual(values.map(([, value]) => value))
    const [other] = jsonLogs({
      resourceLogs: [
        {
          scopeLogs: [
            {
              logRecords: [
                {
                  attributes: [
                    { key: 'a', value: { intValue: '9223372036854775807' } },
                    { key: 'b', value: { intValue: 42 } },
                    { key: 'c', value: { doubleValue: 'NaN' } },
                    { key: 'd', value: { bytesValue: 'AP8=' } },
                    { key: 'e', value: {} },
                    { key: 'f' },
                  ],
                },
              ],
            },
          ],
        },
      ],
    })
    expect([...(other?.attributes.values() ?? [])]).toEqual([
      '9223372036854775807',
      42,
      'NaN',
      'AP8=',
      null,
      null,
    ])
  })

  it('are the same however they came (property)', () => {
    const scalar = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 80 }).map((value) => ({
        wire: text(1, value),
        json: { stringValue: value },
      })),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({
        wire: varintField(3, value),
        json: { intValue: value.toString() },
      })),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({
        wire: double(4, value),
        // JSON has no minus zero.
        json: { doubleValue: value },
      })),
      fc.boolean().map((value) => ({
        wire: varintField(2, value ? 1n : 0n),
        json: { boolValue: value },
      })),
    )
    const value = fc.letrec<{ value: { wire: Uint8Array; json: object } }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        scalar,
        fc.array(tie('value'), { maxLength: 4 }).map((list) => ({
          wire: message(5, ...list.map(({ wire }) => message(1, wire))),
          json: { arrayValue: { values: list.map((one) => one.json) } },
        })),
        fc.dictionary(fc.string({ maxLength: 8 }), tie('value'), { maxKeys: 4 }).map((map) => ({
          wire: message(
            6,
            ...Object.entries(map).map(([key, { wire }]) => message(1, ...pair(key, wire))),
          ),
          json: {
            kvlistValue: {
              values: Object.entries(map).map(([key, one]) => ({ key, value: one.json })),
            },
          },
        })),
      ),
    })).value
    fc.assert(
      fc.property(value, fc.string({ maxLength: 70 }), ({ wire, json: form }, key) => {
        const [binary] = logs(record(attribute(key, wire)))
        const written = oneJson({ attributes: [{ key, value: form }] })
        const plain = (read: OtlpLog | undefined) => JSON.stringify([...(read?.attributes ?? [])])
        expect(plain(binary)).toBe(plain(written))
      }),
    )
  })

  it('that PostgreSQL would refuse are made harmless, and names are only names', () => {
    const name = oneJson({
      attributes: [
        { key: '__proto__', value: { stringValue: 'a\0b' } },
        { key: 'x', value: { stringValue: '\ud800' } },
        {
          key: 'm',
          value: { kvlistValue: { values: [{ key: '__proto__', value: { intValue: 1 } }] } },
        },
      ],
    })
    expect(name?.attributes.get('__proto__')).toBe('a\uFFFDb')
    expect(name?.attributes.get('x')).toBe('\uFFFD')
    expect(Object.keys(name?.attributes.get('m') as object)).toEqual(['__proto__'])
    const [wire] = logs(record(attribute('n\0', text(1, 'a\0'.repeat(100)))))
    expect(wire?.attributes.get('n\uFFFD')).toBe('a\uFFFD'.repeat(100))
    expect(
      logs(record(attribute('bad', bytes(1, Buffer.from([0xff, 0x41])))))[0]?.attributes.get('bad'),
    ).toBe('\uFFFDA')
  })
})

describe('what is not an export request', () => {
  it('is refused, or read as nothing, whatever it is (property)', () => {
    const whole = sample('logs.bin')
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(400), (at, byte, cut) => {
        const body = Buffer.from(whole.subarray(0, whole.length - cut))
        body[Math.min(at, body.length - 1)] = byte
        for (const signal of ['logs', 'traces', 'metrics'] as const)
          try {
            decode(signal, 'protobuf', body)
          } catch (error) {
            expect(error).toMatchObject({ name: 'Problem', code: 'malformed_body' })
          }
      }),
    )
  })

  it.each([
    ['{', /not JSON/],
    ['[]', /object/],
    ['{"resourceLogs":{}}', /resourceLogs must be a list/],
    ['{"resourceLogs":[1]}', /resourceLogs must be an object/],
    ['{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":{}}]}]}]}', /timeUnixNano/],
    [
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[{"key":1}]}]}]}]}',
      /key must be a text/,
    ],
    ['{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"traceId":"xyz"}]}]}]}', /traceId/],
  ])('says what is wrong with %s', (body, expected) => {
    expect(() => decode('logs', 'json', Buffer.from(body))).toThrow(expected)
  })

  it('knows nothing of fields that came later, and of empty messages', () => {
    expect(logs(new Uint8Array())).toEqual([])
    expect(logs(record(varintField(900, 5n), text(901, 'later')))).toHaveLength(1)
    expect(jsonLogs({ resourceLogs: [{ later: 1 }], others: [] })).toEqual([])
  })
})

describe('bounds', () => {
  it('cut off attributes, and say how many', () => {
    const many = Array.from({ length: maxAttributes + 5 }, (_, n) =>
      attribute(`k${n}`, text(1, 'v')),
    )
    const [read] = logs(record(...many, varintField(7, 2n)))
    expect(read?.attributes.size).toBe(maxAttributes)
    expect(read?.dropped).toBe(7)
    const written = oneJson({
      attributes: many.map((_, n) => ({ key: `k${n}`, value: { intValue: n } })),
      droppedAttributesCount: 2,
    })
    expect([written?.attributes.size, written?.dropped]).toEqual([maxAttributes, 7])
  })

  it('refuse values that are nested too deeply, and take those that are not', () => {
    const nested = (levels: number): Uint8Array =>
      levels === 0 ? text(1, 'x') : message(5, message(1, nested(levels - 1)))
    expect(logs(record(attribute('a', nested(maxDepth))))).toHaveLength(1)
    expect(() => logs(record(attribute('a', nested(maxDepth + 1))))).toThrow(/levels deep/)
    const written = (levels: number): object =>
      levels === 0 ? { stringValue: 'x' } : { arrayValue: { values: [written(levels - 1)] } }
    const of = (levels: number) => ({ attributes: [{ key: 'a', value: written(levels) }] })
    expect(oneJson(of(maxDepth))).toBeDefined()
    expect(() => oneJson(of(maxDepth + 1))).toThrow(/levels deep/)
    // So deep that a recursive reader would have no stack left.
    const deep = '{"arrayValue":{"values":['.repeat(100_000)
    const body = `{"resourceLogs":[{"resource":{"attributes":[{"key":"a","value":${deep}`
    expect(() => decode('logs', 'json', Buffer.from(body))).toThrow(/not JSON|levels deep/)
  })

  it('refuse a request of too many records, which may have two bytes each', () => {
    const empty = (count: number) => Buffer.alloc(2 * count, Buffer.from([0x12, 0]))
    expect(logs(message(1, message(2, empty(maxRecords))))).toHaveLength(maxRecords)
    expect(() => logs(message(1, message(2, empty(maxRecords + 1))))).toThrow(/20000 records/)
    const gauge = message(
      2,
      text(1, 'm'),
      message(5, Buffer.from([...empty(maxRecords + 1)].map((byte) => (byte === 0x12 ? 0x0a : 0)))),
    )
    expect(() => decode('metrics', 'protobuf', message(1, message(2, gauge)))).toThrow(
      /20000 records/,
    )
    const logRecords = Array.from({ length: maxRecords + 1 }, () => ({}))
    expect(() => jsonLogs({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] })).toThrow(
      /20000 records/,
    )
  })

  it('refuse a request of too many pieces', () => {
    // Two bytes an attribute.
    const empty = Buffer.alloc(2 * (maxPieces + 10), Buffer.from([0x32, 0]))
    expect(() => logs(record(empty))).toThrow(/at most/)
  })

  it('take any number of different names of attributes', () => {
    const body = message(
      1,
      message(
        2,
        ...Array.from({ length: 100 }, (_, n) =>
          message(
            2,
            ...Array.from({ length: 200 }, (__, m) =>
              attribute(`name-${n}-${m}`, varintField(3, 1n)),
            ),
          ),
        ),
      ),
    )
    expect(logs(body)).toHaveLength(100)
  })

  it('keep times of every kind as they came', () => {
    const [read] = logs(record(fixed64(1, 2n ** 64n - 1n), fixed64(11, 0n)))
    expect(read?.time).toBeCloseTo(18446744073709.55, 1)
    expect(read?.observed).toBe(0)
    const late = Date.UTC(2100, 0, 1)
    expect(logs(record(fixed64(1, BigInt(late) * 1_000_000n + 500_000n)))[0]?.time).toBe(late + 0.5)
    expect(oneJson({ timeUnixNano: `${late}500000` })?.time).toBe(late + 0.5)
    expect(oneJson({ timeUnixNano: 5_000_000 })?.time).toBe(5)
  })
})
