import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listed, pageRow, source } from './page.test.rows.ts'
import { planRun } from './plan.ts'

const ok = (...paths: string[]) => ({
  ok: true as const,
  pages: paths.map((p) => listed(p)),
  leftOut: 0,
})
const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), {
  maxLength: 10,
})

describe('the plan of a run', () => {
  it('looks at each page once: what is listed, and what was there before', () => {
    fc.assert(
      fc.property(names, names, (now, before) => {
        const plan = planRun(
          [{ source: source(), list: ok(...now) }],
          before.map((path) => pageRow(path)),
        )
        const paths = plan.targets.map((t) => t.path)
        expect(new Set(paths).size).toBe(paths.length)
        expect(new Set(paths)).toEqual(new Set([...now, ...before]))
      }),
    )
  })

  it('takes a list that loses more than half of its pages, or all, for broken', () => {
    fc.assert(
      fc.property(names, names, (now, before) => {
        const { troubles, targets } = planRun(
          [{ source: source(), list: ok(...now) }],
          before.map((path) => pageRow(path)),
        )
        const lost = before.filter((path) => !now.includes(path)).length
        const broken = now.length === 0 || (before.length >= 3 && lost * 2 > before.length)
        expect(troubles.map((t) => t.failure.kind)).toEqual(broken ? ['empty'] : [])
        // Of a broken list nothing can be told about the pages that it leaves out.
        if (broken) expect(targets.every((t) => t.listed)).toBe(true)
      }),
    )
  })

  it('believes a feed that moves on', () => {
    const rows = ['a', 'b', 'c', 'd'].map((path) => pageRow(path, { source_id: 'feed' }))
    const list = { ok: true as const, pages: [listed('z', 'feed')], leftOut: 0 }
    const { troubles, targets } = planRun([{ source: source('feed'), list }], rows)
    expect(troubles).toEqual([])
    expect(targets).toHaveLength(5)
  })

  it('gives a path that two sources name to the first', () => {
    const other = source('feed')
    const list = { ok: true as const, pages: [listed('a', 'feed')], leftOut: 0 }
    const { targets } = planRun(
      [
        { source: source(), list: ok('a') },
        { source: other, list },
      ],
      [],
    )
    expect(targets.map((t) => t.sourceId)).toEqual(['llms'])
  })

  it('leaves alone what is gone, only imported, or no longer wanted', () => {
    const rows = [
      pageRow('gone', { state: 'gone' }),
      pageRow('imported', { source_id: null }),
      pageRow('internal/x'),
      pageRow('kept'),
    ]
    const list = ok('a')
    const only = source('llms', { exclude: ['internal/**'] })
    const { targets } = planRun([{ source: only, list }], rows)
    expect(targets.map((t) => t.path)).toEqual(['a', 'kept'])
  })

  it('says of files that left a branch that they are gone, and nothing while it cannot be read', () => {
    const rows = ['a', 'b'].map((path) => pageRow(path, { source_id: 'git' }))
    const list = { ok: true as const, pages: [listed('a', 'git')], leftOut: 0 }
    const read = planRun([{ source: source('git'), list }], rows)
    expect(read.targets.find((t) => t.path === 'b')?.checked).toMatchObject({
      failure: { kind: 'gone' },
    })
    const failure = { kind: 'timeout', url: '', status: null, message: '', remedy: '' } as const
    const unread = planRun([{ source: source('git'), list: { ok: false, failure } }], rows)
    expect(unread.targets).toEqual([])
    expect(unread.troubles).toHaveLength(1)
  })
})
