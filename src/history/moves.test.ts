import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffLines, splitLines } from './lines.ts'
import { findMoves, movedLines, movesBetween } from './moves.ts'
import { gapRows, sideBySide, unified } from './rows.ts'

const block = (name: string, lines = 3) =>
  Array.from({ length: lines }, (_, index) => `${name} ${index}\n`).join('')
const line = fc.constantFrom('a', 'b', 'c', 'd', 'e', '', 'f g')
const text = fc.array(line, { maxLength: 40 }).map((lines) => `${lines.join('\n')}\n`)

describe('findMoves', () => {
  it('finds a block that changed its place', () => {
    const rest = block('rest', 20)
    const diff = diffLines(`${block('moved', 4)}${rest}`, `${rest}${block('moved', 4)}`)
    expect(findMoves(diff)).toEqual([
      { from: { page: '', lines: [0, 4] }, to: { page: '', lines: [20, 24] } },
    ])
  })

  it('leaves short pieces alone, unless one line says much', () => {
    const rest = block('rest', 20)
    const moves = (piece: string) => findMoves(diffLines(piece + rest, rest + piece))
    expect(moves(block('short', 2))).toEqual([])
    expect(moves('\n\n\n\n')).toEqual([])
    expect(moves(`${'a sentence of its own '.repeat(4)}\n`)).toHaveLength(1)
  })

  it('only joins lines that are equal, gone on one side and new on the other, each once', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const diff = diffLines(a, b)
        const covered = (kind: 'removed' | 'added') =>
          new Set(
            diff.edits
              .filter((edit) => edit.kind === kind)
              .flatMap(({ a: left, b: right }) => {
                const [from, to] = kind === 'removed' ? left : right
                return Array.from({ length: to - from }, (_, index) => from + index)
              }),
          )
        const gone = covered('removed')
        const come = covered('added')
        for (const { from, to } of findMoves(diff)) {
          expect(diff.a.slice(...from.lines)).toEqual(diff.b.slice(...to.lines))
          for (let at = from.lines[0]; at < from.lines[1]; at++) expect(gone.delete(at)).toBe(true)
          for (let at = to.lines[0]; at < to.lines[1]; at++) expect(come.delete(at)).toBe(true)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('stays quick where every line is like every other', () => {
    const many = (count: number, name: string) => `${name}\n`.repeat(count)
    const left = many(30_000, 'x') + block('a', 400) + many(5000, '')
    const right = block('a', 400) + many(30_000, 'y') + many(9000, 'x')
    expect(findMoves(diffLines(left, right)).length).toBeLessThan(10)
  })
})

describe('movesBetween', () => {
  const diffs = [
    { page: 'old', diff: diffLines(`# Old\n${block('text', 6)}end\n`, '# Old\nend\n') },
    { page: 'gone', diff: diffLines(block('gone', 5), '') },
    { page: 'new', diff: diffLines('', `# New\n${block('gone', 5)}${block('text', 6)}`) },
  ]
  const moves = movesBetween(diffs)

  it('follows blocks from page to page, to new pages and from vanished ones', () => {
    expect(moves).toEqual([
      { from: { page: 'old', lines: [1, 7] }, to: { page: 'new', lines: [6, 12] } },
      { from: { page: 'gone', lines: [0, 5] }, to: { page: 'new', lines: [1, 6] } },
    ])
  })

  it('tells for each page where its lines went and came from', () => {
    expect(movedLines(moves, 'old').left.get(1)).toEqual({ page: 'new', line: 7 })
    expect(movedLines(moves, 'new').right.get(6)).toEqual({ page: 'old', line: 2 })
    expect(movedLines(moves, 'gone').right.size).toBe(0)
  })
})

describe('rows of moved lines', () => {
  it('are marked as moved on their side, and everything else stays in order', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const diff = diffLines(a, b)
        const moved = movedLines(findMoves(diff))
        const rows = sideBySide(diff, { moved }).flatMap((part) =>
          part.type === 'gap' ? gapRows(diff, part) : part.rows,
        )
        const left = rows.flatMap((row) => row.left ?? [])
        const right = rows.flatMap((row) => row.right ?? [])
        expect(left.map((cell) => cell.line)).toEqual(splitLines(a).map((_, index) => index + 1))
        expect(right.map((cell) => cell.line)).toEqual(splitLines(b).map((_, index) => index + 1))
        expect(rows.filter((row) => 'movedTo' in row)).toHaveLength(moved.left.size)
        expect(rows.filter((row) => 'movedFrom' in row)).toHaveLength(moved.right.size)
        const one = unified(diff, { moved }).flatMap((part) =>
          part.type === 'gap' ? [] : part.rows,
        )
        expect(one.filter(({ kind }) => kind === 'moved')).toHaveLength(
          moved.left.size + moved.right.size,
        )
      }),
      { numRuns: 500 },
    )
  })
})
