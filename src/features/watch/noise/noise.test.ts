import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countStep, judgeStep, textHash, type EarlierVersion } from './judge.ts'
import { movedPages } from './moved.ts'
import { compileRules, globMatcher, linesIgnored } from './rules.ts'
import { countLines } from './task.ts'
import { tryRules } from './try.ts'

const line = fc.constantFrom('a', 'b', 'c', 'Last updated 1', 'Last updated 2', '', '# h')
const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.map((l) => `${l}\n`).join(''))
const rules = compileRules([{ pattern: '^Last updated' }], 'page')

describe('rules to ignore lines', () => {
  it('leave out what matches, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(linesIgnored(lines, rules)).toEqual(lines.map((l) => l.startsWith('Last')))
      }),
    )
  })

  it('make a step quiet exactly when nothing but their lines changed', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const bare = (t: string): string =>
          t
            .split('\n')
            .filter((l) => l !== '' && !l.startsWith('Last'))
            .join('\n')
        const { added, removed } = countStep(before, after, rules)
        if (bare(before) === bare(after)) expect([added, removed]).toEqual([0, 0])
        else expect(added + removed).toBeGreaterThan(0)
      }),
    )
  })

  it('make a step quiet in which an ignored line moves past another', () => {
    const step = (before: string, after: string) => countStep(before, after, rules)
    const none = { added: 0, removed: 0 }
    expect(step('c\nLast updated 1\n', 'Last updated 1\nc\n')).toEqual(none)
    expect(step('# h\nLast updated 1\n# h\n', 'Last updated 1\n# h\n# h\n')).toEqual(none)
    expect(step('a\nb\nLast updated 1\n', 'b\nLast updated 1\na\n')).not.toEqual(none)
  })

  it('say where a pattern cannot be read', () => {
    expect(() => compileRules([{ pattern: 'fine' }, { pattern: 'no (group' }], null)).toThrow(
      /^Rule 2 cannot be read: missing closing \)/,
    )
    try {
      compileRules([{ pattern: 'a(?=b)' }], null)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({
        code: 'invalid_input',
        extra: { errors: [{ field: 'rules.0.pattern', line: 1, column: 2 }] },
      })
    }
  })

  it('are linear in the line', () => {
    const [rule] = compileRules([{ pattern: '(a+)+$' }], 'page')
    expect(rule?.matches(`${'a'.repeat(15_000)}!`)).toBe(false)
  })

  it('apply to the pages of their glob', () => {
    const on = (glob: string, page: string): boolean => globMatcher(glob)(page)
    expect(on('guide/*', 'guide/setup')).toBe(true)
    expect(on('guide/*', 'guide/setup/linux')).toBe(false)
    expect(on('**/setup', 'setup')).toBe(true)
    expect(on('**/setup', 'a/b/setup')).toBe(true)
    expect(on('guide/**', 'guide/a/b')).toBe(true)
    expect(on('a.b?', 'a.bc')).toBe(true)
    expect(on('a.b?', 'axbc')).toBe(false)
    expect(compileRules([{ pattern: 'x', page: 'a*' }], 'b')).toEqual([])
  })

  it('can be tried', () => {
    const step = (page: string, before: string, after: string) => ({
      page,
      stamp: '2026-04-01-1200',
      before,
      after,
    })
    const tried = tryRules(
      [{ pattern: '^x' }, { pattern: '^Last', page: 'a' }],
      [
        step('a', 'k\nLast 1\n', 'k\nLast 2\n'),
        step('b', 'Last 1\n', 'Last 2\n'),
        step('c', 'a\n', 'x\nb\n'),
      ],
      3,
    )
    expect(tried).toEqual({
      silenced: 1,
      lines: 3,
      sample: [
        { page: 'a', stamp: '2026-04-01-1200', line: 2, text: 'Last 1', rule: 1 },
        { page: 'a', stamp: '2026-04-01-1200', line: 2, text: 'Last 2', rule: 1 },
        { page: 'c', stamp: '2026-04-01-1200', line: 1, text: 'x', rule: 0 },
      ],
    })
  })
})

describe('judging a page', () => {
  /** Plays a history of texts; what people are told. */
  const play = (texts: readonly (string | null)[]) => {
    let before: string | null = null
    const earlier: EarlierVersion[] = []
    return texts.flatMap((after, n) => {
      if (after === before) return []
      const step = judgeStep({ before, after, earlier: [...earlier], rules: [] })
      earlier.unshift({ id: `${n}`, sha256: after === null ? null : textHash(after) })
      before = after
      return [step]
    })
  }

  it('announces every text that was not there twice within eight versions', () => {
    const some = fc.constantFrom('a\n', 'b\n', 'c\n', 'd\n', null)
    fc.assert(
      fc.property(fc.array(some, { maxLength: 30 }), (texts) => {
        const seen: (string | null)[] = []
        let n = 0
        let before: string | null = null
        const steps = play(texts)
        for (const after of texts) {
          if (after === before) continue
          const step = steps[n++]
          const times = seen.slice(0, 8).filter((t) => t === after).length
          expect(step?.announced).toBe(times < 2)
          expect(step?.kind === 'flip').toBe(times >= 2)
          seen.unshift(after)
          before = after
        }
      }),
    )
  })

  it('tells each new text whatever a page did before', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a\n', 'b\n'), { maxLength: 20 }), (texts) => {
        expect(play([...texts, 'new words\n']).at(-1)).toMatchObject({
          announced: true,
          flipOf: null,
        })
      }),
    )
  })

  it('counts lines as an editor does', () => {
    expect(['', 'a', 'a\n', 'a\nb', '\n\n'].map(countLines)).toEqual([0, 1, 1, 2, 2])
  })
})

describe('pages that moved', () => {
  const page = (name: string, lines: readonly string[]) => ({ page: name, text: lines.join('\n') })
  const words = Array.from({ length: 30 }, (_, n) => `line ${n}`)

  it('are found by their lines, each once, the likest first', () => {
    const gone = [page('old', words), page('older', words.slice(0, 25))]
    const fresh = [page('new', [...words, 'more']), page('other', ['nothing', 'of', 'it'])]
    expect(movedPages(gone, fresh)).toEqual([
      { from: 'old', to: 'new', likeness: expect.closeTo(30 / 31) as number },
    ])
  })

  it('are not found in what every page has', () => {
    const gone = Array.from({ length: 30 }, (_, n) => page(`gone ${n}`, ['footer', `${n}`]))
    expect(movedPages(gone, [page('new', ['footer', 'x'])])).toEqual([])
  })

  it('keep each page to one pair', () => {
    const some = fc.array(fc.subarray(words), { maxLength: 6 })
    fc.assert(
      fc.property(some, some, (gone, fresh) => {
        const pairs = movedPages(
          gone.map((l, n) => page(`g${n}`, l)),
          fresh.map((l, n) => page(`f${n}`, l)),
        )
        expect(new Set(pairs.map((p) => p.from)).size).toBe(pairs.length)
        expect(new Set(pairs.map((p) => p.to)).size).toBe(pairs.length)
        expect(pairs.every((p) => p.likeness >= 0.6)).toBe(true)
      }),
    )
  })
})
