import { describe, expect, it } from 'vitest'
import { CHECK_CASES } from './check.cases.ts'
import { CASES as DEFAULTS_CASES } from './defaults/cases.ts'
import { judgeRegex } from './regex.ts'
import { checkPolicy, COMPLAINT_CODES, POLICY, type Shape, type TableShape } from './index.ts'
import { nearest } from './nearest.ts'

function tables(shape: Shape): readonly TableShape[] {
  switch (shape.kind) {
    case 'table':
      return [
        shape,
        ...shape.keys.flatMap((k) => tables(k.shape)),
        ...(shape.rest === undefined ? [] : tables(shape.rest)),
      ]
    case 'list':
      return tables(shape.of)
    case 'either':
      return shape.options.flatMap(tables)
    case 'variant':
      return Object.values(shape.variants).flatMap(tables)
    case 'tagged':
      return Object.values(shape.cases).flatMap(tables)
    default:
      return []
  }
}

describe('the table of keys', () => {
  const all = tables(POLICY)

  it('names every key of a table once, and explains it', () => {
    for (const table of all) {
      const names = table.keys.flatMap((k) => [k.name, ...(k.aliases ?? [])])
      expect(names).toEqual([...new Set(names)])
      for (const key of table.keys) expect(key.about).toMatch(/\.$|`$/)
    }
  })

  it('has the keys of the client 0.169', () => {
    // 46 fields in the client's own structure; `experimental_network` counts once with its other name.
    expect(POLICY.keys).toHaveLength(46)
    expect(all.flatMap((t) => t.keys).length).toBeGreaterThan(200)
  })
})

describe('the cases', () => {
  it('have one for every code that a small text can cause', () => {
    const ofDefaults = DEFAULTS_CASES.flatMap(
      ({ toml, requirements }) =>
        checkPolicy({ text: requirements ?? '', defaults: toml }).defaults.complaints,
    )
    const covered = new Set([...CHECK_CASES, ...ofDefaults].map((c) => c.code))
    expect(COMPLAINT_CODES.filter((code) => !covered.has(code))).toEqual([
      'too_large',
      'too_complex',
    ])
  })
})

describe('judgeRegex', () => {
  it('knows the two engines of the client apart', () => {
    expect(judgeRegex('\\p{L}', 'full').kind).toBe('good')
    expect(judgeRegex('\\p{L}', 'lite').kind).toBe('bad')
    expect(judgeRegex('(?=a)', 'full').kind).toBe('bad')
    expect(judgeRegex('(?x) a', 'full').kind).toBe('unsure')
  })

  it('does not take long over long patterns', () => {
    const before = performance.now()
    judgeRegex('(a*)*'.repeat(20_000), 'lite')
    judgeRegex('['.repeat(100_000), 'lite')
    judgeRegex('\\u{'.repeat(50_000), 'full')
    expect(performance.now() - before).toBeLessThan(10_000)
  })
})

describe('nearest', () => {
  it('finds slips and leaves other words alone', () => {
    const words = ['allowed_sandbox_modes', 'features', 'otel']
    expect(nearest('allowed-sandbox-modes', words)).toBe('allowed_sandbox_modes')
    expect(nearest('faetures', words)).toBe('features')
    expect(nearest('Otel', words)).toBe('otel')
    expect(nearest('hooks', words)).toBeUndefined()
    expect(nearest('x'.repeat(100_000), words)).toBeUndefined()
  })
})
