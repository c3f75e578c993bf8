import { describe, expect, it } from 'vitest'
import { docsHistory } from './history.ts'

describe('the invented documentation of the demo', () => {
  it('is a history in the order of time, in which every edit finds its place', () => {
    const history = docsHistory(Date.UTC(2026, 0, 5))
    expect(history.length).toBeGreaterThan(15)
    for (const [i, { at }] of history.entries())
      if (i > 0) expect(at).toBeGreaterThan(history[i - 1]!.at)
    expect(history[0]?.files.map((f) => f.path)).toContain('admin/policies.md')
  })
})
