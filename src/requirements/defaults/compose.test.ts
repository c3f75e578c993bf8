import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDefaults } from './check.ts'
import { isPublishable } from '../check.ts'
import type { Plain } from '../tree.ts'
import { arbitraryDefaults } from './arbitrary.ts'
import { composeDefaults, DEFAULTS_RANKS, type DefaultsLayer } from './compose.ts'

const layer = (kind: DefaultsLayer['kind'], text: string): DefaultsLayer => ({
  id: kind,
  kind,
  name: kind,
  text,
})

describe('several config.toml', () => {
  it('are put together key by key, and each key knows what it beat', () => {
    const { keys, document } = composeDefaults([
      layer('delivered', 'model = "a"\n[features]\napps = false\nhooks = true\n'),
      layer('delivered', 'model = "b"\nreview_model = "r"\n'),
      layer('user', '[features]\napps = true\n'),
    ])
    expect(document).toEqual({
      features: { apps: true, hooks: true },
      model: 'a',
      review_model: 'r',
    })
    expect(keys.map(({ key, from, beat }) => ({ key, from, beat }))).toEqual([
      {
        key: 'features.apps',
        from: [{ layer: 2, line: 2, column: 1 }],
        beat: [{ layer: 0, line: 3, column: 1, value: false }],
      },
      { key: 'features.hooks', from: [{ layer: 0, line: 4, column: 1 }], beat: [] },
      {
        key: 'model',
        from: [{ layer: 0, line: 1, column: 1 }],
        beat: [{ layer: 1, line: 1, column: 1, value: 'b' }],
      },
      { key: 'review_model', from: [{ layer: 1, line: 2, column: 1 }], beat: [] },
    ])
  })

  it('replace a table by a value and a value by a table, whole', () => {
    const { keys, document } = composeDefaults([
      layer('user', 'approval_policy = "never"\n[features.code_mode]\nenabled = true\n'),
      layer(
        'delivered',
        'approval_policy = { granular = { rules = true } }\n[features]\ncode_mode = false\n',
      ),
    ])
    expect(document).toEqual({
      approval_policy: 'never',
      features: { code_mode: { enabled: true } },
    })
    expect(keys.map(({ key, beat }) => [key, beat.map(({ value }) => value)])).toEqual([
      ['approval_policy', [{ granular: { rules: true } }]],
      ['features.code_mode.enabled', [false]],
    ])
  })

  it('take the old name of a key for the new one', () => {
    const { keys } = composeDefaults([
      layer('user', '[agents]\nmax_threads = 3\n'),
      layer('delivered', '[agents]\nmax_concurrent_threads_per_session = 5\n'),
    ])
    expect(keys.map(({ key, value, beat }) => [key, value, beat.length])).toEqual([
      ['agents.max_concurrent_threads_per_session', 3, 1],
    ])
  })

  it('name the layer that is no TOML and go on with the others', () => {
    const { document, unreadable } = composeDefaults([
      layer('delivered', 'model =\n'),
      layer('user', 'model = "u"\n'),
    ])
    expect(document).toEqual({ model: 'u' })
    expect(unreadable).toMatchObject([{ layer: 0, line: 1 }])
  })

  it('have every value from the first of their layers that has it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...DEFAULTS_RANKS), arbitraryDefaults()), {
          minLength: 1,
          maxLength: 4,
        }),
        (given) => {
          const layers = given.map(([kind, text]) => layer(kind, text))
          const alone = layers.map((one) => composeDefaults([one]).document)
          for (const { path, value, from, beat } of composeDefaults(layers).keys) {
            const [origin] = from
            expect(at(alone[origin?.layer ?? -1], path)).toEqual(value)
            for (const lost of beat) expect(lost.layer).not.toBe(origin?.layer)
          }
        },
      ),
      { numRuns: 200 },
    )
  })
})

function at(table: Plain | undefined, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], table)
}

describe('what grows from the table', () => {
  it('is found good', () => {
    fc.assert(
      fc.property(arbitraryDefaults(), (text) => {
        const wrong = checkDefaults(text).complaints.filter(
          ({ severity, code }) => severity === 'error' && !MEANT.has(code),
        )
        expect(wrong).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('is judged without throwing, also when it is full of slips', () => {
    fc.assert(
      fc.property(arbitraryDefaults(20), (text) => {
        expect(typeof isPublishable(checkDefaults(text))).toBe('boolean')
      }),
      { numRuns: 300 },
    )
  })
})

/** What a shape cannot say: values of it that the client refuses for what they mean. */
const MEANT = new Set([
  'missing_key',
  'approval_retired',
  'blank_value',
  'key_binding',
  'metadata_invalid',
  'mxc_excluded',
])
