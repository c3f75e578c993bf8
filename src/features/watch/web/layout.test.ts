import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffHtml, diffLines, sideBySide, stats } from '#history/index.ts'
import type { PageDiff } from '../schema.ts'
import { layoutOf } from './layout.ts'

/** What the API answers, made the way it makes it. */
function answer(a: string, b: string, context: number): PageDiff {
  const diff = diffLines(a, b)
  const cell = (
    c: { line: number; text: string; marks: readonly (readonly [number, number])[] } | null,
  ) => c && { line: c.line, text: c.text, marks: c.marks.map(([x, y]): [number, number] => [x, y]) }
  return {
    page: 'cli',
    title: null,
    url: '',
    kind: 'changed',
    from: { at: 0, version: '2026-03-13-0034' },
    to: { at: 1, version: '2026-05-18-2201' },
    ...stats(diff),
    formattingOnly: false,
    boundary: null,
    leftLines: diff.a.length,
    rightLines: diff.b.length,
    hunks: sideBySide(diff, { context }).flatMap((part) =>
      part.type === 'gap'
        ? []
        : [
            {
              leftFrom: part.a[0] + 1,
              rightFrom: part.b[0] + 1,
              section: null,
              rows: part.rows.map((r) => ({
                kind: r.kind,
                left: cell(r.left),
                right: cell(r.right),
              })),
            },
          ],
    ),
  }
}

const text = fc
  .array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n', 'd\n'), { maxLength: 50 })
  .map((lines) => lines.join(''))

describe('a diff as the API answers it', () => {
  it('shows every line of both sides once when all its gaps are open', () => {
    fc.assert(
      fc.property(text, text, fc.integer({ min: 0, max: 3 }), (a, b, context) => {
        fc.pre(a !== b)
        const diff = answer(a, b, context)
        const closed = layoutOf(diff, 'split', new Set(), undefined)
        const whole = answer(a, b, Infinity)
        const open = layoutOf(diff, 'split', new Set(closed.gaps), whole)
        const again = layoutOf(diff, 'split', new Set([...closed.gaps, ...open.gaps]), whole)
        expect(again.gaps).toEqual([])
        const rows = again.shown.layout.flatMap((p) => (p.type === 'hunk' ? [...p.rows] : []))
        const lines = (side: 'left' | 'right') =>
          rows.flatMap((r) => {
            const c = r[side]
            return c !== null && typeof c === 'object' ? [c.line] : []
          })
        expect(lines('left')).toEqual(diffLines(a, b).a.map((_, i) => i + 1))
        expect(lines('right')).toEqual(diffLines(a, b).b.map((_, i) => i + 1))
      }),
    )
  })

  it('stands in one column with what is gone above what came', () => {
    const diff = answer('one\nold\nthree\n', 'one\nnew\nthree\n', 3)
    const { shown } = layoutOf(diff, 'unified', new Set(), undefined)
    const [part] = shown.layout
    expect(part?.type === 'hunk' && part.rows.map((r) => r.kind)).toEqual([
      'same',
      'removed',
      'added',
      'same',
    ])
    const options = { caption: 'cli', leftLabel: 'a', rightLabel: 'b' }
    expect(diffHtml(shown, options)).toContain('gh-diff-one')
  })
})
