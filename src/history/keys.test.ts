import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeLines, formattingKey, formattingKeys } from './keys.ts'
import { splitLines } from './lines.ts'

const equal = (a: string, b: string) => formattingKey(a) === formattingKey(b)
const codeOf = (text: string) =>
  splitLines(text)
    .map((line, index) => (codeLines(splitLines(text))[index] === 1 ? line.trim() : ''))
    .filter((line) => line !== '')

describe('formattingKey', () => {
  it('takes the padding out of tables', () => {
    expect(equal('| a | b |\n', '|a  |   b|')).toBe(true)
    expect(equal('| :--- | ---: |', '|-|-|')).toBe(true)
    expect(equal('| a | b', '| a | b |')).toBe(true)
    expect(equal('| a | |', '| a |')).toBe(false)
    expect(equal('| a b |', '| ab |')).toBe(false)
    expect(equal('| -- | x |', '| --- | x |')).toBe(false)
    expect(equal('| a \\| b |', '| a | b |')).toBe(false)
    expect(equal('| a \\| b |', '| a \\|b |')).toBe(false)
  })

  it('makes the signs of list items one', () => {
    expect(equal('* a', '- a')).toBe(true)
    expect(equal('+   a', '- a')).toBe(true)
    expect(equal('2) a', '2. a')).toBe(true)
    expect(equal('1. a', '2. a')).toBe(false)
    expect(equal('  - a', '- a')).toBe(false)
    expect(equal('-a', '*a')).toBe(false)
    expect(equal('1.5 a', '1)5 a')).toBe(false)
    expect(equal('-      code', '- code')).toBe(false)
  })

  it('drops space at the end and keeps the indent', () => {
    expect(equal('a  \r\n', 'a')).toBe(true)
    expect(equal('  a', 'a')).toBe(false)
    expect(equal('a  b', 'a b')).toBe(false)
  })

  it('is its own key, and so never joins more on a second reading', () => {
    const line = fc.string({
      unit: fc.constantFrom('|', '-', '*', '+', '1', '.', ')', ' ', '\t', '\\', ':', 'a', '\n'),
      maxLength: 14,
    })
    fc.assert(
      fc.property(line, (value) => {
        expect(formattingKey(formattingKey(value))).toBe(formattingKey(value))
      }),
      { numRuns: 3000 },
    )
  })

  it('keeps every word', () => {
    const ink = (value: string) => value.replace(/[^a-z]/g, '')
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('|', '-', '*', ' ', 'a', 'b', '1', '.'), maxLength: 20 }),
        (value) => {
          expect(ink(formattingKey(value))).toBe(ink(value))
        },
      ),
    )
  })
})

describe('codeLines', () => {
  it('reads fences as CommonMark does', () => {
    expect(codeOf('a\n```ts\n* x\n\n```\nb\n')).toEqual(['```ts', '* x', '```'])
    expect(codeOf('````\n```\n* x\n````\nb\n')).toEqual(['````', '```', '* x', '````'])
    expect(codeOf('~~~\n```\n~~~\nb\n')).toEqual(['~~~', '```', '~~~'])
    expect(codeOf('``` a ` b\nc\n')).toEqual([])
    expect(codeOf('```\nnever closed\n')).toEqual(['```', 'never closed'])
    expect(codeOf('- a\n  ```\n  | x |\n  ```\n')).toEqual(['```', '| x |', '```'])
  })

  it('takes indented lines for code only outside lists', () => {
    expect(codeOf('a\n\n    * code\n\n    more\n\nb\n')).toEqual(['* code', 'more'])
    expect(codeOf('- a\n\n    * nested\n')).toEqual([])
    expect(codeOf('a\n    goes on\n')).toEqual([])
  })

  it('takes what stands in <pre> for code', () => {
    expect(codeOf('<pre>\n* a\n</pre>\n* b\n')).toEqual(['<pre>', '* a', '</pre>'])
  })
})

describe('formattingKeys', () => {
  it('leaves code as it is, but for space at the end', () => {
    const keys = formattingKeys(splitLines('* a\n```\n* a \n| x  |\n```\n'))
    expect(keys).toEqual(['- a', '```', '* a', '| x  |', '```'])
  })
})
