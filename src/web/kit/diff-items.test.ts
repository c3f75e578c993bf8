import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffLines, isTomlTable, sideBySide } from '#history/index.ts'
import { diffItems, type DiffItem } from './diff-items.ts'
import type { Row } from '#history/index.ts'

const show = (row: Row) => row
const numbered = (n: number) => Array.from({ length: n }, (_, i) => `line ${i + 1}\n`)

describe('what a diff shows', () => {
  const before = numbered(60).join('')
  const after = numbered(60)
    .map((line, i) => (i === 9 || i === 10 || i === 49 ? `new ${line}` : line))
    .join('')
  const diff = diffLines(before, after)
  const layout = sideBySide(diff)

  it('counts runs of changed rows as one change and marks where each begins', () => {
    const { items, changes } = diffItems(diff, layout, new Map(), show)
    expect(changes).toBe(2)
    const starts = items.filter((item) => item.type === 'row' && item.first)
    expect(starts.map((item) => (item.type === 'row' ? item.change : undefined))).toEqual([0, 1])
    expect(items.filter((item) => item.type === 'gap')).toHaveLength(3)
  })

  it('opens a gap from both ends until it is gone', () => {
    const gapsOf = (items: readonly DiffItem<Row>[]) =>
      items.flatMap((item) => (item.type === 'gap' ? [item] : []))
    const all = gapsOf(diffItems(diff, layout, new Map(), show).items)
    const middle = all[1]!.lines
    expect(middle).toBe(32)
    const some = diffItems(diff, layout, new Map([[1, { top: 10, bottom: 5 }]]), show)
    expect(gapsOf(some.items)[1]).toEqual({
      type: 'gap',
      gap: 1,
      lines: middle - 15,
      section: null,
    })
    const open = diffItems(diff, layout, new Map([[1, { top: middle, bottom: 20 }]]), show)
    expect(gapsOf(open.items)).toHaveLength(2)
    expect(open.changes).toBe(2)
  })

  it('names the section a change stands in only where lines are hidden above it', () => {
    const toml = (value: string) => `[rules]\n${numbered(20).join('')}x = ${value}\n`
    const one = diffLines(toml('1'), toml('2'))
    const { items } = diffItems(one, sideBySide(one, { isSection: isTomlTable }), new Map(), show)
    expect(items[0]).toMatchObject({ type: 'gap', section: '[rules]' })
    const open = diffItems(
      one,
      sideBySide(one, { isSection: isTomlTable }),
      new Map([[0, { top: 99, bottom: 0 }]]),
      show,
    )
    expect(open.items.every((item) => item.type === 'row')).toBe(true)
  })

  it('shows every line of both texts once all gaps are open', () => {
    const line = fc.constantFrom('a\n', 'b\n', 'c\n')
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.array(line, { maxLength: 30 }), (a, b) => {
        const d = diffLines(a.join(''), b.join(''))
        const every = new Map(Array.from({ length: 40 }, (_, i) => [i, { top: 99, bottom: 0 }]))
        const { items } = diffItems(d, sideBySide(d, { context: 1 }), every, show)
        const rows = items.flatMap((item) => (item.type === 'row' ? [item.row] : []))
        expect(rows.flatMap((r) => (r.left ? [`${r.left.text}\n`] : []))).toEqual(a)
        expect(rows.flatMap((r) => (r.right ? [`${r.right.text}\n`] : []))).toEqual(b)
      }),
    )
  })
})
