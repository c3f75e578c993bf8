import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPlaces, fileKind, pageOfFile, type FileRow } from './paths.ts'
import { titleOf } from './title.ts'

describe('files of a history', () => {
  it('are pages by their ending', () => {
    expect(['a.md', 'a.MDX', 'a.txt', 'x/a.html', 'a.png', 'md', '.md/x'].map(fileKind)).toEqual([
      'markdown',
      'markdown',
      'text',
      'html',
      undefined,
      undefined,
      undefined,
    ])
    expect(['a.md', 'x/index.md', 'index.html', 'x/y z.md', 'llms.txt'].map(pageOfFile)).toEqual([
      'a',
      'x',
      'index',
      'x/y~20z',
      'llms.txt',
    ])
  })

  it('that were exported are the same pages again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), (name) => {
        const page = pageOfFile(`${name.replaceAll('/', '').toWellFormed()}x.md`)
        expect(pageOfFile(`${page}.md`)).toBe(page)
      }),
    )
  })

  it('keep the page of a file that became another one', () => {
    const places = createPlaces([])
    expect(places.take('a.md')).toMatchObject({ page: 'a', beside: false })
    expect(places.take('a/index.md')).toMatchObject({ page: 'a/index.md', beside: true })
    expect(places.take('a.html')).toMatchObject({ page: 'a.html', beside: true })
    expect(places.leave('a.md')).toBe('a')
    expect(places.take('a.mdx')).toMatchObject({ page: 'a', beside: false })
    expect(places.take('a/index.md')).toMatchObject({ page: 'a/index.md' })
    expect(places.leave('never.md')).toBeUndefined()
  })

  it('are the same pages however the history is cut, and never two files one page', () => {
    const file = fc.constantFrom('a.md', 'a.mdx', 'a.html', 'a/index.md', 'a/index.html', 'b.md')
    const act = fc.record({ file, gone: fc.boolean() })
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), fc.nat(30), (acts, cut) => {
        const play = (places: ReturnType<typeof createPlaces>, some: typeof acts) =>
          some.map(({ file: f, gone }) => (gone ? places.leave(f) : places.take(f).page))
        const whole = createPlaces([])
        const at = play(whole, acts)
        const first = createPlaces([])
        const start = play(first, acts.slice(0, cut))
        // What a batch leaves behind is each file's page and whether it is there.
        const rows = new Map<string, FileRow>()
        for (const [n, { file: f, gone }] of acts.slice(0, cut).entries()) {
          const page = start[n] ?? rows.get(f)?.page
          if (page !== undefined) rows.set(f, { file: f, page, present: !gone })
        }
        const second = createPlaces([...rows.values()])
        expect([...start, ...play(second, acts.slice(cut))]).toEqual(at)
        const there = new Map<string, string>()
        for (const [n, { file: f, gone }] of acts.entries()) {
          there.delete(f)
          if (!gone) there.set(f, at[n] ?? '')
        }
        expect(new Set(there.values()).size).toBe(there.size)
      }),
    )
  })

  it('have a title', () => {
    expect(titleOf('---\ntitle: "Set up"\n---\n# Other\n')).toBe('Set up')
    expect(titleOf('```\n# no\n```\n# Yes #\n')).toBe('Yes')
    expect(titleOf('words\n')).toBeNull()
  })
})
