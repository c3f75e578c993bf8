import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEditWriter, packEdits, readEdits } from './edits.ts'

const edits = createEditWriter()
const writer = {
  write: (lines: Int32Array, base?: Int32Array) => packEdits(edits.write(lines, base)),
}
const lines = fc.oneof(
  fc.array(fc.nat({ max: 6 }), { maxLength: 60 }),
  fc.array(fc.nat({ max: 5000 }), { maxLength: 300 }),
  fc
    .tuple(fc.nat({ max: 1e6 }), fc.nat({ max: 400 }))
    .map(([from, count]) => Array.from({ length: count }, (_, i) => from + i)),
)

describe('edits', () => {
  it('give the lines back, alone and against any base', () => {
    fc.assert(
      fc.property(lines, lines, (a, b) => {
        const [target, base] = [Int32Array.from(a), Int32Array.from(b)]
        expect(readEdits(writer.write(target))).toEqual(target)
        expect(readEdits(writer.write(target, base), base)).toEqual(target)
      }),
    )
  })

  it('give the lines back against a base that they were edited from', () => {
    fc.assert(
      fc.property(lines, lines, fc.nat(), fc.nat(), (a, b, at, cut) => {
        const from = at % (a.length + 1)
        const target = Int32Array.from([...a.slice(0, from), ...b, ...a.slice(from + (cut % 9))])
        const base = Int32Array.from(a)
        expect(readEdits(writer.write(target, base), base)).toEqual(target)
      }),
    )
  })

  it('are a few bytes for one changed line of a thousand', () => {
    const base = Int32Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? i : 1))
    const target = base.slice()
    target[500] = 70_000
    expect(writer.write(target, base).length).toBeLessThan(15)
  })

  it('are refused when they do not fit their base', () => {
    const base = Int32Array.from({ length: 10 }, (_, i) => i)
    const stored = writer.write(base, base)
    expect(() => readEdits(stored, base.subarray(0, 5))).toThrow(RangeError)
    expect(() => readEdits(stored.subarray(0, -1), base)).toThrow(RangeError)
  })
})
