import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffLines, splitLines } from './lines.ts'
import { gapRows, type Layout, sideBySide, unified } from './rows.ts'
import { isMarkdownHeading, isTomlTable } from './sections.ts'

const text = fc
  .array(fc.constantFrom('', 'a', 'b c', 'b d', '# head', 'x y z'), { maxLength: 40 })
  .chain((lines) => fc.boolean().map((ended) => lines.join('\n') + (ended ? '\n' : '')))
const context = fc.constantFrom(0, 1, 3, Infinity)

const hunksOf = <R>(layout: Layout<R>) => layout.filter((section) => section.type === 'hunk')
const gapsOf = <R>(layout: Layout<R>) => layout.filter((section) => section.type === 'gap')
const shown = ({ text: line, ended }: { text: string; ended: boolean }) =>
  line + (ended ? '\n' : '')
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `${index + 1}\n`)

describe('sideBySide', () => {
  it('shows, with its gaps opened, both texts whole and numbers every line right', () => {
    fc.assert(
      fc.property(text, text, context, (a, b, lines) => {
        const diff = diffLines(a, b)
        const rows = sideBySide(diff, { context: lines }).flatMap((section) =>
          section.type === 'gap' ? gapRows(diff, section) : section.rows,
        )
        const left = rows.flatMap((row) => row.left ?? [])
        const right = rows.flatMap((row) => row.right ?? [])
        expect(left.map(shown)).toEqual(splitLines(a))
        expect(right.map(shown)).toEqual(splitLines(b))
        expect(left.map(({ line }) => line)).toEqual(left.map((_, index) => index + 1))
        expect(right.map(({ line }) => line)).toEqual(right.map((_, index) => index + 1))
        for (const row of rows) {
          if (row.kind === 'same') expect(shown(row.left!)).toBe(shown(row.right!))
          if (row.kind === 'changed') expect(shown(row.left!)).not.toBe(shown(row.right!))
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('shows exactly the asked context, and the rest as gaps', () => {
    const before = numbered(40)
    const after = before.with(9, 'ten\n').with(29, 'thirty\n')
    const layout = sideBySide(diffLines(before.join(''), after.join('')), { context: 2 })
    expect(layout.map(({ type, a }) => [type, ...a])).toEqual([
      ['gap', 0, 7],
      ['hunk', 7, 12],
      ['gap', 12, 27],
      ['hunk', 27, 32],
      ['gap', 32, 40],
    ])
    expect(hunksOf(layout)[0]?.rows.map(({ kind }) => kind)).toEqual([
      'same',
      'same',
      'changed',
      'same',
      'same',
    ])
  })

  it('joins hunks whose contexts touch', () => {
    const before = numbered(20)
    const diff = diffLines(before.join(''), before.with(5, 'x\n').with(10, 'y\n').join(''))
    expect(hunksOf(sideBySide(diff, { context: 2 }))).toHaveLength(1)
    expect(hunksOf(sideBySide(diff, { context: 1 }))).toHaveLength(2)
  })

  it('is one gap for equal texts and empty for empty ones', () => {
    const layout = sideBySide(diffLines('a\nb\n', 'a\nb\n'))
    expect(layout).toEqual([{ type: 'gap', a: [0, 2], b: [0, 2], lines: 2 }])
    expect(sideBySide(diffLines('', ''))).toEqual([])
  })

  it('names the section a hunk stands in', () => {
    const lines = ['[features]\n', ...numbered(8), '[rules]\n', ...numbered(8)]
    const diff = diffLines(lines.join(''), lines.with(16, 'changed\n').join(''))
    const hunks = hunksOf(sideBySide(diff, { isSection: isTomlTable }))
    expect(hunks.map(({ section }) => section)).toEqual(['[rules]'])
    expect(hunksOf(sideBySide(diff)).map(({ section }) => section)).toEqual([null])
  })

  it('opens part of a gap', () => {
    const before = numbered(30)
    const diff = diffLines(before.join(''), before.with(20, 'x\n').join(''))
    const gap = gapsOf(sideBySide(diff))[0]!
    expect(gapRows(diff, gap, 10, 12).map(({ left }) => left?.line)).toEqual([11, 12])
    expect(gapRows(diff, gap, 15, 99).map(({ left }) => left?.line)).toEqual([16, 17])
    expect(gapRows(diff, gap, 5, 1)).toEqual([])
  })

  it('marks the words of changed lines', () => {
    const diff = diffLines('allow = ["never"]\n', 'allow = ["on-request"]\n')
    const [row] = hunksOf(sideBySide(diff))[0]!.rows
    expect(row).toMatchObject({ kind: 'changed', left: { marks: [[10, 15]] } })
  })
})

describe('unified', () => {
  it('holds the same lines as the texts, removed before added', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const rows = hunksOf(unified(diffLines(a, b), { context: Infinity })).flatMap(
          (hunk) => hunk.rows,
        )
        if (a === b) {
          expect(rows).toEqual([])
          return
        }
        const of = (side: 'left' | 'right') => rows.filter((row) => row[side] !== null)
        expect(of('left').map(shown)).toEqual(splitLines(a))
        expect(of('right').map(shown)).toEqual(splitLines(b))
        expect(of('left').map(({ left }) => left)).toEqual(of('left').map((_, i) => i + 1))
        expect(of('right').map(({ right }) => right)).toEqual(of('right').map((_, i) => i + 1))
        expect(rows.map(({ kind }) => kind).join(' ')).not.toContain('added removed')
      }),
    )
  })
})

describe('sections', () => {
  it('tells headings from other lines', () => {
    expect(['# a', '###### b', '##', '  # c'].every(isMarkdownHeading)).toBe(true)
    expect(['#a', '####### b', 'a # b', '    # code'].some(isMarkdownHeading)).toBe(false)
  })

  it('tells TOML tables from other lines', () => {
    expect(['[a]', '[[a.b]]', '  [a."b c"] # why', '[a]\r'].every(isTomlTable)).toBe(true)
    expect(['a = [1]', '[1, [2]],', '[link](x)', '"[a]"'].some(isTomlTable)).toBe(false)
  })
})
