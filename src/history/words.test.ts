import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_REFINED_LENGTH, type Mark, refineWords, splitWords } from './words.ts'

const line = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(fc.constantFrom('a', 'be', ' ', ', ', 'x_1', '漢', 'é', '👩‍💻', '"', '.'), {
      maxLength: 40,
    })
    .map((words) => words.join('')),
)

const without = (text: string, marks: readonly Mark[]) => {
  let at = 0
  let rest = ''
  for (const [from, to] of marks) {
    rest += text.slice(at, from)
    at = to
  }
  return rest + text.slice(at)
}
const marked = (text: string, marks: readonly Mark[] | undefined) =>
  marks?.map(([from, to]) => text.slice(from, to))

describe('splitWords', () => {
  it('gives the line back when joined', () => {
    fc.assert(
      fc.property(line, (value) => {
        expect(splitWords(value).join('')).toBe(value)
      }),
    )
  })

  it('keeps words, numbers and joined signs whole', () => {
    expect(splitWords('a_b-63 漢字é👩‍💻')).toEqual(['a_b', '-', '63', ' ', '漢', '字', 'é', '👩‍💻'])
  })
})

describe('refineWords', () => {
  it('leaves equal text outside the marks, which are ordered and apart', () => {
    fc.assert(
      fc.property(line, line, (left, right) => {
        const result = refineWords(left, right)
        if (result === null) return
        expect(without(left, result.left)).toBe(without(right, result.right))
        for (const [text, marks] of [
          [left, result.left],
          [right, result.right],
        ] as const) {
          let end = -1
          for (const [from, to] of marks) {
            expect(from).toBeGreaterThan(end)
            expect(to).toBeGreaterThan(from)
            expect(to).toBeLessThanOrEqual(text.length)
            end = to
          }
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('marks the number and not the digit', () => {
    const [left, right] = ['timeout = 63 seconds', 'timeout = 66 seconds']
    const result = refineWords(left, right)
    expect(marked(left, result?.left)).toEqual(['63'])
    expect(marked(right, result?.right)).toEqual(['66'])
  })

  it('marks one run where only a space between the words stayed', () => {
    const [left, right] = ['the quick brown fox jumps', 'the slow grey fox jumps']
    expect(marked(left, refineWords(left, right)?.left)).toEqual(['quick brown'])
    expect(marked(right, refineWords(left, right)?.right)).toEqual(['slow grey'])
  })

  it('marks an added list item with its comma', () => {
    const [left, right] = ['["read-only"]', '["read-only", "workspace-write"]']
    const result = refineWords(left, right)
    expect(result?.left).toEqual([])
    expect(marked(right, result?.right)?.join('')).toMatch(/workspace-write/)
  })

  it('gives no marks for lines that share too little or are too long', () => {
    expect(refineWords('one two three four', 'five six seven one')).toBeNull()
    const long = 'x '.repeat(MAX_REFINED_LENGTH / 2) + 'y'
    expect(refineWords(long, `${long}z`)).toBeNull()
    expect(refineWords(long.slice(1), `${long.slice(3)}z`)).not.toBeNull()
  })
})

describe('splitWords', () => {
  it('cuts ASCII as it cuts anything else', () => {
    const ascii = fc.string({ unit: 'binary-ascii', maxLength: 40 })
    fc.assert(
      fc.property(ascii, (line) => {
        // A letter beyond ASCII at the end takes the other way.
        expect([...splitWords(line), ' ', '\u00e9']).toEqual(
          splitWords(`${line}. \u00e9`).toSpliced(-3, 1),
        )
      }),
    )
  })
})
