import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { caretBehind, isWhole, shownCode } from './typed-code.ts'

describe('a code while it is typed', () => {
  it('is shown in two groups, however it is written', () => {
    for (const typed of ['abcdefgh', 'ABCD-EFGH', ' abcd efgh ', 'ABCD–EFGH', 'abcdefghij'])
      expect(shownCode(typed)).toBe('ABCD-EFGH')
    expect(shownCode('abcd')).toBe('ABCD')
    expect(shownCode('abcd-')).toBe('ABCD')
    expect(isWhole('ABCD-EFG')).toBe(false)
    expect(isWhole('abcd efgh')).toBe(true)
  })

  it('stays as it is when it is shown again, and the caret stays within it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const shown = shownCode(before + after)
        expect(shownCode(shown)).toBe(shown)
        expect(caretBehind(before)).toBeLessThanOrEqual(shown.length)
      }),
    )
  })

  it('keeps the caret behind the character that was typed', () => {
    // ABC|EFGH with a D typed in the middle.
    expect(shownCode('ABCDEFGH').slice(0, caretBehind('ABCD'))).toBe('ABCD')
    expect(shownCode('ABCDEFGH').slice(0, caretBehind('ABCDE'))).toBe('ABCD-E')
  })
})
