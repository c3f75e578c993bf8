import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffIds } from './edits.ts'
import { formattingKeys } from './keys.ts'
import {
  applyEdits,
  type CompareOptions,
  diffLines,
  diffNumberedTexts,
  formattingOnly,
  type LineDiff,
  splitLines,
} from './lines.ts'
import { unifiedPatch } from './patch.ts'
import { gapRows, sideBySide, unified } from './rows.ts'

const line = fc.constantFrom(
  '',
  '  ',
  'a b c',
  'd e f g',
  'a b c ',
  '# head',
  '| a | b |',
  '|a|b|',
  '| --- | --- |',
  '|-|-|',
  '* item',
  '- item',
  '  more',
  '```',
  '> quoted words',
  'a b c\r',
)
const text = fc
  .array(line, { maxLength: 30 })
  .chain((lines) => fc.boolean().map((ended) => lines.join('\n') + (ended ? '\n' : '')))
const options: fc.Arbitrary<CompareOptions> = fc.record({
  formatting: fc.constantFrom('shown', 'hidden'),
  paragraphs: fc.boolean(),
})
const everyRow = (diff: LineDiff, context = 1) =>
  sideBySide(diff, { context }).flatMap((part) =>
    part.type === 'gap' ? gapRows(diff, part) : part.rows,
  )
const isSame = (diff: LineDiff) => diff.edits.every(({ kind }) => kind === 'same')

