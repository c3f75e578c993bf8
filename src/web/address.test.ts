import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSearch, safeNext, stringifySearch } from './address.ts'

describe('the state in the address', () => {
  it('is plain text that a person can edit', () => {
    expect(stringifySearch({ from: 3, to: '5', q: '', status: ['a', 'b'], none: undefined })).toBe(
      '?from=3&to=5&status=a&status=b',
    )
    expect(parseSearch('?from=3&status=a&status=b')).toEqual({ from: '3', status: ['a', 'b'] })
  })

  it('reads back what it wrote', () => {
    const key = fc.string({ minLength: 1 }).filter((k) => k !== '__proto__')
    const text = fc.string({ minLength: 1, unit: 'binary' })
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.oneof(text, fc.array(text, { minLength: 2 }))),
        (search) => {
          expect(parseSearch(stringifySearch(search))).toEqual({ ...search })
        },
      ),
    )
  })

  it('never leads off this site after signing in', () => {
    expect(safeNext('/policies/x?from=1')).toBe('/policies/x?from=1')
    expect(safeNext('/authorize/aut_1')).toBe('/authorize/aut_1')
    for (const bad of [
      '//evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      '/a/..//evil.example',
      'https://evil.example',
      'x',
      '',
    ])
      expect(safeNext(bad)).toBe('/')
    expect(safeNext(undefined)).toBe('/')
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('/', '\\', '\t', '\n', '.', '@', ':', '?', '#', 'a') }),
        (next) => {
          const { origin } = new URL(safeNext(next), 'https://here.example')
          expect(origin).toBe('https://here.example')
        },
      ),
    )
  })
})
