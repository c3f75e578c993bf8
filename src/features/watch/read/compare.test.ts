import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitLines } from '#history/index.ts'
import { compileRules, linesIgnored } from '../noise/rules.ts'
import { compare, comparedPage, type CompareInput } from './compare.ts'

const options = {
  formatting: 'shown',
  ignored: 'hidden',
  paragraphs: 'off',
  context: 'all',
} as const
const rules = [{ pattern: '^noise' }]
const ask = (left: string | null, right: string | null, more: Partial<CompareInput> = {}) => {
  const input: CompareInput = { page: 'p', left, right, rules, options, others: [], ...more }
  return comparedPage('p', compare(input), input.options.context)
}
const line = fc.constantFrom('a\n', 'b\n', 'c\n', 'noise 1\n', 'noise 2\n', '\n')
const text = fc.array(line, { maxLength: 25 }).map((lines) => lines.join(''))

describe('comparing two versions of a page', () => {
  it('leaves ignored lines out and keeps the numbers of the others', () => {
    const compiled = compileRules(rules, 'p')
    const kept = (whole: string) => {
      const lines = splitLines(whole)
      const ignored = linesIgnored(lines, compiled)
      return lines.flatMap((l, i) => (ignored[i] === true ? [] : [[i + 1, l]]))
    }
    fc.assert(
      fc.property(text, text, (left, right) => {
        const { hunks, leftLines, rightLines } = ask(left, right)
        const rows = hunks.flatMap((hunk) => hunk.rows)
        const shown = (side: 'left' | 'right') =>
          rows.flatMap(({ [side]: cell }) => (cell ? [[cell.line, `${cell.text}\n`]] : []))
        // Nothing is shown where nothing, or only what is ignored, differs.
        if (rows.some(({ kind }) => kind !== 'same')) {
          expect(shown('left')).toEqual(kept(left))
          expect(shown('right')).toEqual(kept(right))
        } else expect(kept(left).map(([, l]) => l)).toEqual(kept(right).map(([, l]) => l))
        expect([leftLines, rightLines]).toEqual([left, right].map((t) => splitLines(t).length))
      }),
    )
  })

  it('shows every line when ignored ones are asked for', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        const { hunks } = ask(left, right, { options: { ...options, ignored: 'shown' } })
        const rows = hunks.flatMap((hunk) => hunk.rows)
        fc.pre(rows.length > 0)
        const joined = (side: 'left' | 'right') =>
          rows.map(({ [side]: cell }) => (cell ? `${cell.text}\n` : '')).join('')
        expect([joined('left'), joined('right')]).toEqual([left, right])
      }),
    )
  })

  it('calls formatting what is nothing else, and shows none of it when it is hidden', () => {
    const hidden = { options: { ...options, formatting: 'hidden' } } as const
    const quiet = ask('| a | b |\n| - | - |\n', '| a  | b  |\n| -- | -- |\nnoise\n', hidden)
    expect(quiet).toMatchObject({ formattingOnly: true, added: 0, removed: 0, hunks: [] })
    expect(ask('a\n', 'b\n', hidden)).toMatchObject({ formattingOnly: false, added: 1 })
    expect(ask('a\n', 'a\n', hidden)).toMatchObject({ formattingOnly: false, hunks: [] })
  })

  it('cuts what is longer than its bound, and says so', () => {
    const long = Array.from({ length: 50 }, (_, i) => `line ${i}\n`).join('')
    const input: CompareInput = { page: 'p', left: null, right: long, rules, options, others: [] }
    const cut = comparedPage('p', compare(input), 3, 10)
    expect(cut.hunks.flatMap((hunk) => hunk.rows)).toHaveLength(10)
    expect(cut).toMatchObject({ cut: true, added: 50 })
    expect(comparedPage('p', compare(input), 3, 50).cut).toBe(false)
  })

  it('finds text that moved to another page', () => {
    const block = 'The first line of it.\nThe second line of it.\nThe third line of it.\n'
    const others = [{ page: 'q', left: 'x\n', right: `x\n${block}` }]
    const { hunks } = ask(`a\n${block}b\n`, 'a\nb\n', { others })
    const moved = hunks.flatMap(({ rows }) => rows).filter(({ kind }) => kind === 'moved')
    expect(moved.map(({ movedTo }) => movedTo)).toEqual([
      { page: 'q', line: 2 },
      { page: 'q', line: 3 },
      { page: 'q', line: 4 },
    ])
  })
})