describe('any comparison', () => {
  it('covers both texts, with every line and its number on its side', () => {
    fc.assert(
      fc.property(text, text, options, fc.constantFrom(0, 1, 3, Infinity), (a, b, how, context) => {
        const rows = everyRow(diffLines(a, b, how), context)
        const left = rows.flatMap((row) => row.left ?? [])
        const right = rows.flatMap((row) => row.right ?? [])
        expect(left.map((cell) => cell.text + (cell.ended ? '\n' : '')).join('')).toBe(a)
        expect(right.map((cell) => cell.text + (cell.ended ? '\n' : '')).join('')).toBe(b)
        expect(left.map((cell) => cell.line)).toEqual(left.map((_, index) => index + 1))
        expect(right.map((cell) => cell.line)).toEqual(right.map((_, index) => index + 1))
      }),
      { numRuns: 2000 },
    )
  })

  it('joins up its edits, and says how many rows each gap has', () => {
    fc.assert(
      fc.property(text, text, options, (a, b, how) => {
        const diff = diffLines(a, b, how)
        let [x, y] = [0, 0]
        for (const edit of diff.edits) {
          expect([edit.a[0], edit.b[0]]).toEqual([x, y])
          ;[x, y] = [edit.a[1], edit.b[1]]
        }
        expect([x, y]).toEqual([diff.a.length, diff.b.length])
        for (const part of sideBySide(diff, { context: 1 })) {
          if (part.type === 'gap') expect(gapRows(diff, part)).toHaveLength(part.lines)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('marks words that differ, and nothing in lines that are the same', () => {
    fc.assert(
      fc.property(text, text, options, (a, b, how) => {
        for (const row of everyRow(diffLines(a, b, how))) {
          for (const cell of [row.left, row.right]) {
            const marked = (cell?.marks ?? []).every(([from, to]) => from < to)
            expect(marked).toBe(true)
            if (row.kind !== 'changed') expect(cell?.marks ?? []).toEqual([])
            for (const [, to] of cell?.marks ?? []) expect(to <= cell!.text.length).toBe(true)
          }
        }
      }),
      {
        examples: [
          // An empty line inside of a paragraph that is marked.
          ['* item\na b c\n\n\n', '* item', { formatting: 'hidden', paragraphs: true }],
          // Equal lines beside each other that stand for other words of their paragraph.
          [
            'a b c\r\na b c \n  more',
            '  more\na b c \n',
            { formatting: 'shown', paragraphs: true },
          ],
        ],
      },
    )
  })

  it('makes edits that turn the left text into one that says what the right one says', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(applyEdits(diffLines(a, b))).toBe(b)
        // An edit that adds or takes a fence changes what the lines after it are.
        if ((a + b).includes('```')) return
        const applied = applyEdits(diffLines(a, b, { formatting: 'hidden' }))
        const said = (value: string) =>
          formattingKeys(splitLines(value)).filter((key) => key !== '')
        expect(said(applied)).toEqual(said(b))
      }),
      { numRuns: 1000 },
    )
  })

  it('gives the same result from numbered lines', () => {
    fc.assert(
      fc.property(text, text, options, (a, b, how) => {
        const ids = new Map<string, number>()
        const numbered = (value: string) => {
          const lines = splitLines(value)
          for (const one of lines) if (!ids.has(one)) ids.set(one, 1000 + 7 * ids.size)
          return { lines, ids: Int32Array.from(lines, (one) => ids.get(one)!) }
        }
        const diff = diffNumberedTexts(numbered(a), numbered(b), how)
        expect(diff.edits).toEqual(diffLines(a, b, how).edits)
      }),
    )
  })
})

describe('hiding formatting', () => {
  const hidden = (a: string, b: string) => isSame(diffLines(a, b, { formatting: 'hidden' }))

  it('sees no difference in padding, signs of lists, ends of lines and blank lines', () => {
    expect(hidden('| a | b |\n| --- | --- |\n', '|a  |b|\n|-|-|\n')).toBe(true)
    expect(hidden('* a\n* b\n', '- a  \n- b')).toBe(true)
    expect(hidden('a\n\nb\n', 'a\r\n\r\n\r\n\r\nb\r\n\r\n')).toBe(true)
    expect(hidden('a\nb\n', 'a\n\nb\n')).toBe(false)
  })

  it('sees every change inside code', () => {
    expect(hidden('```\n* a\n```\n', '```\n- a\n```\n')).toBe(false)
    expect(hidden('```\na\n\nb\n```\n', '```\na\n\n\nb\n```\n')).toBe(false)
  })

  it('shows both texts as they are', () => {
    const diff = diffLines('| a |\nx\n', '|a|\ny\n', { formatting: 'hidden' })
    const rows = everyRow(diff)
    expect(rows.map((row) => [row.kind, row.left?.text, row.right?.text])).toEqual([
      ['same', '| a |', '|a|'],
      ['changed', 'x', 'y'],
    ])
  })

  it('makes a patch that leaves the formatting of the left side', () => {
    const diff = diffLines('| a |\nx\n', '|a|\ny\n', { formatting: 'hidden' })
    const patch = unifiedPatch(diff, { fromName: 'a/x', toName: 'b/x' })
    expect(patch).toContain(' | a |\n-x\n+y\n')
  })

  it('says when a difference is nothing else', () => {
    expect(formattingOnly('| a |\n', '|a|\n')).toBe(true)
    expect(formattingOnly('| a |\n', '| a |\n')).toBe(false)
    expect(formattingOnly('| a |\n', '| b |\n')).toBe(false)
  })
})

describe('paragraphs', () => {
  const words = Array.from({ length: 60 }, (_, index) => `word${index % 13}`)
  const wrap = (width: number, all = words) => {
    const lines = ['']
    for (const word of all) {
      if (lines.at(-1)!.length + word.length >= width) lines.push('')
      lines[lines.length - 1] = `${lines.at(-1)!} ${word}`.trim()
    }
    return `# Head\n\n${lines.join('\n')}\n\n- an item that\n  goes on\n`
  }

  it('finds the same words wrapped otherwise to be the same', () => {
    expect(isSame(diffLines(wrap(80), wrap(100), { paragraphs: true }))).toBe(true)
    expect(isSame(diffLines(wrap(80), wrap(100)))).toBe(false)
    expect(isSame(diffLines('> a\n> b\n', '> a b\n', { paragraphs: true }))).toBe(true)
    expect(isSame(diffLines('a\n\nb\n', 'a b\n', { paragraphs: true }))).toBe(false)
    expect(isSame(diffLines('- a\n- b\n', '- a - b\n', { paragraphs: true }))).toBe(false)
  })

  it('marks the word that changed in a paragraph that was wrapped otherwise', () => {
    const diff = diffLines(wrap(80), wrap(100, words.with(30, 'NEW')), { paragraphs: true })
    const changed = everyRow(diff).filter(({ kind }) => kind === 'changed')
    const marked = (side: 'left' | 'right') =>
      changed.flatMap((row) =>
        (row[side]?.marks ?? []).map(([from, to]) => row[side]!.text.slice(from, to)),
      )
    expect(marked('left')).toEqual([words[30]])
    expect(marked('right')).toEqual(['NEW'])
  })

  it('keeps code and tables by line', () => {
    expect(isSame(diffLines('```\na\nb\n```\n', '```\na b\n```\n', { paragraphs: true }))).toBe(
      false,
    )
  })

  it('shows in one column what stands there now', () => {
    const diff = diffLines(wrap(80), wrap(60, words.with(59, 'NEW')), { paragraphs: true })
    const rows = unified(diff, { context: Infinity }).flatMap((part) =>
      part.type === 'gap' ? [] : part.rows,
    )
    const now = rows.filter(({ right }) => right !== null)
    expect(now.map((row) => row.text).join('\n')).toBe(
      wrap(60, words.with(59, 'NEW')).replace(/\n$/, ''),
    )
  })
})

describe('diffIds', () => {
  it('keeps ids that are equal pair by pair, however large they are', () => {
    const ids = fc.array(fc.constantFrom(0, 3, 70, 5_000_000), { maxLength: 40 })
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        const out: number[] = []
        for (const edit of diffIds(Int32Array.from(a), Int32Array.from(b))) {
          if (edit.kind === 'same') out.push(...a.slice(...edit.a))
          if (edit.kind === 'added') out.push(...b.slice(...edit.b))
        }
        expect(out).toEqual(b)
      }),
    )
  })
})
