import { describe, expect, it } from 'vitest'
import { otelOverlap } from './otel-overlap.ts'

const block = `[otel]
environment = "prod"
log_user_prompt = false
exporter = { otlp-http = { endpoint = "https://gatehouse.example/otlp/v1/logs", protocol = "binary" } }
trace_exporter = "none"
metrics_exporter = "none"
`

describe('an [otel] of a policy beside the delivered one', () => {
  it('is nothing to say where there is none, or where both say the same', () => {
    expect(otelOverlap('', block)).toEqual([])
    expect(otelOverlap('allowed_sandbox_modes = ["read-only"]\n', block)).toEqual([])
    expect(
      otelOverlap('[otel]\nlog_user_prompt = false\nspan_attributes = { a = "b" }\n', block),
    ).toEqual([])
  })

  it('wins key by key, an exporter whole', () => {
    const own = `[otel]
environment = "mine"
exporter = { otlp-http = { endpoint = "https://own.example", protocol = "json" } }
`
    expect(otelOverlap(own, block)).toEqual([
      { key: 'otel.environment', line: 2 },
      { key: 'otel.exporter', line: 3 },
    ])
  })

  it('says nothing of a text that cannot be read, which is complained about elsewhere', () => {
    expect(otelOverlap('[otel\n', block)).toEqual([])
  })
})
