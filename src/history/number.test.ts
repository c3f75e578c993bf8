import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitLines } from './lines.ts'
import { numberByMap, numberIds, numberLines } from './number.ts'

const split = (text: string) => ({ text, lines: splitLines(text) })

describe('numberLines', () => {
  it('numbers as a Map would, in the order of first appearance', () => {
    const line = fc.oneof(
      fc.string({ maxLength: 6 }),
      // Long enough that only the ends are hashed, and different in the middle.
      fc.nat(9).map((digit) => `${'x'.repeat(40)}${digit}${'y'.repeat(40)}`),
      fc.constantFrom('\ud800', '\ud801', '\u{1F600}', '\r'),
    )
    const text = fc.array(line, { maxLength: 60 }).map((lines) => lines.join('\n'))
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(numberLines(split(a), split(b))).toEqual(numberByMap(splitLines(a), splitLines(b)))
      }),
      { numRuns: 1000 },
    )
  })

  it('gives the table up where all lines collide, and numbers them all the same', () => {
    const colliding = Array.from(
      { length: 5000 },
      (_, index) => `${'x'.repeat(40)}${String(index).padStart(5, '0')}${'y'.repeat(40)}\n`,
    ).join('')
    const { a, b, kinds } = numberLines(split(colliding), split(colliding))
    expect(kinds).toBe(5000)
    expect(a).toEqual(b)
  })
})

describe('numberIds', () => {
  it('keeps equal ids equal and different ones different', () => {
    const ids = fc.array(fc.constantFrom(0, 1, 9, 4_000_000, 2_000_000_000), { maxLength: 20 })
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        const numbered = numberIds(Int32Array.from(a), Int32Array.from(b))
        expect(numbered).toEqual(numberByMap(a, b))
      }),
    )
  })
})
