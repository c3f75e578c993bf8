import fc from 'fast-check'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { csvResponse } from './export.ts'
import { decodeCursor, encodeCursor, pageOf } from './page.ts'

describe('a CSV download', () => {
  it('is read back cell by cell, whatever the cells hold', async () => {
    const cell = fc.string().filter((s) => !/^[=+\-@\t\r]/.test(s))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1 }), async (rows) => {
        const text = await csvResponse('x', ['a', 'b'], rows).text()
        expect(parse(text, { relax_column_count: true, skip_empty_lines: false })).toEqual([
          ['a', 'b'],
          ...rows,
        ])
      }),
    )
  })

  it('defuses what a spreadsheet would run', async () => {
    expect(await csvResponse('x', ['a'], [['=1+1'], ['@x']]).text()).toBe("a\r\n'=1+1\r\n'@x\r\n")
  })
})

describe('a cursor', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.integer())), (values) => {
        expect(decodeCursor(encodeCursor(values))).toEqual(values)
      }),
    )
  })

  it('that nobody gave is refused with a sentence', () => {
    expect(() => decodeCursor('%%%')).toThrow('cursor')
  })

  it('is there exactly when there are more rows', () => {
    expect(pageOf([1, 2], 2, (n) => [n]).next).toBeNull()
    expect(pageOf([1, 2, 3], 2, (n) => [n])).toEqual({ items: [1, 2], next: encodeCursor([2]) })
  })
})
