import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffLines, type LineDiff, splitLines } from './lines.ts'
import { stats } from './stats.ts'

/**
 * Texts whose lines repeat, some blank, with and without a line feed at the end, carriage returns
 * included.
 */
const text = fc
  .array(fc.constantFrom('', 'a', 'b', '  c', '# head', '}', '\r', 'a\r', '[t]'), { maxLength: 30 })
  .chain((lines) => fc.boolean().map((ended) => lines.join('\n') + (ended ? '\n' : '')))

/**
 * Carries the edits out: reads `same` and `removed` from one side only, and takes `added` from the
 * other.
 */
function apply({ a, b, edits }: LineDiff): string {
  const out: string[] = []
  for (const edit of edits) {
    if (edit.kind === 'same') out.push(...a.slice(edit.a[0], edit.a[1]))
    if (edit.kind === 'added') out.push(...b.slice(edit.b[0], edit.b[1]))
  }
  return out.join('')
}

function takeBack({ a, b, edits }: LineDiff): string {
  const out: string[] = []
  for (const edit of edits) {
    if (edit.kind === 'same') out.push(...b.slice(edit.b[0], edit.b[1]))
    if (edit.kind === 'removed') out.push(...a.slice(edit.a[0], edit.a[1]))
  }
  return out.join('')
}

const changed = (a: string, b: string) =>
  diffLines(a, b)
    .edits.filter(({ kind }) => kind !== 'same')
    .map(({ kind, a: left, b: right }) => [kind, ...(kind === 'added' ? right : left)])

describe('splitLines', () => {
  it('gives the text back when joined', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(splitLines(value).join('')).toBe(value)
      }),
    )
  })

  it('has no lines in the empty text and one in a lone line feed', () => {
    expect(splitLines('')).toEqual([])
    expect(splitLines('\n')).toEqual(['\n'])
    expect(splitLines('a\nb')).toEqual(['a\n', 'b'])
  })
})

describe('diffLines', () => {
  it('turns a into b, and b back into a', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const diff = diffLines(a, b)
        expect(apply(diff)).toBe(b)
        expect(takeBack(diff)).toBe(a)
      }),
      { numRuns: 3000 },
    )
  })

  it('covers both texts without gap or overlap, kinds alternating', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const { edits, a: left, b: right } = diffLines(a, b)
        let at = [0, 0]
        let before = ''
        for (const { kind, a: spanA, b: spanB } of edits) {
          expect([spanA[0], spanB[0]]).toEqual(at)
          const [fromA, fromB] = [spanA[1] - spanA[0], spanB[1] - spanB[0]]
          if (kind === 'same') expect(fromA).toBe(fromB)
          if (kind === 'removed') expect(fromB).toBe(0)
          if (kind === 'added') expect(fromA).toBe(0)
          expect(fromA + fromB).toBeGreaterThan(0)
          expect(`${before} ${kind}`).not.toMatch(/^(\w+) \1$|^added removed$/)
          at = [spanA[1], spanB[1]]
          before = kind
        }
        expect(at).toEqual([left.length, right.length])
      }),
      { numRuns: 2000 },
    )
  })

  it('finds nothing between equal texts', () => {
    expect(changed('a\nb\n', 'a\nb\n')).toEqual([])
    expect(diffLines('', '').edits).toEqual([])
  })

  it('sees a line feed that is missing at the end, and a carriage return', () => {
    expect(changed('a\nb\n', 'a\nb')).toEqual([
      ['removed', 1, 2],
      ['added', 1, 2],
    ])
    expect(stats(diffLines('a\r\nb\r\n', 'a\nb\n'))).toEqual({ removed: 2, added: 2, same: 0 })
  })

  it('shows a new section whole, from its heading to the blank line before the next one', () => {
    const before = '# A\n\ntext\n\n# C\n\ntext\n'
    const after = '# A\n\ntext\n\n# B\n\ntext\n\n# C\n\ntext\n'
    expect(changed(before, after)).toEqual([['added', 4, 8]])
    expect(changed(after, before)).toEqual([['removed', 4, 8]])
  })

  it('shows a new TOML table whole', () => {
    const before = '[a]\nx = 1\n\n[c]\nx = 1\n'
    const after = '[a]\nx = 1\n\n[b]\nx = 1\n\n[c]\nx = 1\n'
    expect(changed(before, after)).toEqual([['added', 3, 6]])
  })

  it('shows what was appended to a list at its end', () => {
    expect(changed('- x\n- x\n', '- x\n- x\n- x\n')).toEqual([['added', 2, 3]])
  })

  it('does not let an insertion run into a replaced line', () => {
    const before = 'old\nsame\n\n# C\n'
    const after = 'new\nsame\n\n# B\n\nsame\n\n# C\n'
    expect(changed(before, after)).toEqual([
      ['removed', 0, 1],
      ['added', 0, 1],
      ['added', 3, 7],
    ])
  })
})
