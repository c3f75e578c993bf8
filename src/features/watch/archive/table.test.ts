import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineStarts, lineText, storableText, textBytes, toLineBytes } from './lines.ts'
import { createLineTable } from './table.ts'

const text = fc
  .array(
    fc.oneof(fc.constantFrom('\n', '\r\n', 'a', 'a\n', 'ü', '😀'), fc.string({ unit: 'binary' })),
  )
  .map((parts) => storableText(parts.join('')))

describe('the bytes of lines', () => {
  it('give the text back, whatever its line ends are', () => {
    fc.assert(
      fc.property(text, (given) => {
        const bytes = toLineBytes(given)
        expect(textBytes(bytes).toString()).toBe(given)
        const starts = lineStarts(bytes)
        const lines = Array.from({ length: starts.length - 1 }, (_, i) =>
          lineText(bytes.subarray(starts[i], starts[i + 1])),
        )
        expect(lines.join('')).toBe(given)
        expect(lines.slice(0, -1).every((line) => line.endsWith('\n'))).toBe(true)
      }),
    )
  })

  it.each(['a\0b', '\ud800'])(
    'are refused of %j, which would come back as another text',
    (given) => {
      expect(() => toLineBytes(given)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
    },
  )
})

describe('a table of lines', () => {
  it('gives equal lines equal numbers and other lines others, also after it forgot some', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 })), fc.nat(), (given, cut) => {
        const table = createLineTable()
        const model = new Map<string, number>()
        const add = (line: string): void => {
          const bytes = Buffer.from(`${line}\n`)
          const expected = model.get(line) ?? model.size
          expect(table.add(bytes, 0, bytes.length)).toBe(expected)
          model.set(line, expected)
        }
        given.forEach(add)
        const size = model.size === 0 ? 0 : cut % model.size
        table.truncate(size)
        for (const [line, number] of model) if (number >= size) model.delete(line)
        given.toReversed().forEach(add)
        expect(table.bytes(0, table.size()).toString()).toBe(
          [...model.keys()].map((line) => `${line}\n`).join(''),
        )
      }),
    )
  })
})
