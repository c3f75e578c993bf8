import { DiagLogLevel, SeverityNumber, SpanStatusCode, diag } from '@opentelemetry/api'
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtobufLogs } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufMetrics } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufTraces } from '@opentelemetry/exporter-trace-otlp-proto'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listen, type Listener } from '#kernel/listen.ts'
import { first, queries } from '#kernel/work.ts'
import { createIngestTokens } from '#features/telemetry/index.ts'
import { startWorld, type World } from '#test/world.ts'

// The exporters of OpenTelemetry itself, as anybody installs them: they say aloud what they do not like about an answer.

const q = queries<{ telemetry_facts: { id: number } }>()
const complaints: string[] = []
let world: World
let listener: Listener
let options: { readonly headers: Record<string, string> }
const urlOf = (signal: string) => `http://127.0.0.1:${listener.port}/otlp/v1/${signal}`

beforeAll(async () => {
  world = await startWorld()
  listener = await listen({ host: '127.0.0.1', port: 0, fetch: world.app.fetch })
  const made = await world.admin('POST', '/api/v1/enrolments', { name: 'laptops', groupId: null })
  const id = made.json.enrolment.id as string
  const claims = { kind: 'enrolment', id, principalId: id, versionId: '' } as const
  const token = createIngestTokens(world.app.runtime).make(claims)
  options = { headers: { authorization: `Bearer ${token}` } }
  const complain = (...said: readonly unknown[]) => void complaints.push(said.map(String).join(' '))
  diag.setLogger(
    {
      error: complain,
      warn: complain,
      info: () => undefined,
      debug: () => undefined,
      verbose: () => undefined,
    },
    DiagLogLevel.WARN,
  )
})
afterAll(async () => {
  diag.disable()
  await listener.drain(1000)
  await world.close()
})
beforeEach(() => {
  complaints.length = 0
})

const facts = () =>
  world.app.runtime.db.read(function* () {
    const row = yield* first(
      q.selectFrom('telemetry_facts').select((e) => e.fn.countAll<number>().as('count')),
    )
    return Number(row?.count)
  })

/** How many facts came in, and what the exporters complained about. */
async function after(act: () => Promise<unknown>) {
  const before = await facts()
  await act()
  return { facts: (await facts()) - before, complaints: [...complaints] }
}

describe('the official exporters are content', () => {
  it.each([
    ['JSON', JsonLogs],
    ['protobuf', ProtobufLogs],
  ])('with how logs are taken as %s', async (_, Exporter) => {
    const said = await after(async () => {
      const exporter = new Exporter({ ...options, url: urlOf('logs') })
      const provider = new LoggerProvider({
        processors: [new BatchLogRecordProcessor({ exporter })],
      })
      const logger = provider.getLogger('test')
      for (let n = 0; n < 20; n += 1)
        logger.emit({
          eventName: 'codex.user_prompt',
          severityNumber: SeverityNumber.INFO,
          body: { nested: [1, 2.5, true, 'text', new Uint8Array([1, 2])] },
          attributes: { 'prompt.length': n, list: ['a', 'b'] },
        })
      await provider.shutdown()
    })
    expect(said).toEqual({ facts: 20, complaints: [] })
  })

  it.each([
    ['JSON', JsonTraces],
    ['protobuf', ProtobufTraces],
  ])('with how spans are taken as %s', async (_, Exporter) => {
    const said = await after(async () => {
      const exporter = new Exporter({ ...options, url: urlOf('traces') })
      const provider = new TracerProvider({
        spanProcessors: [new BatchSpanProcessor({ exporter })],
      })
      const tracer = provider.getTracer('test')
      for (let n = 0; n < 20; n += 1) {
        const span = tracer.startSpan(`span ${n}`, { attributes: { n } })
        span.addEvent('something', { happened: true })
        span.setStatus({ code: SpanStatusCode.ERROR, message: 'no' })
        span.end()
      }
      await provider.shutdown()
    })
    expect(said).toEqual({ facts: 20, complaints: [] })
  })

  it.each([
    ['JSON', JsonMetrics],
    ['protobuf', ProtobufMetrics],
  ])('with how metrics are taken as %s', async (_, Exporter) => {
    const said = await after(async () => {
      const exporter = new Exporter({ ...options, url: urlOf('metrics') })
      const reader = new PeriodicExportingMetricReader({ exporter })
      const provider = new MeterProvider({ readers: [reader] })
      const meter = provider.getMeter('test')
      for (let n = 0; n < 5; n += 1) {
        meter.createCounter('counter').add(n, { n })
        meter.createHistogram('histogram').record(n, { n })
        meter.createGauge('gauge').record(n / 3, { n })
      }
      await provider.shutdown()
    })
    expect(said).toEqual({ facts: 15, complaints: [] })
  })

  it('with packed bodies', async () => {
    const said = await after(async () => {
      // The enum of the exporters' base package, which is nobody's dependency here.
      const compression = 'gzip' as never
      const exporter = new ProtobufLogs({ ...options, url: urlOf('logs'), compression })
      const provider = new LoggerProvider({
        processors: [new BatchLogRecordProcessor({ exporter })],
      })
      provider.getLogger('test').emit({ body: 'packed' })
      await provider.shutdown()
    })
    expect(said).toEqual({ facts: 1, complaints: [] })
  })

  it('and hear of it when they are not known', async () => {
    const said = await after(async () => {
      const exporter = new JsonLogs({ url: urlOf('logs'), headers: {} })
      const provider = new LoggerProvider({
        processors: [new BatchLogRecordProcessor({ exporter })],
      })
      provider.getLogger('test').emit({ body: 'nobody' })
      await provider.shutdown().catch(() => undefined)
    })
    expect(said).toEqual({ facts: 0, complaints: [expect.stringMatching(/Unauthorized/)] })
  })
})
