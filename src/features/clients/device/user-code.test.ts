import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeLength, letters, makeUserCode, readUserCode, showUserCode } from './user-code.ts'

const codes = fc.string({
  unit: fc.constantFrom(...Array.from(letters)),
  minLength: codeLength,
  maxLength: codeLength,
})
/** What people and their keyboards put between letters. */
const between = fc.constantFrom('', ' ', '-', ' - ', '–', '—', '\u00a0', '\t', '_')

describe('a user code', () => {
  it('is made of its letters only, each of them in each place', () => {
    const seen = Array.from({ length: codeLength }, () => new Set<string>())
    for (let i = 0; i < 2000; i++)
      Array.from(makeUserCode()).forEach((letter, place) => seen[place]?.add(letter))
    for (const place of seen) expect([...place].sort().join('')).toBe(letters)
    expect(letters).not.toMatch(/[AEIOUY01]/)
  })

  it('is read as it was shown', () => {
    fc.assert(
      fc.property(codes, (code) => {
        expect(showUserCode(code)).toMatch(/^[A-Z]{4}-[A-Z]{4}$/)
        expect(readUserCode(showUserCode(code))).toBe(code)
      }),
    )
  })

  it('is read whatever the case and whatever stands between its letters', () => {
    fc.assert(
      fc.property(
        codes,
        fc.array(between, { minLength: codeLength + 1, maxLength: codeLength + 1 }),
        fc.array(fc.boolean(), { minLength: codeLength, maxLength: codeLength }),
        (code, gaps, small) => {
          const typed = Array.from(code)
            .map((letter, i) => `${gaps[i]}${small[i] === true ? letter.toLowerCase() : letter}`)
            .join('')
          expect(readUserCode(typed + (gaps[codeLength] ?? ''))).toBe(code)
        },
      ),
    )
  })

  it('is read from the full-width letters of an East Asian keyboard', () => {
    expect(readUserCode('ＢＣＤＦ－ＧＨＪＫ')).toBe('BCDFGHJK')
  })

  it('is nothing else', () => {
    for (const typed of [
      '',
      'BCDF',
      'BCDF-GHJKL',
      'ABCD-EFGH',
      'BCDF-GHJ1',
      'BCDF/GHJK',
      'ßCDFGHJ',
    ])
      expect(readUserCode(typed)).toBeUndefined()
    fc.assert(
      fc.property(fc.string({ maxLength: 40, unit: 'binary' }), (typed) => {
        const code = readUserCode(typed)
        if (code !== undefined) expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/)
      }),
    )
  })
})
