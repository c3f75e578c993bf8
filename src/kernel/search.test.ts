import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSearch, wordsOf } from './search.ts'

describe('words', () => {
  it('are letters and digits, folded', () => {
    expect(wordsOf('Über `requirements.toml` — v2.1_beta')).toEqual([
      'uber',
      'requirements',
      'toml',
      'v2',
      '1',
      'beta',
    ])
  })
  it('are single signs where nothing stands between words', () => {
    expect(wordsOf('設定ファイルmcp')).toEqual(['設', '定', 'フ', 'ァ', 'イ', 'ル', 'mcp'])
  })
  it('never hold anything but letters and digits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(wordsOf(text).every((word) => /^[\p{L}\p{N}]+$/u.test(word))).toBe(true)
      }),
    )
  })
})

describe('a query', () => {
  it('has words, phrases and beginnings', () => {
    expect(parseSearch('sandbox "workspace write" requirements.toml requir* "a b"*')).toEqual([
      { words: ['sandbox'], prefix: false },
      { words: ['workspace', 'write'], prefix: false },
      { words: ['requirements', 'toml'], prefix: false },
      { words: ['requir'], prefix: true },
      { words: ['a', 'b'], prefix: true },
    ])
  })
  it.each(['', '   ', '"', '***', '()', '""', '-'])(
    'of nothing but signs (%j) asks for nothing',
    (query) => {
      expect(parseSearch(query)).toEqual([])
    },
  )
})
