import fc from 'fast-check'
import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { checkRequirements } from '#requirements/index.ts'
import { otelBlock, type BlockSettings } from './block.ts'

const settings: fc.Arbitrary<BlockSettings> = fc.record({
  protocol: fc.constantFrom('binary', 'json'),
  environment: fc.string({ unit: 'grapheme', maxLength: 60 }).filter((s) => !/\p{Cc}/u.test(s)),
  metrics: fc.boolean(),
  traces: fc.boolean(),
  logUserPrompt: fc.boolean(),
  toolOutput: fc.boolean(),
})

describe('the delivered block', () => {
  it('is one that the client takes, whatever the settings are, and always names all exporters', () => {
    fc.assert(
      fc.property(settings, fc.option(fc.constant('git_a.b')), (one, token) => {
        const text = otelBlock('https://gatehouse.example', one, token)
        expect(checkRequirements(text).complaints).toEqual([])
        const { otel } = parse(text) as { otel: Readonly<Record<string, unknown>> }
        expect(otel['environment'] ?? '').toBe(one.environment)
        const on = {
          exporter: token !== null,
          trace_exporter: token !== null && one.traces,
          metrics_exporter: token !== null && one.metrics,
        }
        for (const [key, sends] of Object.entries(on)) {
          if (sends) expect(otel[key]).toHaveProperty('otlp-http.protocol', one.protocol)
          else expect(otel[key]).toBe('none')
        }
      }),
    )
  })
})
