import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffLines, gapRows, sideBySide } from '#history/index.ts'
import { changesIn } from './diff-changes.ts'
import { openGaps } from './diff-gaps.ts'

const numbered = (n: number) => Array.from({ length: n }, (_, i) => `line ${i + 1}\n`)

describe('what a diff shows', () => {
  const before = numbered(60).join('')
  const after = numbered(60)
    .map((line, i) => (i === 9 || i === 10 || i === 49 ? `new ${line}` : line))
    .join('')
  const diff = diffLines(before, after)
  const layout = sideBySide(diff)
  const rowsOf = (gap: Parameters<typeof gapRows>[1]) => gapRows(diff, gap)

  it('counts runs of changed rows as one change', () => {
    expect(changesIn(layout)).toBe(2)
  })

  it('keeps the names of gaps while others open', () => {
    expect(openGaps(layout, new Set(), rowsOf).gaps).toEqual([0, 1, 2])
    const one = openGaps(layout, new Set([1]), rowsOf)
    expect(one.gaps).toEqual([0, 2])
    expect(changesIn(one.layout)).toBe(2)
  })

  it('shows every line once when all gaps are open', () => {
    const line = fc.constantFrom('a\n', 'b\n', 'c\n', 'd\n')
    const text = fc.array(line, { maxLength: 60 }).map((lines) => lines.join(''))
    fc.assert(
      fc.property(text, text, (a, b) => {
        const found = diffLines(a, b)
        const laid = sideBySide(found, { context: 1 })
        const all = new Set(laid.map((_, i) => i))
        const open = openGaps(laid, all, (gap) => gapRows(found, gap))
        expect(open.gaps).toEqual([])
        const rows = open.layout.flatMap((part) => (part.type === 'hunk' ? part.rows : []))
        expect(rows.flatMap((r) => (r.left ? [r.left.line] : []))).toEqual(
          found.a.map((_, i) => i + 1),
        )
        expect(rows.flatMap((r) => (r.right ? [r.right.line] : []))).toEqual(
          found.b.map((_, i) => i + 1),
        )
      }),
    )
  })
})
